"""What moderators decide about a report, whom that concerns, and how it is taken back."""

from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.moderation import appeals, queries, target_kinds
from portal.domain.moderation.models import Measure, Report
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from tests.factories import decision_url, make_decision, make_event, make_report
from tests.forms import saved_fields
from tests.moderation.casework import (
    acts,
    claim,
    decide,
    latest_decision,
    notices,
    stored,
)
from tests.pages import errors_of, value_of, words


def test_a_decision_about_a_joint_event_concerns_all_who_hold_it(
    as_, browser_of, cast, database, joint
):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    told = {row.person_id for row, _said in notices(database, "decision")}
    assert told == {cast["ids"]["owner"], cast["ids"]["editor"], joint["owner id"]}
    path = f"/en/decisions/{latest_decision(database).public_id}"
    for name, status in (("owner", 200), ("analyst", 404), ("asked", 404)):
        assert browser_of(joint[name]).get(path).status_code == status, name
    partner = browser_of(joint["owner"])
    assert partner.post(f"{path}/appeal", data={"text": "It is ours too."}).status_code == 303
    # A warning of the founder alone is none of the partner's business.
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        warning = make_decision(db, organization, by=None, measure=Measure.WARN).public_id
    assert partner.get(f"/en/decisions/{warning}").status_code == 404


def test_a_dismissed_report_changes_nothing_and_the_reporter_is_told(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"], measure="dismiss")
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert acts(database) == [("dismiss", "event", "fraud")]
    ((row, said),) = notices(database, "report_outcome")
    assert row.language == "ru"
    assert "не нашли повода" in said["outcome"]
    with database.reading() as db:
        address = db.info["seal"].open(row.address_sealed, "notice.address")
    assert address == "reporter@example.org"
    assert notices(database, "decision") == []
    # What the reporter left is forgotten once it is of no use.
    assert stored(database, select(Report.address_sealed)) == [None]
    assert decide(as_("first"), cast["key"]).status_code == 409


def test_a_hidden_event_is_gone_for_the_public_and_told_to_its_organisers(
    as_, client, cast, database
):
    slug = cast["slug"]
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"]).status_code == 303
    for path in (f"/en/events/{slug}", f"/en/events/{slug}/event.ics"):
        assert client.get(path).status_code == 404, path
        assert as_("member").get(path).status_code == 404, path
    for path in ("/en", "/en/events", "/en/calendar", "/en/calendar.ics", "/en/organizations/ours"):
        assert slug not in client.get(path).text, path
    shown = as_("analyst").get(f"/en/events/{slug}")
    assert "The moderators have hidden this event" in words(shown)
    decision = latest_decision(database)
    told = {row.person_id: (row.language, said) for row, said in notices(database, "decision")}
    assert set(told) == {cast["ids"]["owner"], cast["ids"]["editor"]}
    language, said = told[cast["ids"]["owner"]]
    assert (language, said["item"]) == ("kk", "Домбыра кеші")
    assert said["url"] == f"https://testserver/kk/decisions/{decision.public_id}"
    assert told[cast["ids"]["editor"]][1]["item"] == "Вечер домбры"
    ((_row, outcome),) = notices(database, "report_outcome")
    assert "приняли меры" in outcome["outcome"]
    assert acts(database) == [("hide", "event", "fraud")]


def test_editors_cannot_bring_a_hidden_event_back_and_what_they_chose_is_remembered(
    as_, client, cast, database
):
    slug = cast["slug"]
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    for visibility in ("public", "private"):
        form = saved_fields(database, slug, visibility=visibility)
        path = f"/en/organizing/events/{slug}"
        assert as_("editor").post(path, data=form).status_code == 303
        assert stored(database, select(Event.visibility)) == ["hidden"]
        assert client.get(f"/en/events/{slug}").status_code == 404
    form = saved_fields(database, slug, visibility="hidden")
    answer = as_("editor").post(f"/en/organizing/events/{slug}", data=form)
    assert list(errors_of(answer)) == ["visibility"]
    key = latest_decision(database).public_id
    assert as_("second").post(f"/en/moderation/decisions/{key}/reversal").status_code == 303
    assert stored(database, select(Event.visibility)) == ["private"]
    assert acts(database)[-1] == ("restore", "event", "fraud")


def test_a_hidden_draft_is_not_published(as_, cast, database):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        drafts = [make_event(db, organization, published=False) for _number in range(2)]
        make_decision(db, organization, drafts[0], by=None)
        hidden, free = [draft.slug for draft in drafts]
    answer = as_("editor").post(f"/en/organizing/events/{hidden}/publication")
    assert answer.status_code == 409
    assert "The moderators have hidden this event" in words(answer)
    assert as_("editor").post(f"/en/organizing/events/{free}/publication").status_code == 303


def test_restoring_shows_the_event_again(as_, client, cast, database):
    claim(as_("first"), cast["key"])
    decide(as_("first"), cast["key"])
    key = latest_decision(database).public_id
    page = as_("second").get(f"/en/moderation/decisions/{key}")
    assert "They took money." in words(page)
    for promised in (303, 409):  # once
        answer = as_("second").post(f"/en/moderation/decisions/{key}/reversal")
        assert answer.status_code == promised
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert acts(database) == [("hide", "event", "fraud"), ("restore", "event", "fraud")]


def test_what_is_hidden_already_is_not_hidden_twice(as_, cast, database):
    with database.writing() as db:
        event = db.get_one(Event, cast["event"])
        make_decision(db, db.get_one(Organization, cast["organization"]), event, by=None)
    claim(as_("first"), cast["key"])
    assert decide(as_("first"), cast["key"]).status_code == 409
    assert decide(as_("first"), cast["key"], measure="warn").status_code == 303


def test_an_organisation_cannot_be_hidden_but_warned(as_, cast, database):
    with database.writing() as db:
        key = make_report(db, db.get_one(Organization, cast["organization"])).public_id
    claim(as_("first"), key)
    answer = decide(as_("first"), key)
    assert (answer.status_code, list(errors_of(answer))) == (422, ["measure"])
    assert value_of(answer, "words") == "They took money."
    assert decide(as_("first"), key, measure="warn").status_code == 303
    assert acts(database) == [("warn", "organization", "fraud")]


def test_hiding_by_the_verbs_is_undone_exactly(database, cast):
    """The same by hand: what was private stays private, whatever came between."""
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        event = make_event(db, organization, visibility=Visibility.PRIVATE)
        decision = make_decision(db, organization, event, by=None)
        target_kinds.hide_all_of(db, organization.id)
        db.refresh(event)
        ruling = queries.Ruling(decision, Subject(organization, event), None)
        appeals.reverse(db, ruling, clock.now(), decision_url)
        target_kinds.restore_all_of(db, organization.id)
        db.refresh(event)
        assert (event.visibility, event.hidden_for, event.visibility_chosen) == (
            *("private", None, None),
        )
