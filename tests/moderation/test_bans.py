"""The banned get no session, read why, take their data along and may appeal and leave."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.db.engine import Base
from portal.domain.accounts.identities import actions as identities
from portal.domain.accounts.identities.rules import IdentityTakenError
from portal.domain.accounts.people.actions import Claims, welcome
from portal.domain.accounts.people.models import Ban, Person, SignInSession
from portal.domain.accounts.people.queries import people_with_address
from portal.domain.accounts.people.rules import BannedError
from portal.domain.moderation.models import Decision, Measure
from portal.domain.moderation.notifications import new_key
from portal.domain.moderation.staff import lift_ban
from portal.domain.organizations.models import Organization
from portal.domain.privacy import actions as privacy
from tests.accounts.test_sign_in_links import ask, letters, settings  # noqa: F401 - fixtures
from tests.factories import decision_url, make_decision, make_organization, make_person
from tests.moderation.casework import (
    acts,
    claim,
    decide,
    latest_decision,
    notices,
    stored,
)
from tests.pages import errors_of, page_of, words


def test_a_ban_ends_sessions_and_refuses_new_ones(as_, browser_of, cast, database):
    owner = as_("owner")
    assert owner.get("/en/manage").status_code == 200
    claim(as_("first"), cast["key"])
    person = str(cast["ids"]["owner"])
    answer = decide(as_("first"), cast["key"], measure="ban", person=person)
    assert answer.status_code == 303
    assert owner.get("/en/manage").status_code == 303
    assert (
        stored(database, select(SignInSession).where(SignInSession.person_id == int(person))) == []
    )
    # Even a session that nobody has ended opens nothing.
    assert browser_of(cast["people"]["owner"]).get("/en/profile").status_code == 303
    assert as_("editor").get("/en/manage").status_code == 200
    assert acts(database) == [("ban", "person", "fraud")]
    ((row, said),) = notices(database, "decision")
    assert (row.person_id, row.language) == (int(person), "kk")
    assert said["item"] == "тіркелгіңіз"


def test_only_people_of_the_organisation_are_banned_by_a_report(as_, cast, database):
    claim(as_("first"), cast["key"])
    for person in ("", "nobody", "0", str(cast["ids"]["member"])):
        answer = decide(as_("first"), cast["key"], measure="ban", person=person)
        assert (answer.status_code, list(errors_of(answer))) == (422, ["person"]), person
    assert stored(database, select(Person.id).where(Person.banned_at.is_not(None))) == []
    editor = str(cast["ids"]["editor"])
    assert decide(as_("first"), cast["key"], measure="ban", person=editor).status_code == 303


def test_moderators_are_relieved_before_they_are_banned(as_, cast, database):
    with database.writing() as db:
        db.get_one(Person, cast["ids"]["analyst"]).is_moderator = True
    claim(as_("first"), cast["key"])
    analyst = str(cast["ids"]["analyst"])
    assert decide(as_("first"), cast["key"], measure="ban", person=analyst).status_code == 409
    assert acts(database) == []
    with database.writing() as db:
        db.get_one(Person, cast["ids"]["analyst"]).is_moderator = False
    assert decide(as_("first"), cast["key"], measure="ban", person=analyst).status_code == 303


def test_the_banned_appeal_by_the_letters_secret_without_signing_in(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"], measure="ban", person=str(cast["ids"]["owner"]))
    ((_row, said),) = notices(database, "decision")
    path = said["url"].removeprefix("https://testserver").replace("/kk/", "/en/")
    page = client.get(path)
    assert page.status_code == 200
    assert "They took money." in words(page)
    assert client.post(f"{path}/appeal", data={"text": "It was not me."}).status_code == 303
    assert "The appeal waits for an answer." in words(client.get(path))
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert client.get(wrong).status_code == 404
    key = latest_decision(database).public_id
    answer = {"answer": "grant"}
    assert (
        as_("second").post(f"/en/moderation/decisions/{key}/answer", data=answer).status_code == 303
    )
    assert as_("owner").get("/en/profile").status_code == 200


BANNED = "banned@example.org"
DOORS = ("data", "deletion", "reactivate")


@pytest.fixture
def path(database):
    """The banned owner's decision, under the secret of a letter."""
    with database.writing() as db:
        person = make_person(db, "Шеттетілген", email=BANNED)
        make_organization(db, "ours", owner=person)
        ban = make_decision(db, None, by=None, measure=Measure.BAN, person=person)
        return f"/en/decisions/{new_key(db, ban)}"


def banned(db):
    (person,) = people_with_address(db, BANNED)
    return person


def rows(database):
    with database.reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


def test_the_decision_leads_to_both_and_reading_it_changes_nothing(client, database, path):
    before = rows(database)
    page = client.get(path)
    assert [f"{path}/data", f"{path}/deletion"] == page_of(page).xpath(
        "//section[@aria-labelledby='account']//form/@action"
    )
    for door in DOORS:
        assert client.get(f"{path}/{door}").status_code in {404, 405}
    assert rows(database) == before


def test_everything_held_about_them_is_theirs_to_take(client, path):
    answer = client.post(f"{path}/data")
    assert answer.headers["cache-control"] == "no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        records = json.loads(archive.read("everything.json"))
    (profile,) = records["profile"]
    assert (profile["name"], profile["address"]) == ("Шеттетілген", BANNED)
    assert profile["banned_at"] is not None
    (decision,) = records["decisions"]
    assert (decision["measure"], decision["words"]) == ("ban", "It has been tried before.")


def test_they_leave_even_as_the_last_owner_and_may_think_again(client, database, path):
    assert client.post(f"{path}/deletion").headers["location"] == path
    with database.reading() as db:
        closed_at = banned(db).closed_at
    assert closed_at is not None
    client.post(f"{path}/deletion")  # twice is once
    with database.reading() as db:
        assert banned(db).closed_at == closed_at
    assert "Until then you can keep it" in words(client.get(path))
    assert client.post(f"{path}/reactivate").status_code == 303
    with database.reading() as db:
        assert (banned(db).closed_at, banned(db).banned_at is None) == (None, False)


def test_the_ban_outlives_the_account_by_hashes_alone(client, database, path):
    with database.writing() as db:
        person = banned(db)
        claims = Claims("https://other.example.org", "Other-Subject", provider="other")
        identities.add(db, person, claims, clock.now())
        privacy.erase(db, person, clock.now())
    assert client.get(path).status_code == 404
    with database.reading() as db:
        assert db.scalars(select(Decision)).all() == []
        assert db.scalars(select(Organization)).one().slug == "ours"
        digests = db.scalars(select(Ban.digest)).all()
        assert [len(each) for each in digests] == [64, 64]
    with database.writing() as db, pytest.raises(BannedError):
        welcome(db, claims, "en", clock.now())
    with database.writing() as db, pytest.raises(IdentityTakenError):
        identities.add(db, make_person(db), claims, clock.now())
    with database.writing() as db:  # to the letter: another spelling is somebody else
        spelt = Claims(claims.issuer, claims.subject.lower())
        assert welcome(db, spelt, "en", clock.now()).banned_at is None


def test_whoever_is_not_banned_leaves_no_hash(database):
    with database.writing() as db:
        person = make_person(db, email="free@example.org")
        privacy.erase(db, person, clock.now())
        assert db.scalars(select(Ban)).all() == []


def test_no_other_secret_and_no_session_opens_these_doors(client, browser_of, database, path):
    with database.writing() as db:
        owner = make_person(db)
        theirs = make_organization(db, "theirs", owner=owner)
        warning = make_decision(db, theirs, by=None, measure=Measure.WARN)
        ban = db.scalars(select(Decision).where(Decision.measure == "ban")).one()
        keys = [new_key(db, warning), warning.public_id, ban.public_id, "A" * 43]
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")
    before = rows(database)
    for address in (wrong, *(f"/en/decisions/{key}" for key in keys)):
        for door in DOORS:
            assert client.post(f"{address}/{door}").status_code in {303, 404}, address
            assert browser_of(owner).post(f"{address}/{door}").status_code == 404, address
    without_sessions = {"sign_in_sessions": None}
    assert rows(database) | without_sessions == before | without_sessions


def test_the_secret_is_worth_nothing_for_the_account_once_the_ban_has_ended(client, database, path):
    with database.writing() as db:
        lift_ban(db, banned(db), clock.now(), decision_url)
    page = client.get(path)
    assert page.status_code == 200
    assert page_of(page).xpath("//section[@aria-labelledby='account']") == []
    for door in DOORS:
        assert client.post(f"{path}/{door}").status_code == 404
    with database.reading() as db:
        assert banned(db).closed_at is None


def test_who_signs_in_by_a_letter_is_led_to_the_decision(client, database, letters):  # noqa: F811
    address = "letters@example.org"
    ask(client, address)
    ((path, _code),) = letters(address)
    client.post(path)
    client.post("/en/sign-out")
    with database.writing() as db:
        person = db.scalars(select(Person)).one()
        make_decision(db, None, by=None, measure=Measure.BAN, person=person)
        # Its letter has left; what is read below are the links to sign in.
        db.execute(Base.metadata.tables["notifications"].delete())
    ask(client, address)
    ((path, _code),) = letters(address)
    answer = client.post(path)
    assert answer.headers["location"].startswith("/en/decisions/")
    assert client.get("/en/profile").headers["location"].startswith("/en/sign-in")
    page = client.get(answer.headers["location"])
    assert "the account is banned" in words(page)
    assert client.post(f"{answer.headers['location']}/data").status_code == 200
