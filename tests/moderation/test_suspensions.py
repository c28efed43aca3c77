"""Two moderators together suspend an organisation; what that closes, and what opens again."""

from __future__ import annotations

from sqlalchemy import select

from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from tests.factories import make_decision, make_event
from tests.forms import event_fields
from tests.moderation.casework import acts, notices, stored
from tests.pages import words


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
    draft = editor.post("/en/organizing/ours/events", data=event_fields()).headers["location"]
    invite = "/en/organizing/ours/invitations"
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    as_("second").post(f"/en/moderation/decisions/{proposed}/confirmation")
    later = editor.post("/en/organizing/ours/events", data=event_fields()).headers["location"]
    copies = editor.post(f"/en/organizing/events/{cast['slug']}/copies")
    for path in (draft, later, copies.headers["location"].removesuffix("/edit")):
        slug = path.split("/events/")[1].split("/")[0]
        answer = editor.post(f"/en/organizing/events/{slug}/publication")
        assert answer.status_code == 409, path
    answer = owner.post(invite, data={"role": "editor"})
    assert answer.status_code == 422
    assert "can neither publish nor invite" in words(answer)
    as_("second").post(f"/en/moderation/decisions/{proposed}/reversal")
    assert owner.post(invite, data={"role": "editor"}).status_code == 200
    slug = later.split("/events/")[1].split("/")[0]
    assert editor.post(f"/en/organizing/events/{slug}/publication").status_code == 303


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
