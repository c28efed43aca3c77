"""What a running portal writes down: a line a request, and nothing said in confidence."""

import json

import pytest
from sqlalchemy import text

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.processes import serving


@pytest.fixture
def server(settings, database, tmp_path):
    """The portal in a process of its own, on the database of this test."""
    with serving(
        tmp_path,
        database_url=settings.database_url,
        seal_key_file=settings.seal_key_path,
        log_level="INFO",
    ) as running:
        yield running


def lines_of(server):
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def requests_of(server):
    return [line for line in lines_of(server) if line["logger"] == "portal.requests"]


@pytest.mark.processes
def test_a_journey_leaves_routes_in_the_log_but_no_secret_and_no_name(server, database):
    """With every kind of secret, and a fault of the database at the end; then the log is read."""
    with database.writing() as db:
        person = make_person(db, "Қалампыр", email="kalampyr@example.org")
        session = people.start_session(db, person, clock.now())
        event = make_event(db, make_organization(db), title=Translated.of("en", en="Evening"))
        slug = event.slug
        key = pass_key(
            db, sign_up_guest(db, event, name="Жұпар", email="zhupar@example.org"), event
        )
    form = {"name": "Гүлсім", "email": "gulsim@example.org"}
    with server.browser() as browser:
        signed_in = {"cookie": f"session={session}"}
        assert "Қалампыр" in browser.get("/en?utm=aisha", headers=signed_in).text
        assert "Жұпар" in browser.get(f"/en/passes/{key}?utm=aisha").text
        assert browser.post(f"/en/passes/{key}/cancellation").status_code == 303
        assert browser.get(f"/en/passes/{key[:-1]}-").status_code == 404
        assert browser.get("/sign-in/callback?code=utm&state=utm").status_code == 400
        assert browser.post(f"/en/events/{slug}/registration", data=form).status_code == 303
        with database.writing() as db:
            db.execute(text("DROP TABLE emails"))
        again = form | {"email": "gulsim2@example.org"}
        assert browser.post(f"/en/events/{slug}/registration", data=again).status_code == 500
    # A line is written after its answer went out: only a server that ended has written all.
    server.stop()
    told = [(r["method"], r["route"], r["status"]) for r in requests_of(server)]
    told = [each for each in told if each[1] != "health.ready"]
    assert told == [
        ("GET", "home", 200),
        ("GET", "passes.show", 200),
        ("POST", "passes.cancel", 303),
        ("GET", "passes.show", 404),
        ("GET", "sign_in.callback", 400),
        ("POST", "registrations.create", 303),
        ("POST", "registrations.create", 500),
    ]
    (fault,) = [line for line in lines_of(server) if line["logger"] == "portal.errors"]
    assert fault["exception"]
    assert fault["frames"]
    for line in lines_of(server):
        assert {"time", "level", "logger", "message"} <= line.keys()
    written = server.log.read_text().lower()
    secrets = [key, session, slug, "Қалампыр", "kalampyr", "Жұпар", "zhupar", "gulsim", "Гүлсім"]
    secrets += ["utm", "aisha", "insert into", "dana"]
    assert [secret for secret in secrets if secret.lower() in written] == []
    assert all(isinstance(r["ms"], float) for r in requests_of(server))
