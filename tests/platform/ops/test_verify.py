"""`portal verify` finds whatever must never be, and nothing where all is well."""

import json
from argparse import Namespace

import pytest
from sqlalchemy import delete, select, update

from portal.cli import backups
from portal.cli import main as cli
from portal.cli.base import CommandError
from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.emails.models import Letter
from portal.domain.events.models import Event
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Act, Item, LogEntry, Reason
from portal.domain.publishing.search_index import actions as indexing
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.publishing.translation_progress.models import LedgerEntry
from portal.domain.registrations.models import Registration
from portal.domain.search.reindexing import index_missing
from portal.domain.translation.actions import recount
from portal.media.storage import Storage
from tests.factories import (
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_person,
    make_story,
    sign_up_guest,
)

pytestmark = pytest.mark.both_engines


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
            audit_log.append(db, Act.HIDE, Item.EVENT, Reason.SPAM, clock.now())
        recount(db)  # the picture's words too
    assert backups.verify(settings, Namespace()) is None
    assert capsys.readouterr().out == ""
    with database.writing() as db:
        db.execute(delete(Letter).where(Letter.registration_id == _id(db, keys[3])))
        third = update(Registration).where(Registration.public_id == keys[2])
        db.execute(third.values(queue_number=1))
        db.execute(update(Event).values(taken=1))
        db.execute(update(LogEntry).where(LogEntry.number == 1).values(hash="0" * 64))
        entry = LedgerEntry.item_kind == "story", LedgerEntry.language == "ru"
        db.execute(update(LedgerEntry).where(*entry).values(missing=77))
        lost = LedgerEntry(item_kind="event", item_id=9999, language="kk", is_original=True)
        lost.translated = lost.drafts = lost.outdated = lost.missing = 0
        db.add(lost)
    storage.forget([f"{picture}/480.webp"])
    with pytest.raises(CommandError, match="9 faults"):
        backups.verify(settings, Namespace())
    found = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    told = {(each["rule"], each["about"].split()[0], each["what"]) for each in found}
    assert {
        (rule, what) for rule, about, what in told if about == "event" and rule != "ledger"
    } == {
        ("places", "1 taken, but 2 confirmed"),
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


def test_words_from_before_a_version_are_counted_and_indexed_by_migrating(database, settings):
    with database.writing() as db:
        home = make_organization(db)
        missed = make_event(db, home).id
        make_event(db, home)
        there = select(IndexedText.id).where(
            IndexedText.item_kind == "event", IndexedText.item_id == missed
        )
        before = len(db.scalars(there).all())
        db.execute(delete(LedgerEntry))
        # A migration was ended between two of its transactions.
        indexing.forget(db, ItemKind.EVENT, missed)
        assert db.scalars(there).all() == []
    with pytest.raises(CommandError):
        backups.verify(settings, Namespace())
    for _again in range(2):
        cli.migrate(settings, Namespace())
        backups.verify(settings, Namespace())
        with database.reading() as db:
            assert len(db.scalars(there).all()) == before
    assert index_missing(database) == 0
