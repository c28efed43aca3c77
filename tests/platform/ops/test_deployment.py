"""What an operator should know before strangers come, and where letters stop on their way."""

import shutil
from datetime import timedelta

import dns.exception
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update

from portal.config.settings import Settings
from portal.core import clock
from portal.db.engine import Database
from portal.domain.accounts.people.models import SignInSession
from portal.ops import deploy_checks, mail_dns, mail_doctor
from portal.ops.findings import Weight
from tests.conftest import SEAL
from tests.factories import make_person, session_cookie
from tests.processes import free_port

pytestmark = pytest.mark.both_engines


def test_known_traps_are_named_and_a_careful_installation_has_none(database, settings, monkeypatch):
    def wrong(given, workers=1):
        found = deploy_checks.findings(given, database, workers)
        return [each.what for each in found if each.weight is Weight.WRONG]

    settings.data_dir.chmod(0o700)
    careful = {
        "base_url": "https://portal.example.org",
        "smtp_url": "smtps://mail.example.org",
        "rate_limits": True,
        "secret_keys": "7GqX0tJmPZ4vK1sYcW9eRbN3aUhD6fLo",
        "trusted_proxies": "127.0.0.1",
    }
    kept = settings.model_dump() | careful
    # The tests' own PostgreSQL is made to be fast and forgetful, which must be seen.
    forgetful = {"fsync", "full_page_writes", "synchronous_commit"}
    found = wrong(Settings(**kept))
    assert {each.split()[2] for each in found} == (set() if database.is_sqlite else forgetful)

    found = [each.what for each in deploy_checks.of_database(settings, database)]
    telling = [each for each in found if "log_error_verbosity" in each]
    assert len(telling) == (0 if database.is_sqlite else 1)
    if not database.is_sqlite:
        terse = Database(f"{settings.database}?options=-clog_error_verbosity%3Dterse", SEAL)
        found = [each.what for each in deploy_checks.of_database(settings, terse)]
        assert not [each for each in found if "log_error_verbosity" in each]
        terse.close()

    settings.data_dir.chmod(0o755)
    settings.seal_key_path.chmod(0o644)
    with database.writing() as db:
        person = make_person(db)
    session_cookie(database, person)
    with database.writing() as db:
        later = clock.now() + timedelta(hours=1)
        db.execute(update(SignInSession).values(started_at=later))
    monkeypatch.setitem(deploy_checks.FLOORS, "starlette", "99.0")
    careless = {
        "base_url": "",
        "smtp_url": "smtp://mail.example.org",
        "rate_limits": False,
        "rate_limit_url": f"redis://127.0.0.1:{free_port()}",
        "secret_keys": "x" * 40,
        "trusted_proxies": "*",
        "host": "0.0.0.0",
    }
    said = "\n".join(wrong(Settings(**(kept | careless)), workers=2))
    for part in (
        "PORTAL_BASE_URL is not https",
        "PORTAL_TRUSTED_PROXIES believes everybody",
        "in plain text",
        "PORTAL_RATE_LIMITS is off",
        "the store of PORTAL_RATE_LIMIT_URL does not answer",
        "looks like a placeholder",
        "seal.key can be read by others",
        "chmod 700",
        "starlette 1.",
        "the clock is behind",
    ):
        assert part in said
    assert "portal.db" not in said or database.is_sqlite


def test_room_is_looked_for_where_something_is_kept(settings, tmp_path, monkeypatch):
    """A container that keeps nothing in its data folder may have hardly any room there."""
    asked = []

    def hardly_any(folder):
        asked.append(folder)
        return shutil._ntuple_diskusage(2**30, 2**30, 2**23)

    monkeypatch.setattr(shutil, "disk_usage", hardly_any)
    media = tmp_path / "media"
    media.mkdir()
    given = settings.model_dump() | {"media_url": f"file://{media}"}
    elsewhere = Settings(**(given | {"database_url": "postgresql://db.example.org/portal"}))
    (found,) = deploy_checks.of_disk(elsewhere)
    assert (found.weight, found.what) == (Weight.WRONG, f"8 MiB are free at {media}")
    bucket = Settings(**(elsewhere.model_dump() | {"media_url": "s3://bucket/prefix"}))
    assert list(deploy_checks.of_disk(bucket)) == []
    embedded = tmp_path / "a" / "portal.db"
    assert (
        len(
            list(
                deploy_checks.of_disk(
                    Settings(**(given | {"database_url": f"sqlite:///{embedded}"}))
                )
            )
        )
        == 2
    )
    assert set(asked) == {media, tmp_path}


def test_a_network_disk_is_told_from_one_of_this_machine(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nbox:/x {tmp_path} nfs4 rw 0 0\n")
    assert deploy_checks._file_system(tmp_path / "portal.db", mounts) == "nfs4"
    assert deploy_checks._file_system(tmp_path.parent, mounts) == "ext4"


@pytest.mark.parametrize(
    ("records", "selector", "said"),
    [
        ({}, None, {"no SPF record", "no DMARC record", "DKIM: name"}),
        (
            {"post.example.org": ["v=spf1 +all"], "_dmarc.example.org": ["v=DMARC1; p=none"]},
            "s1",
            {"lets everybody send", "asks nobody", "no DKIM key"},
        ),
        (
            {
                "post.example.org": ["v=spf1 -all", "v=spf1 mx -all"],
                "_dmarc.post.example.org": ["v=DMARC1; p=reject"],
                "s1._domainkey.post.example.org": ["v=DKIM1; p="],
            },
            "s1",
            {"2 SPF records", "withdrawn"},
        ),
        (
            {
                "post.example.org": ["other=1", "v=spf1 mx -all"],
                "_dmarc.example.org": ["v=DMARC1; p=quarantine"],
                "s1._domainkey.post.example.org": ["v=DKIM1; k=rsa; p=MIIB"],
            },
            "s1",
            set(),
        ),
    ],
)
def test_records_of_the_senders_domain(records, selector, said):
    asked = mail_dns.findings(
        "portal@post.example.org", selector, lambda name: records.get(name, [])
    )
    found = [each.what for each in asked]
    assert len(found) == len(said)
    assert all(any(part in what for what in found) for part in said)


def test_a_sender_without_a_domain_is_asked_of_nobody():
    (found,) = mail_dns.findings("portal@localhost", None, lambda _name: 1 / 0)
    assert found.weight is Weight.WRONG


def test_name_servers_that_do_not_answer_are_no_verdict():
    def silent(_name):
        raise dns.exception.Timeout

    (found,) = mail_dns.findings("portal@example.org", None, silent)
    assert found.weight is Weight.UNSEEN


class Desk:
    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address.startswith("nobody"):
            return "550 5.1.1 Nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known here"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(envelope.content.decode())
        return "250 2.0.0 Kept as number 7"


def test_the_doctor_says_what_the_mail_server_answered_at_each_step():
    desk, port = Desk(), free_port()
    server = Controller(desk, "127.0.0.1", port, server_hostname="mail.invalid")
    server.start()
    try:
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="portal@example.org")
        steps = list(mail_doctor.send(settings, "me@example.org"))
        with pytest.raises(mail_doctor.RefusedError, match=r"to nobody@.*550 5.1.1 Nobody"):
            list(mail_doctor.send(settings, "nobody@example.org"))
        encrypted = Settings(smtp_url=f"smtp+starttls://127.0.0.1:{port}")
        with pytest.raises(mail_doctor.RefusedError, match="asking for encryption"):
            list(mail_doctor.send(encrypted, "me@example.org"))
    finally:
        server.stop()
    assert "220 mail.invalid" in steps[1]
    assert steps[-1] == "handing the letter over: 250 2.0.0 Kept as number 7"
    assert len(desk.taken) == 1
    assert "To: me@example.org" in desk.taken[0]
    with pytest.raises(mail_doctor.RefusedError, match="connecting"):
        list(mail_doctor.send(settings, "me@example.org"))
