"""Administrators verify by a document or by the word of verified organisations."""

from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.core.time_zones import ASTANA, wall_of
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import LogEntry
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Endorsement, Organization, Role, VerificationRequest
from portal.domain.organizations.queries import organization_named
from tests.factories import make_organization, make_person
from tests.notifications import notifications
from tests.organizations.verification.verification_requests import (
    DECIDE,
    MINE,
    WHY,
    confirm,
    verified,
)
from tests.pages import addresses_of, page_of, value_of, words


def test_a_document_convinces_the_administrators_and_everybody_is_told_how_and_until_when(
    owner, administrator, client, database
):
    form = {"method": "document", "remark": "Тіркеу нөмірі 12\nБерлин"}
    assert owner.post(MINE, data=form).headers["location"] == MINE
    asked = owner.get(MINE)
    assert "You have asked" in words(asked)
    assert value_of(asked, "remark") == "Тіркеу нөмірі 12\nБерлин"
    queue = administrator.get("/en/administration/organizations")
    assert "Тіркеу нөмірі 12" in words(queue)
    assert confirm(administrator).headers["location"] == "/en/administration/organizations"
    shown = words(client.get("/en/organizations/ours"))
    assert "Verified by the portal’s administrators until" in shown
    # The day where strangers are taken to be.
    assert str(wall_of(clock.now() + timedelta(days=365), ASTANA).year) in shown
    assert "they have seen a document" in shown
    assert "Серік" not in shown
    assert "Not verified" not in shown
    assert "Тіркеу нөмірі" not in shown
    queue = administrator.get("/en/administration/organizations")
    assert "Nobody waits to be verified." in words(queue)


def test_it_ends_by_itself_and_by_the_administrators(
    owner, administrator, client, database, monkeypatch
):
    confirm(administrator, months="6")
    assert "Not verified" not in words(client.get("/en/organizations/ours"))
    assert administrator.post(f"{DECIDE}/withdrawal", data=WHY).status_code == 303
    assert "Not verified" in words(client.get("/en/organizations/ours"))
    assert administrator.post(f"{DECIDE}/withdrawal", data=WHY).status_code == 409
    confirm(administrator, months="6")
    later = clock.now() + timedelta(days=184)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Not verified" in words(client.get("/en/organizations/ours"))


def test_a_request_can_be_declined_and_asked_again(owner, administrator, database):
    owner.post(MINE, data={"method": "document"})
    for unfit in ({}, {"ground": "a mood"}):
        assert administrator.post(f"{DECIDE}/refusal", data=unfit).status_code == 404
    assert administrator.post(f"{DECIDE}/refusal", data=WHY).status_code == 303
    assert verified(database) == (None, None)
    assert administrator.post(f"{DECIDE}/refusal", data=WHY).status_code == 409
    assert owner.post(MINE, data={"method": "document"}).status_code == 303


def test_nobody_decides_about_their_own_organisation(owner, administrator, database, browser_of):
    with database.writing() as db:
        insider = make_person(db, is_administrator=True)
        ours = organization_named(db, "ours")
        organizations.grant_role(db, ours, insider, Role.ANALYST, clock.now())
    browser = browser_of(insider)
    owner.post(MINE, data={"method": "document"})
    for verb in ("verification", "refusal"):
        answer = browser.post(f"{DECIDE}/{verb}", data={"method": "document"} | WHY)
        assert answer.status_code == 409, verb
        assert "You belong to this organisation" in words(answer)
    assert verified(database) == (None, None)
    assert confirm(administrator).status_code == 303
    assert browser.post(f"{DECIDE}/withdrawal", data=WHY).status_code == 409
    assert verified(database) == ("document", None)


def test_every_verification_stands_in_the_public_log(owner, administrator, client, database):
    owner.post(MINE, data={"method": "document"})
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        organizations.grant_role(db, ours, make_person(db, language="kk"), Role.OWNER, clock.now())
        organizations.grant_role(db, ours, make_person(db), Role.EDITOR, clock.now())
    administrator.post(f"{DECIDE}/refusal", data=WHY)
    confirm(administrator)
    administrator.post(f"{DECIDE}/withdrawal", data={"ground": "rules"})
    with database.reading() as db:
        lines = [(e.act, e.item, e.reason) for e in db.scalars(select(LogEntry))]
        assert audit_log.first_fault(db) is None
        said = [(row.language, words["outcome"]) for row, words in notifications(db)]
    assert lines == [
        ("decline-verification", "organization", "silent"),
        ("verify", "organization", "document"),
        ("withdraw-verification", "organization", "rules"),
    ]
    # The owners are told, each in the language of their own; editors are not.
    assert [language for language, _outcome in said] == ["en", "kk"] * 2
    assert "Reason: Nobody of the organisation answered our questions." in said[0][1]
    assert "Себебі: Ұйым портал ережелерін бұзды." in said[3][1]
    page = words(client.get("/en/moderation-log"))
    for said in ("verified", "verification declined", "verification taken back", "A document"):
        assert said in page
    assert "Серік" not in page


def test_only_administrators_decide(owner, browser_of, database):
    owner.post(MINE, data={"method": "document"})
    for browser in (owner, browser_of()):
        for verb in ("verification", "refusal", "withdrawal"):
            answer = browser.post(f"{DECIDE}/{verb}", data={"method": "document"})
            assert answer.status_code in {303, 404}
    assert verified(database) == (None, None)
    with database.reading() as db:
        assert len(db.scalars(select(VerificationRequest)).all()) == 1
        assert db.scalars(select(Organization.verified_until)).all() == [None]


def test_the_list_says_who_is_not_verified_in_words(client, database):
    with database.writing() as db:
        make_organization(db, "known")
        make_organization(db, "unknown", verified=False)
    rows = page_of(client.get("/en/organizations")).xpath("//main//ul[@class='facts']/li")
    marks = {
        row.xpath("string(.//a/@href)"): row.xpath(".//*[@class='tag']/text()") for row in rows
    }
    assert marks == {
        "/en/organizations/known": [],
        "/en/organizations/unknown": ["Not verified"],
    }


def vouching(database, browser_of, name, *, verified=True):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, name, owner=person, verified=verified)
    return browser_of(person)


def vouch(browser, name):
    return browser.post(f"/en/manage/{name}/vouches", data={"vouched_for": "ours"})


def test_two_verified_organisations_vouch_and_the_administrators_decide(
    owner, administrator, client, database, browser_of
):
    owner.post(MINE, data={"method": "vouching"})
    first, second = (vouching(database, browser_of, name) for name in ("first", "second"))
    page = first.get("/en/organizations/ours")
    assert "/en/manage/first/vouches" in addresses_of(page)
    assert vouch(first, "first").status_code == 303
    assert vouch(first, "first").status_code == 303  # twice is once
    answer = confirm(administrator, "vouching")
    assert answer.status_code == 409
    assert "Two verified organisations have to vouch" in words(answer)
    assert vouch(second, "second").status_code == 303
    assert "Vouching:" in words(administrator.get("/en/administration/organizations"))
    assert confirm(administrator, "vouching").status_code == 303
    page = client.get("/en/organizations/ours")
    assert "two verified organisations vouch for it" in words(page)
    # Which they are, everybody may know; a third that came too late is none of them.
    vouch(vouching(database, browser_of, "third"), "third")
    page = client.get("/en/organizations/ours")
    assert {"/en/organizations/first", "/en/organizations/second"} <= set(addresses_of(page))
    assert "/en/organizations/third" not in addresses_of(page)


def test_a_vouch_counts_while_its_organisation_is_verified(
    owner, administrator, database, browser_of
):
    owner.post(MINE, data={"method": "vouching"})
    for name in ("first", "second"):
        vouch(vouching(database, browser_of, name), name)
    withdrawn = "/en/administration/organizations/first/withdrawal"
    assert administrator.post(withdrawn, data=WHY).status_code == 303
    assert confirm(administrator, "vouching").status_code == 409


def test_a_suspended_organisation_vouches_for_nobody(
    owner, administrator, client, database, browser_of
):
    owner.post(MINE, data={"method": "vouching"})
    first, second = (vouching(database, browser_of, name) for name in ("first", "second"))
    assert vouch(first, "first").status_code == 303
    suspend(database, "second")
    assert "/en/manage/second/vouches" not in addresses_of(second.get("/en/organizations/ours"))
    assert vouch(second, "second").status_code == 403
    suspend(database, "second", ended=True)
    assert vouch(second, "second").status_code == 303
    # What it said before counts no longer either, while the suspension lasts.
    suspend(database, "first")
    assert confirm(administrator, "vouching").status_code == 409
    suspend(database, "first", ended=True)
    assert confirm(administrator, "vouching").status_code == 303


def suspend(database, name, *, ended=False):
    with database.writing() as db:
        organization_named(db, name).suspended_at = None if ended else clock.now()


def test_nobody_vouches_without_the_right_to(owner, database, browser_of):
    owner.post(MINE, data={"method": "vouching"})
    unknown = vouching(database, browser_of, "unknown", verified=False)
    assert vouch(unknown, "unknown").status_code == 403
    assert vouch(unknown, "ours").status_code == 404
    with database.writing() as db:
        both = make_person(db)
        known = make_organization(db, "known", owner=both)
        organizations.grant_role(
            db, organization_named(db, "ours"), both, Role.ANALYST, clock.now()
        )
        editor = make_person(db)
        organizations.grant_role(db, known, editor, Role.EDITOR, clock.now())
    assert vouch(browser_of(both), "known").status_code == 403
    assert vouch(browser_of(editor), "known").status_code == 403
    assert vouch(owner, "ours").status_code == 403
    with database.reading() as db:
        assert db.scalars(select(Endorsement)).all() == []


def test_one_person_with_two_organisations_is_one_voice(owner, database, browser_of):
    owner.post(MINE, data={"method": "vouching"})
    with database.writing() as db:
        person = make_person(db)
        for name in ("first", "second"):
            make_organization(db, name, owner=person)
    browser = browser_of(person)
    for name in ("first", "second"):
        vouch(browser, name)
    with database.reading() as db:
        assert len(db.scalars(select(Endorsement)).all()) == 1
