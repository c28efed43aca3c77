"""Being verified since others vouch."""

from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Role, Vouch
from portal.domain.organizations.queries import organization_named
from tests.factories import make_organization, make_person
from tests.organizations.verification.verification_requests import MINE, WHY, confirm
from tests.pages import addresses_of, words


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
