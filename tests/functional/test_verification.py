"""Being verified: by document, by domain against a real server, by vouching; and the end of it."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.domain.letters.models import Notice
from portal.domain.moderation import chained_log
from portal.domain.moderation.models import LogEntry
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Organization, Role, VerificationRequest, Vouch
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.verification_rules import PROOF_GOOD_FOR
from portal.time_zones import ASTANA, wall_of
from tests.factories import make_organization, make_person
from tests.functional.pages import addresses_of, errors_of, page_of, value_of, words
from tests.outside import PUBLIC, internet

HOST = "club.example.org"
MINE = "/en/organizing/ours/verification"
DECIDE = "/en/administration/organizations/ours"
# Why the administrators say no.
WHY = {"ground": "silent"}


@pytest.fixture
def owner(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person, verified=False)
    return browser_of(person)


@pytest.fixture
def administrator(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Серік", is_administrator=True)
    return browser_of(person)


@pytest.fixture
def outside(app, tmp_path):
    """The tests' own internet instead of the real one."""
    with internet(tmp_path, HOST) as made:
        made.names[HOST, "A"] = [PUBLIC]
        app.state.site = dataclasses.replace(app.state.site, outside=made.client())
        yield made


def verified(database):
    with database.reading() as db:
        ours = organization_named(db, "ours")
        return ours.verified_by, ours.verified_domain


def confirm(browser, method="document", months="12"):
    return browser.post(f"{DECIDE}/verification", data={"method": method, "months": months})


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


def ask_for_domain(owner, database, domain=HOST):
    assert owner.post(MINE, data={"method": "domain", "domain": domain}).status_code == 303
    with database.reading() as db:
        request = db.scalars(select(VerificationRequest)).one()
        return request.domain, request.token


@pytest.mark.parametrize("place", ["record", "file"])
def test_a_domain_is_proved_and_then_confirmed(
    owner, administrator, outside, client, database, place
):
    _domain, token = ask_for_domain(owner, database)
    shown = words(owner.get(MINE))
    statement = f"shanyraq-verification={token}"
    assert statement in shown
    assert f"_shanyraq.{HOST}" in shown
    assert f"https://{HOST}/.well-known/shanyraq.txt" in shown
    if place == "record":
        outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"{statement}"']
    else:
        outside.says("/.well-known/shanyraq.txt", statement.encode())
    answer = owner.post(f"{MINE}/proof")
    assert answer.headers["location"] == MINE
    assert "is proved" in words(owner.get(MINE))
    # A machine has looked; whether the name is theirs in earnest is for people to say.
    assert verified(database) == (None, None)
    assert confirm(administrator, "domain").status_code == 303
    assert verified(database) == ("domain", HOST)
    assert f"the domain {HOST} is its own" in words(client.get("/en/organizations/ours"))


def test_without_the_token_nothing_is_proved(owner, administrator, outside, database):
    ask_for_domain(owner, database)
    outside.says("/.well-known/shanyraq.txt", b"shanyraq-verification=something-else")
    answer = owner.post(f"{MINE}/proof")
    assert answer.status_code == 409
    assert answer.headers["cache-control"] == "no-store"
    assert "neither in the DNS nor in the file" in words(answer)
    answer = confirm(administrator, "domain")
    assert answer.status_code == 409
    assert "The domain is not proved yet." in words(answer)
    assert verified(database) == (None, None)


def test_a_domain_inside_is_not_reached(owner, outside, database):
    ask_for_domain(owner, database)
    outside.names[HOST, "A"] = ["127.0.0.1"]
    assert owner.post(f"{MINE}/proof").status_code == 409
    assert outside.dialled == []


def test_one_looks_once_a_minute(owner, outside, database, monkeypatch):
    ask_for_domain(owner, database)
    owner.post(f"{MINE}/proof")
    asked = len(outside.asked)
    answer = owner.post(f"{MINE}/proof")
    assert answer.status_code == 409
    assert "Try again in a minute" in words(answer)
    assert len(outside.asked) == asked
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    owner.post(f"{MINE}/proof")
    assert len(outside.asked) > asked


def test_a_proof_counts_for_a_few_days(owner, outside, administrator, database, monkeypatch):
    """A domain may be sold while the administrators take their time."""
    _domain, token = ask_for_domain(owner, database)
    outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"shanyraq-verification={token}"']
    owner.post(f"{MINE}/proof")
    with database.writing() as db:
        db.scalars(select(VerificationRequest)).one().proved_at = clock.now() - PROOF_GOOD_FOR
    assert "Domain not proved yet" in words(administrator.get("/en/administration/organizations"))
    answer = confirm(administrator, "domain")
    assert answer.status_code == 409
    assert "too old" in words(answer)
    assert verified(database) == (None, None)
    assert "Look now" in words(owner.get(MINE))
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    owner.post(f"{MINE}/proof")
    assert confirm(administrator, "domain").status_code == 303


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
        assert chained_log.first_fault(db) is None
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


def test_another_domain_needs_a_proof_of_its_own(owner, outside, administrator, database):
    _domain, token = ask_for_domain(owner, database)
    outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"shanyraq-verification={token}"']
    owner.post(f"{MINE}/proof")
    assert ask_for_domain(owner, database) == (HOST, token)
    other, other_token = ask_for_domain(owner, database, "other.example.org")
    assert other == "other.example.org"
    assert other_token != token
    assert confirm(administrator, "domain").status_code == 409
    assert verified(database) == (None, None)


def test_rights_taken_away_while_the_domain_answers_prove_nothing(
    owner, outside, database, browser_of
):
    """The door is asked again after the network."""
    _domain, token = ask_for_domain(owner, database)

    def answer(request):
        with database.writing() as db:
            ours = organization_named(db, "ours")
            (old,) = ours_people(db, ours)
            organizations.give_role(db, ours, make_person(db), Role.OWNER, clock.now())
            db.flush()
            organizations.dismiss(db, ours, old)
        body = f"shanyraq-verification={token}".encode()
        request.send_response(200)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    outside.pages["/.well-known/shanyraq.txt"] = answer
    assert owner.post(f"{MINE}/proof").status_code == 404
    with database.reading() as db:
        assert db.scalar(select(VerificationRequest.proved_at)) is None


def ours_people(db, organization):
    from portal.domain.organizations.queries import people_of

    return [person.id for person, _role in people_of(db, organization)]


@pytest.mark.parametrize(
    "domain",
    ["", "localhost", "127.0.0.1", "[::1]", "https://club.example.org", "club.example.org/x",
     "club example.org", "-club.example.org", "a" * 64 + ".org", "club.example.org:8443", "клуб",
     "user@club.example.org", "2130706433"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_beside_its_field(owner, database, domain):
    answer = owner.post(MINE, data={"method": "domain", "domain": domain})
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"domain"}
    with database.reading() as db:
        assert db.scalars(select(VerificationRequest)).all() == []


def test_domains_in_other_scripts_are_kept_as_the_name_system_writes_them(owner, database):
    assert ask_for_domain(owner, database, "Клуб.Қаз.")[0].startswith("xn--")


def vouching(database, browser_of, name, *, verified=True):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, name, owner=person, verified=verified)
    return browser_of(person)


def vouch(browser, name):
    return browser.post(f"/en/organizing/{name}/vouches", data={"vouched_for": "ours"})


def test_two_verified_organisations_vouch_and_the_administrators_decide(
    owner, administrator, client, database, browser_of
):
    owner.post(MINE, data={"method": "vouching"})
    first, second = (vouching(database, browser_of, name) for name in ("first", "second"))
    page = first.get("/en/organizations/ours")
    assert "/en/organizing/first/vouches" in addresses_of(page)
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
    assert "/en/organizing/second/vouches" not in addresses_of(second.get("/en/organizations/ours"))
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
        organizations.give_role(db, organization_named(db, "ours"), both, Role.ANALYST, clock.now())
        editor = make_person(db)
        organizations.give_role(db, known, editor, Role.EDITOR, clock.now())
    assert vouch(browser_of(both), "known").status_code == 403
    assert vouch(browser_of(editor), "known").status_code == 403
    assert vouch(owner, "ours").status_code == 403
    with database.reading() as db:
        assert db.scalars(select(Vouch)).all() == []


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
        assert len(db.scalars(select(Vouch)).all()) == 1


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
