"""A backup is whole, opens with its key alone, and what is restored keeps every promise."""

import errno
import io
import json
import os
import shutil
import threading
import uuid
from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from portal.cli import backups
from portal.cli import main as cli
from portal.cli.base import CommandError
from portal.cli.main import main
from portal.core import clock
from portal.core.encryption import Seal
from portal.core.item_kinds import ItemKind
from portal.db import schema
from portal.db.engine import Database
from portal.domain.emails.models import Email
from portal.domain.events.models import Event, EventSeats
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Act, LogEntry, Reason, TargetKind
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import recipient_of
from portal.domain.search.reindexing import index_missing
from portal.domain.translation.actions import recount
from portal.media.storage import Storage
from portal.ops import age, table_rows
from portal.ops.copy_database import CannotCopyError, move
from tests.factories import (
    make_comment,
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_person,
    make_story,
    sign_up_guest,
)

# A small portal of version 0.1.0, whose age files were written by its own code.
OLD_FILE, OLD_KEY = (Path(__file__).with_name(f"backup-0.1.0.{end}") for end in ("age", "key"))


@pytest.fixture
def portal_with_life(database, settings):
    """People, items, a picture, answers to answers; the event that people sign up for."""
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, owner=person)
        event = make_event(db, organization, capacity=None)
        make_initiative(db, organization)
        story = make_story(db, organization, person)
        first = make_comment(db, story, person)
        make_comment(db, story, person, answers=first.public_id)
        make_image(db, event, storage=Storage(settings), width=700)
        sign_up_guest(db, event, 1)
        recount(db)
        return event.id


@pytest.fixture
def other_url(request, database, tmp_path):
    """An empty database of the other kind, without tables."""
    if not database.is_sqlite:
        yield f"sqlite:///{tmp_path / 'other' / 'portal.db'}"
        return
    address, _template, administrator = request.getfixturevalue("postgres_address")
    name = f"other_{uuid.uuid4().hex}"
    administrator.execute(text(f"CREATE DATABASE {name}"))
    yield f"{address}/{name}"
    administrator.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def do(settings, monkeypatch, capsys):
    """Runs a command in this process: its code, what it printed, and what it complained of."""

    def run(*arguments, **changes):
        given = {
            "PORTAL_DATABASE_URL": settings.database,
            "PORTAL_DATA_DIR": str(settings.data_dir),
            "PORTAL_LOG_LEVEL": "ERROR",
        }
        for name, value in (given | changes).items():
            monkeypatch.setenv(name, value)
        code = main([str(each) for each in arguments])
        return code, *capsys.readouterr()

    return run


@contextmanager
def sign_ups(database, event_id):
    """The public ids of people who sign up all the while, one after the other."""
    end, written = threading.Event(), []

    def sign_up():
        while not end.is_set():
            with database.writing() as db:
                row = sign_up_guest(db, db.get(Event, event_id), 1000 + len(written))
                key = row.public_id
            written.append(key)

    def wait_for(more):
        most = len(written) + more
        while len(written) < most and writer.is_alive():
            end.wait(0.01)

    writer = threading.Thread(target=sign_up)
    writer.start()
    try:
        wait_for(5)
        yield written
        wait_for(2)
    finally:
        end.set()
        writer.join()


def test_a_backup_made_under_writes_is_whole_on_the_other_database(
    database, settings, portal_with_life, other_url, tmp_path, do
):
    key, file, other = tmp_path / "backup.key", tmp_path / "backup.age", tmp_path / "other"
    recipient = do("backup-key", key)[1].strip()
    with sign_ups(database, portal_with_life) as written:
        code, out, err = do("backup", "--to", file, "--recipient", recipient)
    assert code == 0, err
    assert "not in it: the seal key" in err
    assert json.loads(out)["files"] == 4
    assert do("verify-backup", file, "--identity", key)[:2] == (0, out)
    # Never into what is there, and never without the key of its names.
    assert "not empty" in do("restore", file, "--identity", key)[2]
    there = {"PORTAL_DATABASE_URL": other_url, "PORTAL_DATA_DIR": str(other)}
    assert "put your copy of it" in do("restore", file, "--identity", key, **there)[2]
    other.mkdir(exist_ok=True)
    shutil.copy(settings.seal_key_path, other / "seal.key")
    code, out, err = do("restore", file, "--identity", key, **there)
    assert (code, out) == (0, ""), err
    assert "all is whole" in err
    restored = Database(other_url, Seal.from_file(other / "seal.key"))
    with restored.reading() as db:
        people = db.scalars(select(Registration).order_by(Registration.id)).all()
        assert recipient_of(db, people[0]).name == "Guest 1"
        keys = [row.public_id for row in people[1:]]
    # Whatever was there at one moment is in it, and nothing later.
    assert 5 <= len(keys) < len(written)
    assert keys == written[: len(keys)]
    # Ids go on where they were.
    with restored.writing() as db:
        sign_up_guest(db, db.get(Event, portal_with_life), 2)
        make_person(db)
    restored.close()
    assert "not empty" in do("restore", file, "--identity", key, **there)[2]


def test_a_backup_opens_with_its_key_alone_and_only_whole(portal_with_life, tmp_path, do):
    key, stranger, file = (tmp_path / name for name in ("its.key", "other.key", "backup.age"))
    recipient = do("backup-key", key)[1].strip()
    do("backup-key", stranger)
    assert key.stat().st_mode & 0o777 == 0o600
    asked = ("backup", "--to", file, "--recipient", recipient, "--with-seal-key")
    code, out, _err = do(*asked)
    assert (code, json.loads(out)["has_seal_key"]) == (0, True)
    assert "is there already" in do(*asked)[2]
    assert "not for this key" in do("verify-backup", file, "--identity", stranger)[2]
    content = file.read_bytes()
    assert "Домбыра".encode() not in content
    altered = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    for broken in (content[:-1], content[: len(content) // 2], altered):
        file.write_bytes(broken)
        code, _out, err = do("verify-backup", file, "--identity", key)
        assert (code, "cut off or altered" in err) == (1, True)
        assert do("restore", file, "--identity", key)[0] == 1
    assert [each.name for each in tmp_path.glob(".*")] == []


def test_a_portal_moves_to_the_other_database_row_for_row(
    database, settings, portal_with_life, other_url, do
):
    if other_url.startswith("sqlite"):
        (settings.data_dir.parent / "other").mkdir()
    code, out, err = do("move", "--from", settings.database, "--to", other_url)
    assert (code, out) == (0, ""), err
    assert '"comments": 2' in err
    target = Database(other_url, Seal.from_file(settings.seal_key_path))
    with database.snapshot() as old, target.snapshot() as new:
        here, there = old.connection(), new.connection()
        of_old = table_rows.counted(here, table_rows.tables_of(here))
        assert of_old == table_rows.counted(there, table_rows.tables_of(there))
    with target.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM search_texts")) > 0
        if not target.is_sqlite:
            # The planner knows at once how much there is; -1 would be nothing.
            measured = text("SELECT reltuples FROM pg_class WHERE relname = 'registrations'")
            assert db.scalar(measured) == of_old["registrations"].rows
    assert sum(bool(each.rows) for each in of_old.values()) > 20
    with pytest.raises(CannotCopyError, match="not empty"):
        move(database, target)
    with target.writing() as db:
        make_event(db, make_organization(db, owner=make_person(db)))
    schema.differences(target)
    target.close()


def test_a_backup_of_the_first_version_opens_but_is_not_restored(other_url, tmp_path, do):
    code, out, err = do("verify-backup", OLD_FILE, "--identity", OLD_KEY)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["portal"], told["rows"], told["has_seal_key"]) == ("0.1.0", 24, True)
    other = tmp_path / "other"
    other.mkdir()
    there = {"PORTAL_DATABASE_URL": other_url, "PORTAL_DATA_DIR": str(other)}
    refused = do("restore", OLD_FILE, "--identity", OLD_KEY, **there)
    assert refused == (1, "", f"{schema.OF_0_1_0}\n")
    assert [*other.iterdir()] == []


def test_keys_with_a_wrong_letter_are_refused(tmp_path, do):
    key, wrong = tmp_path / "backup.key", tmp_path / "wrong.key"
    recipient = do("backup-key", key)[1].strip()
    other = recipient[:-1] + ("q" if recipient[-1] != "q" else "p")
    for written in (other, "age1", "", "AGE-SECRET-KEY-1QQ"):
        code, _out, err = do("backup", "--to", tmp_path / "no.age", "--recipient", written)
        assert (code, "--recipient: not a public key" in err) == (1, True)
    wrong.write_text(key.read_text().replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q"))
    code, _out, err = do("verify-backup", OLD_FILE, "--identity", wrong)
    assert (code, "--identity: not a secret key" in err) == (1, True)


def encrypted(content, recipient):
    target = io.BytesIO()
    with age.encrypting(target, [age.recipient_from(recipient)]) as plain:
        plain.write(content)
    return target.getvalue()


def decrypted(content, identity):
    with age.decrypting(io.BytesIO(content), age.identities_from(identity)) as plain:
        return plain.read()


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 1_000_000])
def test_what_was_encrypted_is_decrypted_and_only_whole(size):
    identity, recipient = age.new_identity()
    content = os.urandom(size)
    sealed = encrypted(content, recipient)
    assert decrypted(sealed, f"# a comment\n{identity}\n") == content
    start = sealed.index(b"\n", sealed.index(b"\n--- ") + 1) + 17
    for end in {start, (start + len(sealed)) // 2, len(sealed) - 1}:
        with pytest.raises(age.CannotOpenError, match="cut off or altered"):
            decrypted(sealed[:end], identity)
    with pytest.raises(age.CannotOpenError, match="cut off or altered"):
        decrypted(sealed + b"x", identity)
    with pytest.raises(age.CannotOpenError, match="not for this key"):
        decrypted(sealed, age.new_identity()[0])


def test_what_is_no_such_file_is_told_as_that():
    identity, recipient = age.new_identity()
    sealed = encrypted(b"content", recipient)
    mac = sealed.index(b"\n--- ") + 6
    altered = sealed[:mac] + (b"A" if sealed[mac : mac + 1] != b"A" else b"B") + sealed[mac + 1 :]
    for other in (b"", b"PK\x03\x04", sealed[:60], sealed.replace(b"/v1", b"/v2", 1), altered):
        with pytest.raises(age.CannotOpenError, match="no whole file of the format"):
            decrypted(other, identity)


def test_a_disk_that_is_full_ends_the_encryption():
    class Full(io.BytesIO):
        def write(self, content):
            if self.tell() + len(content) > 200_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(content)

    recipient = age.recipient_from(age.new_identity()[1])
    for size in (250_000, 5_000_000):
        with (
            pytest.raises(OSError, match="No space left"),
            age.encrypting(Full(), [recipient]) as plain,
        ):
            plain.write(bytes(size))


def test_who_reads_only_the_beginning_of_a_file_is_not_waited_for():
    identity, recipient = age.new_identity()
    sealed = encrypted(bytes(1_000_000), recipient)
    with age.decrypting(io.BytesIO(sealed), age.identities_from(identity)) as plain:
        assert plain.read(10) == bytes(10)
    with (
        pytest.raises(LookupError),
        age.decrypting(io.BytesIO(sealed), age.identities_from(identity)),
    ):
        raise LookupError


@pytest.mark.both_engines
def test_each_broken_promise_is_named_and_nothing_else(database, settings, capsys):
    storage = Storage(settings)
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, owner=person)
        event = make_event(db, organization, capacity=2)
        slug = event.slug
        make_initiative(db, organization)
        make_story(db, organization, person)
        keys = [sign_up_guest(db, event, number).public_id for number in range(4)]
        picture = make_image(db, event, storage=storage, width=700).key
        for _ in range(2):
            audit_log.append(db, Act.HIDE, TargetKind.EVENT, Reason.SPAM, clock.now())
        recount(db)  # the picture's words too
    assert backups.verify(settings, Namespace()) is None
    assert capsys.readouterr().out == ""
    with database.writing() as db:
        db.execute(delete(Email).where(Email.registration_id == _id(db, keys[3])))
        third = update(Registration).where(Registration.public_id == keys[2])
        db.execute(third.values(queue_number=1))
        db.execute(update(EventSeats).values(taken=1))
        db.execute(update(LogEntry).where(LogEntry.number == 1).values(hash="0" * 64))
        entry = TranslationProgress.item_kind == "story", TranslationProgress.language == "ru"
        db.execute(update(TranslationProgress).where(*entry).values(missing=77))
        lost = TranslationProgress(item_kind="event", item_id=9999, language="kk", is_original=True)
        lost.translated = lost.drafts = lost.outdated = lost.missing = 0
        db.add(lost)
    storage.forget([f"{picture}/480.webp"])
    with pytest.raises(CommandError, match="10 faults"):
        backups.verify(settings, Namespace())
    found = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    told = {(each["rule"], each["about"].split()[0], each["what"]) for each in found}
    assert {
        (rule, what) for rule, about, what in told if about == "event" and rule != "ledger"
    } == {
        ("places", "1 taken, but 2 confirmed"),
        ("places", "full to the public, 1 taken of 2"),
        ("line", "number 1 twice"),
        ("line", "1 waits, but 2 has a place"),
        ("line", "1 waits beside a free place"),
    }
    assert ("letters", "sign-up", "no letter was ever due") in told
    assert ("files", "picture", "1 files are missing") in told
    assert ("log", "line", "altered or moved") in told
    assert ("ledger", "event", "counted, but not there") in told
    assert any("ru: ledger" in what and "77" in what for _rule, _about, what in told)
    assert f"event {slug}" in {each["about"] for each in found}


def _id(db, key):
    return db.scalar(select(Registration.id).where(Registration.public_id == key))


@pytest.mark.both_engines
def test_words_from_before_a_version_are_counted_and_indexed_by_migrating(database, settings):
    with database.writing() as db:
        home = make_organization(db)
        missed = make_event(db, home).id
        make_event(db, home)
        there = select(IndexedText.id).where(
            IndexedText.item_kind == "event", IndexedText.item_id == missed
        )
        before = len(db.scalars(there).all())
        db.execute(delete(TranslationProgress))
        # A migration was ended between two of its transactions.
        search_index.forget(db, ItemKind.EVENT, missed)
        assert db.scalars(there).all() == []
    with pytest.raises(CommandError):
        backups.verify(settings, Namespace())
    for _again in range(2):
        cli.migrate(settings, Namespace())
        backups.verify(settings, Namespace())
        with database.reading() as db:
            assert len(db.scalars(there).all()) == before
    assert index_missing(database) == 0
