"""Asking another organisation to hold an event too, its answer, and how either side ends it."""

from functools import partial

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.events.actions import hosting
from portal.domain.events.models import Event, EventHost
from portal.domain.organizations.host_invitations import MAX_HOSTS, TooManyHostsError
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations import event_changes
from tests.events.hosts.host_requests import ask, doors, state_of
from tests.factories import make_event, make_host, make_organization
from tests.pages import errors_of, page_of, words
from tests.registrations.races.rushing import all_at_once


def test_an_editor_of_another_host_does_not_decide_on_hosts(browser_of, people, slug, database):
    ask(database, slug)
    page, form = f"/en/manage/events/{slug}/hosts", {"organization": "other"}
    assert browser_of(people["partner/owner"]).post(page, data=form).status_code == 403
    assert state_of(database, slug, "other") is None
    assert browser_of(people["founder/editor"]).post(page, data=form).status_code == 303
    assert state_of(database, slug, "other") == "invited"


def test_an_invitation_goes_from_the_founders_page_to_the_invited_organisations(
    browser_of, people, slug, database
):
    founder, partner = browser_of(people["founder/editor"]), browser_of(people["partner/owner"])
    assert "Will you hold it together?" not in words(partner.get("/en/manage"))
    page = f"/en/manage/events/{slug}/hosts"
    assert founder.post(page, data={"organization": "partner"}).status_code == 303
    assert "Asked, not answered yet" in words(founder.get(page))
    index = partner.get("/en/manage")
    assert "Бастаушы asks Серіктес to hold an event with them." in words(index)
    # The partner's analyst and everybody else are asked nothing.
    for name in ("partner/analyst", "other/owner", "founder/owner"):
        assert "Will you hold it together?" not in words(browser_of(people[name]).get("/en/manage"))
    assert partner.get(f"{page}/partner").status_code == 200
    assert partner.post(f"{page}/partner/acceptance").status_code == 303
    assert state_of(database, slug) == "accepted"
    assert f"/en/manage/events/{slug}" in page_of(partner.get("/en/manage")).xpath("//@href")
    assert "Holds the event" in words(founder.get(page))


def test_the_page_of_hosts_lets_each_side_end_what_it_may(browser_of, people, slug, database):
    ask(database, slug)
    with database.writing() as db:
        event = db.scalars(select(Event).where(Event.slug == slug)).one()
        make_host(db, event, organization_named(db, "other"))
    path = f"/en/manage/events/{slug}/hosts"
    for name, ended in (("founder", ["partner", "other"]), ("partner", ["partner"])):
        page = page_of(browser_of(people[f"{name}/editor"]).get(path))
        actions = page.xpath("//main//form/@action")
        asks = [path] if name == "founder" and page.xpath("//select") else []
        assert actions == [*(f"{path}/{each}/end" for each in ended), *asks]


def test_asking_twice_oneself_or_nobody_is_refused(browser_of, people, slug, database):
    founder = browser_of(people["founder/editor"])
    page = f"/en/manage/events/{slug}/hosts"
    assert founder.post(page, data={"organization": "partner"}).status_code == 303
    for again in ("partner", "founder"):
        answer = founder.post(page, data={"organization": again})
        assert answer.status_code == 422
        assert "invited already" in errors_of(answer)["organization"]
    assert founder.post(page, data={}).status_code == 422
    assert founder.post(page, data={"organization": "nobody"}).status_code == 404
    with database.reading() as db:
        assert len(db.scalars(select(EventHost)).all()) == 1
    # One that declined may be asked again.
    partner = browser_of(people["partner/editor"])
    assert partner.post(f"{page}/partner/refusal").status_code == 303
    assert "Declined" in words(founder.get(page))
    assert founder.post(page, data={"organization": "partner"}).status_code == 303
    assert state_of(database, slug) == "invited"


def test_an_answer_is_given_once(browser_of, people, slug, database):
    ask(database, slug, accepted=False)
    partner = browser_of(people["partner/editor"])
    page = f"/en/manage/events/{slug}/hosts/partner"
    assert partner.post(f"{page}/acceptance").status_code == 303
    for verb in ("acceptance", "refusal"):
        answer = partner.post(f"{page}/{verb}")
        assert answer.status_code == 409
        assert "answered already" in words(answer)
        assert state_of(database, slug) == "accepted"


def test_a_suspended_organisation_neither_asks_nor_is_asked_nor_accepts(
    browser_of, people, slug, database
):
    founder, partner = browser_of(people["founder/editor"]), browser_of(people["partner/editor"])
    page = f"/en/manage/events/{slug}/hosts"
    for suspended in ("founder", "partner"):
        with database.writing() as db:
            organization_named(db, suspended).suspended_at = clock.now()
        answer = founder.post(page, data={"organization": "partner"})
        assert answer.status_code == 422, suspended
        assert "This organisation is suspended" in words(answer)
        with database.writing() as db:
            organization_named(db, suspended).suspended_at = None
    ask(database, slug, accepted=False)
    for suspended in ("founder", "partner"):
        with database.writing() as db:
            organization_named(db, suspended).suspended_at = clock.now()
        answer = partner.post(f"{page}/partner/acceptance")
        assert answer.status_code == 409, suspended
        assert "This organisation is suspended" in words(answer)
        with database.writing() as db:
            organization_named(db, suspended).suspended_at = None
    assert state_of(database, slug) == "invited"
    assert partner.post(f"{page}/partner/acceptance").status_code == 303


def test_only_the_invited_answer_and_only_either_side_ends(browser_of, people, slug, database):
    """A foreign event's invitation, a foreign organisation's name, and the founder's own editor."""
    ask(database, slug, accepted=False)
    page = f"/en/manage/events/{slug}/hosts"
    for name, host, status in (
        ("founder/owner", "partner", 404),
        ("other/owner", "partner", 404),
        ("other/owner", "other", 404),  # never asked
        ("partner/analyst", "partner", 403),
    ):
        for verb in ("acceptance", "refusal"):
            answer = browser_of(people[name]).post(f"{page}/{host}/{verb}")
            assert answer.status_code == status, (name, host, verb)
    assert state_of(database, slug) == "invited"
    for name, host, status in (
        ("other/owner", "partner", 404),
        ("other/owner", "other", 404),
        ("founder/analyst", "partner", 403),
        ("partner/analyst", "partner", 404),
        ("founder/owner", "founder", 404),  # the founder cannot be removed
        ("founder/owner", "other", 404),
    ):
        assert browser_of(people[name]).post(f"{page}/{host}/end").status_code == status, name
    assert state_of(database, slug) == "invited"
    assert browser_of(people["founder/owner"]).post(f"{page}/partner/end").status_code == 303
    assert state_of(database, slug) is None
    # What was taken back cannot be accepted any more.
    partner = browser_of(people["partner/owner"])
    assert partner.post(f"{page}/partner/acceptance").status_code == 404


def test_nobody_is_asked_or_answers_without_a_second_factor(browser_of, people, slug, database):
    """A stolen session would otherwise ask an accomplice, who then reads the names."""
    hosts = f"/en/manage/events/{slug}/hosts"
    stolen = browser_of(people["founder/owner"], second_factor=False)
    answer = stolen.post(hosts, data={"organization": "other"})
    assert answer.headers["location"].startswith("/en/second-factor")
    assert state_of(database, slug, "other") is None
    accomplice = browser_of(people["other/owner"])
    assert accomplice.post(f"{hosts}/other/acceptance").status_code == 404
    assert accomplice.get(f"/en/manage/events/{slug}/participants").status_code == 404
    ask(database, slug, accepted=False)
    stolen = browser_of(people["partner/owner"], second_factor=False)
    answer = stolen.post(f"{hosts}/partner/acceptance")
    assert answer.headers["location"].startswith("/en/second-factor")
    assert state_of(database, slug) == "invited"
    # With one, both do the same.
    founder, partner = browser_of(people["founder/owner"]), browser_of(people["partner/owner"])
    assert founder.post(hosts, data={"organization": "other"}).status_code == 303
    assert partner.post(f"{hosts}/partner/acceptance").status_code == 303
    assert (state_of(database, slug, "other"), state_of(database, slug)) == ("invited", "accepted")


def test_an_invitation_to_one_event_opens_no_other(browser_of, people, slug, database):
    with database.writing() as db:
        foreign = make_event(db, organization_named(db, "other")).slug
    ask(database, slug, accepted=False)
    partner = browser_of(people["partner/owner"])
    path = f"/en/manage/events/{foreign}/hosts/partner"
    assert partner.get(path).status_code == 404
    assert partner.post(f"{path}/acceptance").status_code == 404
    assert partner.get(f"/en/manage/events/{foreign}").status_code == 404


def test_a_host_leaves_by_itself(browser_of, people, slug, database):
    ask(database, slug)
    partner = browser_of(people["partner/editor"])
    answer = partner.post(f"/en/manage/events/{slug}/hosts/partner/end")
    assert answer.headers["location"] == "/en/manage"
    assert set(doors(partner, slug).values()) == {404}
    assert "Серіктес" not in words(partner.get(f"/en/events/{slug}"))


def test_hosts_are_no_more_than_a_line_can_hold(database, people, slug):
    with database.writing() as db:
        event = db.query(Event).filter_by(slug=slug).one()
        for _number in range(MAX_HOSTS - 1):
            make_host(db, event, make_organization(db), accepted=False)
        with pytest.raises(TooManyHostsError):
            hosting.invite(db, event, make_organization(db), clock.now())


@pytest.mark.parametrize(("verbs", "left"), [(("accept", "accept"), 1), (("accept", "end"), None)])
def test_two_at_once_are_one_after_the_other(database, people, slug, verbs, left):
    """Two answers cannot both count; an answer and its end leave no host that nobody sees."""
    ask(database, slug, accepted=False)

    def act(verb):
        try:
            with database.writing() as db:
                person = db.merge(people["partner/owner"])
                host = hosting.leavable(db, person, slug, "partner")
                if verb == "accept":
                    event_changes.join_hosts(db, host, clock.now())
                else:
                    hosting.end(db, host, clock.now())
        except (Refusal, NotFoundError) as refused:
            return type(refused).__name__
        return verb

    outcomes = all_at_once([partial(act, verb) for verb in verbs])
    if left == 1:
        assert sorted(outcomes) == ["InvitationAnsweredError", "accept"]
        assert state_of(database, slug) == "accepted"
    else:
        assert "end" in outcomes
        assert state_of(database, slug) is None
