"""While an operator works on the portal it can be read, and nothing that was typed is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import declared_links
from portal.cli.main import main
from portal.core import clock
from portal.domain.moderation import maintenance
from portal.domain.registrations.models import Registration
from portal.worker.loop import Worker
from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of

pytestmark = pytest.mark.both_engines

TYPED = {"name": "Айгерім", "email": "a@example.org", "website": ""}


def test_maintenance_keeps_reads_and_what_was_typed(
    database, settings, client, browser_of, monkeypatch, capsys
):
    monkeypatch.setenv("PORTAL_DATABASE_URL", settings.database)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PORTAL_LOG_LEVEL", "ERROR")
    with database.writing() as db:
        person = make_person(db)
        slug = make_event(db, make_organization(db, owner=person)).slug
    member = browser_of(person)
    assert main(["maintenance", "on", "--minutes", "30"]) == 0
    for language, said in (
        ("en", "in 30 minutes"),
        ("ru", "через 30 минут"),
        ("kk", "30 минуттан"),
    ):
        target = f"/{language}/events/{slug}/registration"
        answer = client.post(target, data=TYPED)
        assert answer.status_code == 503
        assert 1790 <= int(answer.headers["retry-after"]) <= 1800
        page = page_of(answer)
        assert said in page.text_content()
        (form,) = page.xpath("//main//form[@method='post']")
        kept = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
        assert (form.get("action"), kept) == (target, TYPED)
    assert member.post("/en/sign-out").status_code == 503
    # Pages are read all the while, and the worker rests.
    assert client.get(f"/en/events/{slug}").status_code == 200
    assert member.get("/en/profile").status_code == 200
    assert client.get("/readyz").status_code == 200
    worker = Worker(database, declared_links(settings), settings)
    assert worker.rests()
    assert not any(worker.round(clock.now()).as_dict().values())
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 0
    # However long it was thought to last, it ends when the operator says so.
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(target, data=TYPED).headers["retry-after"] == "60"
    assert main(["maintenance", "off"]) == 0
    assert client.post(target, data=TYPED).status_code == 303
    assert not worker.rests()


def test_an_end_that_was_moved_is_the_one_that_is_told(database):
    database.guard = None
    now = clock.now()
    for minutes in (5, 50):
        with database.writing() as db:
            maintenance.begin(db, now + timedelta(minutes=minutes), now)
    with database.reading() as db:
        assert maintenance.expected_end(db) == now + timedelta(minutes=50)
