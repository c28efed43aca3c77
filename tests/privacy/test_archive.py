"""Everything held about somebody in one file: all of it, and nothing about others."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import html

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims, Profile
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.privacy import actions as accounts
from portal.domain.registrations import actions as registrations
from portal.i18n.locale import LANGUAGES
from portal.worker.loop import Worker
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest

pytestmark = pytest.mark.both_engines


def opened(answer):
    """The page and the records of an archive."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["everything.json", "index.html"]
        page = archive.read("index.html").decode()
        return html.document_fromstring(page), json.loads(archive.read("everything.json"))


@pytest.fixture
def person(database):
    """An editor with a sign-up, beside others of whom nothing may be said."""
    with database.writing() as db:
        claims = Claims("https://id.example.org", "subject-of-dina", "Дина", "dina@example.org")
        person = accounts.welcome(db, claims, "kk", clock.now())
        profile = Profile("Дина", "kk", "Asia/Hovd", "MN", "Өлгий", ("kk", "mn"), ("music",))
        people.change_profile(db, person, profile)
        other = make_person(db, "Басқа адам", email="other@example.org")
        organization = make_organization(db, owner=other, editor=person)
        event = make_event(db, organization, starts_at=clock.now() - timedelta(hours=1))
        early = event.starts_at - timedelta(hours=30)
        held = registrations.register_member(db, person, event, early)
        held.attended_at = clock.now()
        registrations.register_member(db, other, event, early)
        sign_up_guest(db, event, name="Бөтен қонақ", email="guest@example.org")
        db.flush()
        db.expunge(person)
        return person


def test_a_member_gets_everything_in_one_answer(browser_of, settings, app, person):
    Worker(app.state.site.database, app.state.site.links, settings).round(clock.now())
    page, records = opened(browser_of(person).post("/en/profile/data"))

    (profile,) = records["profile"]
    assert (profile["name"], profile["address"]) == ("Дина", "dina@example.org")
    assert (profile["city"], profile["country"]) == ("Өлгий", "MN")
    assert (profile["spoken"], profile["interests"]) == (["kk", "mn"], ["music"])
    (identity,) = records["identities"]
    assert (identity["way"], identity["issuer"]) == ("oidc", "https://id.example.org")
    assert identity["subject"] == "subject-of-dina"
    assert records["second_factors"] == [{"app": False, "recovery_codes": 0}]
    assert len(records["sessions"]) == 1
    assert [each["role"] for each in records["memberships"]] == ["editor"]
    (sign_up,) = records["sign_ups"]
    assert (sign_up["event"], sign_up["status"]) == ("Dombyra evening", "confirmed")
    assert sign_up["took_part_at"] is not None
    assert [each["language"] for each in records["consents"]] == ["en"]
    assert [each["about"] for each in records["letters"]] == ["confirmed"]
    read = page.text_content()
    assert all(word in read for word in ("Дина", "Mongolia", "Kazakh", "Music", "Dombyra evening"))


def test_nothing_in_it_is_about_anybody_else(browser_of, person):
    answer = browser_of(person).post("/en/profile/data")
    with ZipFile(BytesIO(answer.content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    for foreign in ("Басқа", "other@", "Бөтен", "guest@", "person-"):
        assert foreign not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_it_speaks_the_readers_language(browser_of, person, language):
    page, _records = opened(browser_of(person).post(f"/{language}/profile/data"))
    assert page.get("lang") == language
    place = {"kk": "Моңғолия", "ru": "Монголия", "en": "Mongolia"}[language]
    assert place in page.text_content()
    assert page.xpath("//*[@src or @href]") == []


def test_a_guest_gets_the_same_about_the_sign_up_through_the_pass(client, database, person):
    with database.writing() as db:
        event = db.query(Event).one()
        guest = sign_up_guest(db, event, name="Жұпар", email="zhupar@example.org")
        key = pass_key(db, guest, event)
    page, records = opened(client.post(f"/en/passes/{key}/data"))

    assert records.keys() == {"sign_ups", "consents", "letters"}
    (sign_up,) = records["sign_ups"]
    assert (sign_up["name"], sign_up["address"]) == ("Жұпар", "zhupar@example.org")
    assert {each["about"] for each in records["letters"]} == {"confirm", "confirmed"}
    (consent,) = records["consents"]
    assert (consent["language"], consent["withdrawn_at"]) == ("en", None)
    assert consent["text"].startswith("By signing up you agree")
    assert "Жұпар" in page.text_content()
    assert "Дина" not in page.text_content()


def test_an_archive_is_nobody_elses(browser_of, client, database, person):
    assert client.post("/en/profile/data").headers["location"].startswith("/en/sign-in")
    with database.writing() as db:
        other = make_person(db)
    _page, records = opened(browser_of(other).post("/en/profile/data"))
    assert records["sign_ups"] == []
    with database.reading() as db:
        assert db.get_one(Person, person.id).closed_at is None
