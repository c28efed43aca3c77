"""What administrators do about people and settings, on pages and by commands."""

import json

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import Notification
from portal.domain.moderation import audit_log, staff
from portal.domain.moderation.models import LogEntry
from tests.factories import make_person
from tests.pages import addresses_of, errors_of, page_of, value_of, words
from tests.processes import run_all

PEOPLE = "/en/administration/people"
SETTINGS = "/en/administration/settings"


@pytest.fixture
def administrator(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Серік", email="serik@example.org", is_administrator=True)
    return browser_of(person)


@pytest.fixture
def dana(database):
    """Somebody with an address, by id."""
    with database.writing() as db:
        return make_person(db, "Dana", email="dana@example.org").id


def acts(database):
    with database.reading() as db:
        assert audit_log.first_fault(db) is None
        return [(e.act, e.item, e.reason) for e in db.scalars(select(LogEntry))]


def person(database, person_id):
    with database.reading() as db:
        return db.get_one(Person, person_id)


def test_every_page_of_the_administration_leads_to_the_others(administrator):
    for path in ("", "/organizations", "/people", "/settings"):
        page = administrator.get(f"/en/administration{path}")
        assert page.status_code == 200
        assert {
            *("/en/administration", "/en/administration/organizations", PEOPLE, SETTINGS),
            "/en/moderation",
        } <= addresses_of(page)


def test_somebody_is_found_by_the_exact_address_alone(administrator, dana):
    assert "Dana" not in words(administrator.get(PEOPLE))
    for address in ("dana@example.org", " DANA@example.org"):
        found = administrator.post(PEOPLE, data={"email": address})
        assert "Dana" in words(found), address
        assert "dana@example.org" not in words(found)
    for address in ("dana", "dana@", "%", "dana@example.or", "*@example.org"):
        found = administrator.post(PEOPLE, data={"email": address})
        assert "Nobody has signed in with this address." in words(found), address
    assert list(errors_of(administrator.post(PEOPLE, data={"email": ""}))) == ["email"]


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_an_office_is_given_and_taken(administrator, browser_of, database, dana, role):
    browser = browser_of(person(database, dana))
    page = "/en/moderation" if role == "moderator" else "/en/administration"
    assert browser.get(page).status_code == 404
    form = {"role": role}
    assert administrator.post(f"{PEOPLE}/{dana}/appointment", data=form).status_code == 303
    assert browser.get(page).status_code == 200  # on the very next request
    assert administrator.post(f"{PEOPLE}/{dana}/appointment", data=form).status_code == 409
    assert administrator.post(f"{PEOPLE}/{dana}/role/revoke", data=form).status_code == 303
    assert browser.get(page).status_code == 404
    assert administrator.post(f"{PEOPLE}/{dana}/role/revoke", data=form).status_code == 409
    assert acts(database) == [("appoint", "person", role), ("relieve", "person", role)]


def test_whoever_does_not_exist_is_not_found(administrator, dana):
    for name in ("0", "999999", "x", "-1", "١", "9" * 40):
        for verb, form in (
            ("appointment", {"role": "moderator"}),
            ("role/revoke", {"role": "moderator"}),
            ("ban", {"reason": "spam"}),
            ("ban-end", {}),
        ):
            answer = administrator.post(f"{PEOPLE}/{name}/{verb}", data=form)
            assert answer.status_code == 404, (name, verb)
    answer = administrator.post(f"{PEOPLE}/{dana}/appointment", data={"role": "king"})
    assert answer.status_code == 422


def test_the_last_administrator_stays(administrator, database, dana):
    with database.reading() as db:
        last = db.scalars(select(Person.id).where(Person.is_administrator)).one()
    form = {"role": "administrator"}
    answer = administrator.post(f"{PEOPLE}/{last}/role/revoke", data=form)
    assert answer.status_code == 409
    assert "last administrator cannot be relieved" in words(answer)
    administrator.post(f"{PEOPLE}/{dana}/appointment", data=form)
    assert administrator.post(f"{PEOPLE}/{last}/role/revoke", data=form).status_code == 303
    assert administrator.get("/en/administration").status_code == 404


def test_a_ban_and_its_end(administrator, browser_of, database, dana):
    browser = browser_of(person(database, dana))
    assert browser.get("/en/profile").status_code == 200
    ban, end = f"{PEOPLE}/{dana}/ban", f"{PEOPLE}/{dana}/ban-end"
    assert administrator.post(ban, data={"reason": "no such"}).status_code == 422
    assert administrator.post(end).status_code == 409
    assert administrator.post(ban, data={"reason": "hate"}).status_code == 303
    assert browser.get("/en/profile").status_code == 303
    assert administrator.post(ban, data={"reason": "hate"}).status_code == 409
    found = administrator.post(PEOPLE, data={"email": "dana@example.org"})
    assert "Lift the ban" in words(found)
    assert administrator.post(end).status_code == 303
    assert browser_of(person(database, dana)).get("/en/profile").status_code == 200
    assert acts(database) == [("ban", "person", "hate"), ("lift-ban", "person", "hate")]
    with database.reading() as db:
        assert (
            len(db.scalars(select(Notification).where(Notification.person_id == dana)).all()) == 2
        )


def test_nobody_bans_themselves_or_those_in_office(administrator, database, dana):
    with database.reading() as db:
        own = db.scalars(select(Person.id).where(Person.is_administrator)).one()
    ban = {"reason": "spam"}
    assert administrator.post(f"{PEOPLE}/{own}/ban", data=ban).status_code == 409
    administrator.post(f"{PEOPLE}/{dana}/appointment", data={"role": "moderator"})
    answer = administrator.post(f"{PEOPLE}/{dana}/ban", data=ban)
    assert answer.status_code == 409
    assert "Relieve them of that first" in words(answer)
    administrator.post(f"{PEOPLE}/{dana}/role/revoke", data={"role": "moderator"})
    assert administrator.post(f"{PEOPLE}/{dana}/ban", data=ban).status_code == 303


def test_the_banned_get_no_office(database, dana):
    with database.writing() as db:
        banned = db.get_one(Person, dana)
        banned.banned_at = clock.now()
        db.flush()
        with pytest.raises(Refusal):
            staff.grant_role(db, banned, staff.StaffRole.MODERATOR, clock.now())
        banned.banned_at = None
        db.flush()
        staff.grant_role(db, banned, staff.StaffRole.MODERATOR, clock.now())


# Settings


def test_the_portal_is_renamed_and_welcomes_in_the_readers_language(
    administrator, client, database
):
    form = {"site_name": "Отау & Co", "welcome_kk": "Қош келдіңіз!", "welcome_en": "<b>Come in</b>"}
    assert "Shanyraq" in words(client.get("/en"), "//header")
    assert administrator.post(SETTINGS, data=form).status_code == 303
    page = client.get("/en")
    assert "Отау & Co" in words(page, "//header")
    assert "<b>Come in</b>" in words(page)
    assert "<b>Come in" not in page.text
    assert "Қош келдіңіз!" in words(client.get("/kk"))
    assert "Қош келдіңіз!" not in words(client.get("/ru"))
    assert "Отау & Co" in page_of(client.get("/ru/events")).findtext(".//title")
    shown = administrator.get(SETTINGS)
    assert value_of(shown, "site_name") == "Отау & Co"
    # Each change is told, none of its words; saving again changes nothing.
    told = [("setting", "setting", name) for name in ("site_name", "welcome_kk", "welcome_en")]
    assert acts(database) == told
    administrator.post(SETTINGS, data=form)
    assert acts(database) == told
    administrator.post(SETTINGS, data={})
    assert "Shanyraq" in words(client.get("/en"), "//header")
    assert "in the evening we sit together" in words(client.get("/en"))


def test_a_setting_that_cannot_be_is_refused_with_what_was_typed(administrator, database, client):
    for changes, field in (
        ({"site_name": "a" * 61}, "site_name"),
        ({"site_name": "a\u202eb"}, "site_name"),
        ({"welcome_ru": "a" * 201}, "welcome_ru"),
        ({"welcome_ru": "a\x00b"}, "welcome_ru"),
    ):
        form = {"welcome_kk": "Қош келдіңіз!"} | changes
        answer = administrator.post(SETTINGS, data=form)
        assert (answer.status_code, list(errors_of(answer))) == (422, [field])
        assert value_of(answer, "welcome_kk") == "Қош келдіңіз!"
    assert acts(database) == []
    assert "Қош келдіңіз!" not in words(client.get("/kk"))


def test_the_overview_says_how_the_portal_is_doing(administrator):
    said = words(administrator.get("/en/administration"))
    assert "not set: letters wait" in said
    assert "not set: only guests can sign up" in said
    assert "nothing is due" in said


# Commands


@pytest.mark.processes
def test_the_operator_does_the_same_by_commands(database, dana, settings, tmp_path):
    given = {"database_url": settings.database_url, "seal_key_file": settings.seal_key_path}
    done = run_all(
        tmp_path,
        ["make-moderator", "dana@example.org"],
        ["ban", "dana@example.org", "--reason", "spam"],
        ["make-moderator", "nobody@example.org"],
        ["set", "site_name", "Отау"],
        ["list-settings"],
        ["set", "seal_key_file", "/tmp/key"],
        ["verify-log"],
        **given,
    )
    assert [each.code for each in done] == [0, 1, 1, 0, 0, 2, 0]
    assert "Relieve them" in done[1].err
    assert "sign in once first" in done[2].err
    assert json.loads(done[4].out)["site_name"] == "Отау"
    assert "the log is whole: 2 lines" in done[6].out
    with database.writing() as db:
        db.get_one(Person, dana).is_moderator = False
    done = run_all(
        tmp_path,
        ["ban", "dana@example.org", "--reason", "spam"],
        ["ban", "dana@example.org", "--reason", "spam"],
        ["lift-ban", "dana@example.org"],
        ["lift-ban", "dana@example.org"],
        ["ban", "dana@example.org"],
        **given,
    )
    assert [each.code for each in done] == [0, 1, 0, 1, 2]
    assert [act for act, _item, _reason in acts(database)] == [
        *("appoint", "setting", "ban", "lift-ban")
    ]
    assert person(database, dana).banned_at is None
