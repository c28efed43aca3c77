"""Two moderators together suspend an organisation; what that closes, and what opens again."""

import pytest
from sqlalchemy import select

from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event, Visibility
from portal.domain.organizations.models import Organization
from tests.factories import make_decision, make_event, make_initiative, make_story
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


KINDS = {"events": "event", "initiatives": "initiative", "stories": "story"}


def write(db, cast, kind, **given):
    """An item of the organisation, by its editor."""
    ours = db.get_one(Organization, cast["organization"])
    if kind == "stories":
        return make_story(db, ours, db.get_one(Person, cast["ids"]["editor"]), **given)
    return {"events": make_event, "initiatives": make_initiative}[kind](db, ours, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_a_suspension_takes_items_along_and_gives_back_what_is_not_hidden_for_itself(
    as_, client, cast, database, proposed, kind
):
    """What is hidden for itself too waits until both have ended, whichever ends first."""

    def shown():
        listed, found = client.get(f"/en/{kind}").text, []
        for name, slug in slugs.items():
            answer = client.get(f"/en/{kind}/{slug}")
            assert (slug in listed) == (answer.status_code == 200), name
            found += [name] if answer.status_code == 200 else []
        return found

    with database.writing() as db:
        ours = db.get_one(Organization, cast["organization"])
        items = {name: write(db, cast, kind) for name in ("free", "hidden", "hidden till then")}
        hiding = {
            name: make_decision(db, ours, by=None, **{KINDS[kind]: items[name]}).public_id
            for name in ("hidden", "hidden till then")
        }
        slugs = {name: item.slug for name, item in items.items()}
    rulings, by = "/en/moderation/decisions", as_("second")
    assert shown() == ["free"]
    assert by.post(f"{rulings}/{proposed}/confirmation").status_code == 303
    assert shown() == []
    with database.writing() as db:
        assert write(db, cast, kind, published=False).visibility == "hidden"
    assert by.post(f"{rulings}/{hiding['hidden till then']}/reversal").status_code == 303
    assert shown() == []
    assert by.post(f"{rulings}/{proposed}/reversal").status_code == 303
    assert shown() == ["free", "hidden till then"]
    assert by.post(f"{rulings}/{hiding['hidden']}/reversal").status_code == 303
    assert shown() == [*slugs]


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
