"""Decisions act at once, are told to those concerned, appealed against and answered by others."""

from sqlalchemy import select

from portal.core import clock
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.moderation import appeals, queries, target_kinds
from portal.domain.moderation.models import Appeal, DecisionStatus, Measure, Report
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from tests.factories import (
    decision_url,
    make_decision,
    make_event,
    make_organization,
    make_person,
    make_report,
)
from tests.forms import event_fields, saved_fields
from tests.moderation.casework import (
    acts,
    claim,
    decide,
    latest_decision,
    notices,
    stored,
)
from tests.pages import addresses_of, errors_of, value_of, words
from tests.registrations.races.rushing import all_at_once


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
        path = f"/en/manage/events/{slug}"
        assert as_("editor").post(path, data=form).status_code == 303
        assert stored(database, select(Event.visibility)) == ["hidden"]
        assert client.get(f"/en/events/{slug}").status_code == 404
    form = saved_fields(database, slug, visibility="hidden")
    answer = as_("editor").post(f"/en/manage/events/{slug}", data=form)
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
    answer = as_("editor").post(f"/en/manage/events/{hidden}/publication")
    assert answer.status_code == 409
    assert "The moderators have hidden this event" in words(answer)
    assert as_("editor").post(f"/en/manage/events/{free}/publication").status_code == 303


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
        ruling = queries.DecisionRecord(decision, Subject(organization, event), None)
        appeals.reverse(db, ruling, clock.now(), decision_url)
        target_kinds.restore_all_of(db, organization.id)
        db.refresh(event)
        assert (event.visibility, event.hidden_for, event.visibility_chosen) == (
            *("private", None, None),
        )


def test_those_concerned_read_the_decision_and_appeal_once(as_, cast, database, hidden):
    path = f"/en/decisions/{hidden}"
    for name in ("owner", "editor"):
        page = as_(name).get(path)
        assert page.status_code == 200, name
        assert "it is hidden from the public" in words(page)
        assert "They took money." in words(page)
        assert "First" not in words(page)  # nobody learns who has decided
    for name in ("member", "analyst", "first", "administrator"):
        assert as_(name).get(path).status_code == 404, name
        assert as_(name).post(f"{path}/appeal", data={"text": "No."}).status_code == 404, name
    assert as_(None).get(path).headers["location"].startswith("/en/sign-in")
    assert list(errors_of(as_("owner").post(f"{path}/appeal", data={"text": ""}))) == ["text"]
    assert stored(database, select(Appeal)) == []
    assert as_("owner").post(f"{path}/appeal", data={"text": "Charity."}).status_code == 303
    assert as_("editor").post(f"{path}/appeal", data={"text": "Again."}).status_code == 409
    (appeal,) = stored(database, select(Appeal))
    assert b"Charity" not in appeal.text_sealed


def test_those_concerned_find_standing_decisions_without_any_letter(as_, cast, database, hidden):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        foreign = make_organization(db, "foreign", owner=make_person(db))
        others = make_decision(db, foreign, by=None, measure=Measure.WARN).public_id
        proposed = make_decision(db, organization, by=None, measure=Measure.SUSPEND).public_id
    path = f"/en/decisions/{hidden}"
    for name in ("owner", "editor"):
        page = as_(name).get("/en/manage")
        assert path in addresses_of(page), name
        assert others not in page.text
        assert proposed not in page.text
        assert "it is hidden from the public" in words(page)
    for name in ("analyst", "member"):
        assert path not in addresses_of(as_(name).get("/en/manage")), name
    as_("owner").post(f"{path}/appeal", data={"text": "It is not so."})
    as_("second").post(f"/en/moderation/decisions/{hidden}/answer", data={"answer": "grant"})
    assert path not in addresses_of(as_("owner").get("/en/manage"))


def test_an_appeal_is_answered_by_another_moderator(as_, client, cast, database, hidden):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}"
    assert hidden in as_("second").get("/en/moderation").text
    assert "Charity." in words(as_("second").get(path))
    answer = as_("first").post(f"{path}/answer", data={"answer": "uphold"})
    assert answer.status_code == 409
    assert as_("second").post(f"{path}/answer", data={"answer": "perhaps"}).status_code == 422
    assert as_("second").post(f"{path}/answer", data={"answer": "grant"}).status_code == 303
    assert as_("second").post(f"{path}/answer", data={"answer": "uphold"}).status_code == 409
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert "The appeal was granted." in words(as_("owner").get(f"/en/decisions/{hidden}"))
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-granted", "restore"]


def test_what_waits_longest_for_a_second_person_comes_first(as_, cast, database):
    with database.writing() as db:
        first = db.get_one(Person, cast["ids"]["first"])
        suspended = [make_organization(db, slug) for slug in ("one", "two", "three")]
        keys = [
            make_decision(db, each, by=first, measure=Measure.SUSPEND).public_id
            for each in suspended
        ]
    page = as_("second").get("/en/moderation").text
    assert [page.index(key) for key in keys] == sorted(page.index(key) for key in keys)


def test_a_refused_appeal_leaves_everything_and_is_told(as_, client, cast, database, hidden):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}/answer"
    assert as_("administrator").post(path, data={"answer": "uphold"}).status_code == 303
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-refused"]
    assert len(notices(database, "decision")) == 4
    assert latest_decision(database).status == DecisionStatus.IN_FORCE


def test_a_decision_taken_back_answers_the_appeal_and_nobody_is_told_otherwise(
    as_, client, cast, database, hidden
):
    as_("owner").post(f"/en/decisions/{hidden}/appeal", data={"text": "Charity."})
    path = f"/en/moderation/decisions/{hidden}"
    assert as_("first").post(f"{path}/reversal").status_code == 303
    assert "The appeal was granted." in words(as_("second").get(path))
    assert hidden not in as_("second").get("/en/moderation").text
    for answer in ("uphold", "grant"):
        assert as_("second").post(f"{path}/answer", data={"answer": answer}).status_code == 409
    assert [act for act, _item, _reason in acts(database)] == ["hide", "appeal-granted", "restore"]
    # Owner and editor, of the decision and of its end; of nothing else.
    assert len(notices(database, "decision")) == 4
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def test_neither_of_the_two_who_suspended_answers_the_appeal(as_, cast, database, proposed):
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    as_("owner").post(f"/en/decisions/{proposed}/appeal", data={"text": "Why?"})
    path = f"/en/moderation/decisions/{proposed}/answer"
    for name in ("first", "second"):
        assert as_(name).post(path, data={"answer": "grant"}).status_code == 409, name
    assert as_("administrator").post(path, data={"answer": "grant"}).status_code == 303
    assert stored(database, select(Organization.suspended_at)) == [None]


def test_two_appeals_at_once_are_one(cast, database, hidden):
    owner = cast["ids"]["owner"]

    def act():
        try:
            with database.writing() as db:
                ruling = queries.concerning(db, db.get_one(Person, owner), hidden)
                appeals.appeal(db, ruling, "Charity.", "en", clock.now())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    assert sorted(all_at_once([act, act])) == ["AppealedError", "done"]


def test_a_suspension_takes_two_people(as_, client, cast, database, proposed):
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200
    assert notices(database, "decision") == []
    path = f"/en/moderation/decisions/{proposed}/confirmation"
    answer = as_("first").post(path)
    assert answer.status_code == 409
    assert "Somebody other than whoever decided first" in words(answer)
    assert stored(database, select(Organization.suspended_at)) == [None]
    assert f"/en/moderation/decisions/{proposed}" in as_("second").get("/en/moderation").text
    assert as_("second").post(path).status_code == 303
    assert as_("administrator").post(path).status_code == 409  # it is so already
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    assert "suspended this organisation" in words(client.get("/en/organizations/ours"))
    assert len(notices(database, "decision")) == 2
    assert [act for act, _item, _reason in acts(database)] == ["propose-suspension", "suspend"]


def test_a_suspended_organisation_neither_publishes_nor_invites(as_, cast, database, proposed):
    editor, owner = as_("editor"), as_("owner")
    draft = editor.post("/en/manage/ours/events", data=event_fields()).headers["location"]
    invite = "/en/manage/ours/invitations"
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    later = editor.post("/en/manage/ours/events", data=event_fields()).headers["location"]
    copies = editor.post(f"/en/manage/events/{cast['slug']}/copies")
    for path in (draft, later, copies.headers["location"].removesuffix("/edit")):
        slug = path.split("/events/")[1].split("/")[0]
        answer = editor.post(f"/en/manage/events/{slug}/publication")
        assert answer.status_code == 409, path
    answer = owner.post(invite, data={"role": "editor"})
    assert answer.status_code == 422
    assert "can neither publish nor invite" in words(answer)
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    slug = later.split("/events/")[1].split("/")[0]
    assert editor.post(f"/en/manage/events/{slug}/publication").status_code == 303


def test_lifting_a_suspension_leaves_hidden_what_was_hidden_for_itself(
    as_, client, cast, database, proposed
):
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        made = [
            make_event(db, organization),
            make_event(db, organization, visibility=Visibility.PRIVATE),
            make_event(db, organization),
        ]
        before, private, during = [event.slug for event in made]
        make_decision(db, organization, made[0], by=None)
        during_id = made[2].id
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    with database.writing() as db:
        organization = db.get_one(Organization, cast["organization"])
        make_decision(db, organization, db.get_one(Event, during_id), by=None)
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    now = dict(_rows(database, select(Event.slug, Event.visibility)))
    assert now == {cast["slug"]: "public", before: "hidden", private: "private", during: "hidden"}
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def test_restoring_an_event_of_a_suspended_organisation_waits_for_its_end(
    as_, client, cast, database, proposed
):
    with database.writing() as db:
        event = db.get_one(Event, cast["event"])
        decision = make_decision(db, db.get_one(Organization, cast["organization"]), event, by=None)
        key = decision.public_id
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    assert as_("second").post(f"/en/moderation/decisions/{key}/reversal").status_code == 303
    assert client.get(f"/en/events/{cast['slug']}").status_code == 404
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    assert client.get(f"/en/events/{cast['slug']}").status_code == 200


def _rows(database, statement):
    with database.reading() as db:
        return [tuple(row) for row in db.execute(statement)]


def test_a_declined_proposal_changes_nothing_and_is_told_to_nobody(as_, cast, database, proposed):
    assert as_("owner").get(f"/en/decisions/{proposed}").status_code == 404
    assert as_("second").post(f"/en/moderation/decisions/{proposed}/reversal").status_code == 303
    assert stored(database, select(Organization.suspended_at)) == [None]
    assert notices(database, "decision") == []
    assert acts(database)[-1][0] == "decline-suspension"
    path = f"/en/moderation/decisions/{proposed}/confirmation"
    assert as_("second").post(path).status_code == 409
