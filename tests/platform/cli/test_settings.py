"""Settings that cannot be, and what cannot be done, are said in a sentence each."""

from pathlib import Path

import pytest
from sqlalchemy import delete, text

from portal.config.settings import SettingsError, load_settings
from portal.db import schema
from portal.db.schema import CompatibleSchema
from tests.processes import free_port, run, run_all

pytestmark = pytest.mark.processes

CALENDAR = Path(__file__).parents[2] / "calendars" / "google.ics"


@pytest.mark.both_engines
def test_what_needs_a_migrated_database_says_so_and_does_nothing(operator, stored):
    commands = (
        ["serve"],
        ["deliver-letters", "--once"],
        ["check"],
        ["import-calendar", str(CALENDAR), "--organization", "nobody"],
        ["make-administrator", "nobody@example.org"],
        ["list-settings"],
    )
    database = stored()
    if not database.is_sqlite:
        schema.downgrade(database)
    for each in operator(*commands):
        assert each.code == 1
        assert each.err == "the database has not the schema of this version: run `portal migrate`\n"
        assert "all is well" not in each.out
    assert [each.code for each in operator(["migrate"], ["deliver-letters", "--once"])] == [0, 0]
    with database.writing() as db:
        db.execute(delete(CompatibleSchema))
        db.add(CompatibleSchema(version="a_later_one"))
    (served,) = operator(["serve"])
    assert (served.code, served.out) == (1, "")
    assert "run `portal migrate`" in served.err


@pytest.mark.both_engines
def test_a_database_of_0_1_0_is_refused(operator, stored):
    database = stored()
    if not database.is_sqlite:
        schema.downgrade(database)
    with database.engine.begin() as connection:
        made = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)"
        connection.execute(text(made))
        connection.execute(text("INSERT INTO alembic_version VALUES ('20261201_announcements')"))
    for done in operator(["migrate"], ["serve"]):
        assert (done.code, done.out, done.err) == (1, "", f"{schema.OF_0_1_0}\n")


def test_a_database_that_is_away_is_said_in_one_sentence(tmp_path):
    away = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    for command in (["serve"], ["deliver-letters", "--once"]):
        (done,) = run_all(tmp_path, command, database_url=away)
        assert (done.code, done.out) == (1, "")
        assert done.err == "the database does not answer: OperationalError\n"


BAD_SETTINGS = {
    "a public address without encryption": (
        {"base_url": "http://portal.example.org"},
        ["PORTAL_BASE_URL", "must be https"],
    ),
    "an address with a path": (
        {"base_url": "https://example.org/portal"},
        ["PORTAL_BASE_URL", "no path"],
    ),
    "an unknown database": (
        {"database_url": "mysql://user:hunter2@host/db"},
        ["PORTAL_DATABASE_URL", "sqlite:/// or postgresql://"],
    ),
    "a short secret": ({"secret_keys": "hunter2"}, ["PORTAL_SECRET_KEYS", "32 characters"]),
    "a port that is none": ({"port": "99999"}, ["PORTAL_PORT"]),
    "a mail server that is none": ({"smtp_url": "mail.example.org"}, ["PORTAL_SMTP_URL"]),
    "half a provider": (
        {"oidc_issuer": "https://id.example.org"},
        ["PORTAL_OIDC_ISSUER", "go together"],
    ),
    "a provider without encryption": (
        {"oidc_issuer": "http://id.example.org"},
        ["PORTAL_OIDC_ISSUER", "must be https"],
    ),
    "providers that are no JSON": ({"providers": "google"}, ["PORTAL_PROVIDERS", "JSON object"]),
    "an unknown provider without an issuer": (
        {"providers": '{"work": {"client_id": "a", "client_secret": "hunter2"}}'},
        ["PORTAL_PROVIDERS", "work: needs an issuer"],
    ),
    "a provider without a secret": (
        {"providers__google__client_id": "portal"},
        ["PORTAL_PROVIDERS__GOOGLE__CLIENT_SECRET", "required"],
    ),
    "a word that is no setting of a provider": (
        {
            "providers__google__client_id": "portal",
            "providers__google__client_secret": "hunter2",
            "providers__google__colour": "red",
        },
        ["PORTAL_PROVIDERS__GOOGLE__COLOUR"],
    ),
    "a provider's address without encryption": (
        {"providers__work__issuer": "http://id.example.org"},
        ["PORTAL_PROVIDERS__WORK__ISSUER", "must be https"],
    ),
    "a tenant's name instead of its id": (
        {"providers__microsoft__tenant": "example.onmicrosoft.com"},
        ["PORTAL_PROVIDERS__MICROSOFT__TENANT", "GUID"],
    ),
    "a key of the portal's own": (
        {
            "providers": '{"email": {"client_id": "a", "client_secret": "hunter2",'
            ' "issuer": "https://id.example.org"}}'
        },
        ["PORTAL_PROVIDERS", "'email' cannot be"],
    ),
    "a server of one's own under GitHub's name": (
        {
            "providers": '{"github": {"client_id": "a", "client_secret": "hunter2",'
            ' "token_url": "https://git.example.org/token"}}'
        },
        ["PORTAL_PROVIDERS", "another server than GitHub needs an issuer"],
    ),
    "two providers with one issuer": (
        {
            "oidc_issuer": "https://accounts.google.com",
            "oidc_client_id": "a",
            "oidc_client_secret": "hunter2",
            "providers__google__client_id": "a",
            "providers__google__client_secret": "hunter2",
        },
        ["same issuer"],
    ),
    "a standby of SQLite": (
        {"standby_url": "postgresql://portal:hunter2@db.example.org/portal"},
        ["PORTAL_STANDBY_URL needs PostgreSQL"],
    ),
    "a standby that is no PostgreSQL": (
        {
            "database_url": "postgresql://portal:hunter2@db.example.org/portal",
            "standby_url": "sqlite:////srv/portal.db",
        },
        ["PORTAL_STANDBY_URL must start with postgresql://"],
    ),
    "a level of the log that is none": ({"log_level": "LOUD"}, ["PORTAL_LOG_LEVEL"]),
}


def test_settings_that_cannot_be_are_named_with_the_reason(tmp_path):
    """All wrong ones at once, so that an operator need not try again and again."""
    for settings, said in BAD_SETTINGS.values():
        with pytest.MonkeyPatch.context() as environment:
            for name, value in settings.items():
                environment.setenv(f"PORTAL_{name.upper()}", value)
            with pytest.raises(SettingsError) as refused:
                load_settings()
        for words in said:
            assert words in str(refused.value)
        assert "hunter2" not in str(refused.value)
    wrong = {"port": "99999", "secret_keys": "hunter2", "base_url": "ftp://x"}
    done = run(tmp_path, "check", **wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert "These settings cannot be used" in done.stderr
    for name in wrong:
        assert f"PORTAL_{name.upper()}" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_what_cannot_be_done_is_said_in_one_sentence(tmp_path):
    nothing, large = tmp_path / "nothing.ics", tmp_path / "large.ics"
    nothing.write_text("this is no calendar")
    with large.open("wb") as file:
        file.truncate(6 * 1024 * 1024)
    attempts = (
        (["check"], "database"),
        (["migrate"], ""),
        (["import-calendar", str(nothing), "--organization", "nobody"], "no organisation 'nobody'"),
        (["import-calendar", str(large), "--organization", "nobody"], "larger than 5 MiB"),
        (["import-calendar", str(tmp_path / "gone.ics"), "--organization", "x"], "gone.ics"),
        (["make-administrator", "a@example.org"], "sign in once first"),
        (["frobnicate"], "deliver-letters"),
    )
    done = run_all(tmp_path / "new", *(command for command, _said in attempts))
    assert [each.code for each in done] == [1, 0, 1, 1, 1, 1, 2]
    for each, (_command, said) in zip(done, attempts, strict=True):
        assert said in each.err
        assert "Traceback" not in each.err
        assert "all is well" not in each.out
    # Keys are made at first use, and readable by the operator alone.
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    for key in ("seal.key", "secret.keys"):
        file = tmp_path / "new" / key
        assert not file.exists() or file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / "seal.key").exists()
