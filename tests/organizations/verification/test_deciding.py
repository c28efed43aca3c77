"""Being verified by a document; who decides, what everybody is told, and the end of it."""

import json
from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.core.time_zones import ASTANA, wall_of
from portal.domain.emails.models import Notice
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import LogEntry
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Organization, Role, VerificationRequest
from portal.domain.organizations.queries import organization_named
from tests.factories import make_organization, make_person
from tests.organizations.verification.verification_requests import (
    DECIDE,
    MINE,
    WHY,
    confirm,
    verified,
)
from tests.pages import page_of, value_of, words


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
        organizations.give_role(db, ours, insider, Role.ANALYST, clock.now())
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
        organizations.give_role(db, ours, make_person(db, language="kk"), Role.OWNER, clock.now())
        organizations.give_role(db, ours, make_person(db), Role.EDITOR, clock.now())
    administrator.post(f"{DECIDE}/refusal", data=WHY)
    confirm(administrator)
    administrator.post(f"{DECIDE}/withdrawal", data={"ground": "rules"})
    with database.reading() as db:
        lines = [(e.act, e.item, e.reason) for e in db.scalars(select(LogEntry))]
        assert audit_log.first_fault(db) is None
        seal, letters = db.info["seal"], db.scalars(select(Notice).order_by(Notice.id)).all()
        said = [
            (letter.language, json.loads(seal.open(letter.payload_sealed, "notice"))["outcome"])
            for letter in letters
        ]
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
