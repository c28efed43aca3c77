"""What belongs to another organisation is not there, whichever way one reaches for it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Invitation, Membership, Organization, Role
from tests.factories import make_event, make_organization, make_person, sign_up_guest


@pytest.fixture
def two(database, browser_of):
    """Two organisations with disjoint people; the owner of ours reaches for theirs."""
    with database.writing() as db:
        owner, editor, foreigner = (make_person(db) for _n in range(3))
        ours = make_organization(db, "ours", owner=owner, editor=editor)
        theirs = make_organization(db, "theirs", owner=foreigner)
        soon = clock.now() + timedelta(hours=1)
        event, foreign = make_event(db, ours, starts_at=soon), make_event(db, theirs)
        guest, own_guest = sign_up_guest(db, foreign), sign_up_guest(db, event)
        organizations.invite(db, theirs, Role.EDITOR, clock.now())
        db.flush()
        made = SimpleNamespace(
            people={"owner": owner, "editor": editor, "foreigner": foreigner},
            event=event.slug,
            person=foreigner.id,
            editor=editor.id,
            registration=guest.public_id,
            own_registration=own_guest.public_id,
            invitation=db.scalars(select(Invitation.id)).one(),
            ours=ours.id,
        )
    made.browser = browser_of(made.people["owner"])
    return made


def rows(database):
    with database.reading() as db:
        models = (Event, Membership, Invitation)
        return [db.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_foreign_child_of_ones_own_parent_is_not_there(two, database):
    before = rows(database)
    for path, form in (
        (f"/en/organizing/ours/people/{two.person}/role", {"role": "editor"}),
        (f"/en/organizing/ours/people/{two.person}/dismissal", {}),
        (f"/en/organizing/ours/people/{two.person}/succession", {}),
        (f"/en/organizing/ours/invitations/{two.invitation}/withdrawal", {}),
        (f"/en/organizing/events/{two.event}/door/{two.registration}/arrival", {}),
        (f"/en/organizing/events/{two.event}/door/{two.registration}/mistake", {}),
        (f"/en/organizing/events/{two.event}/hosts/theirs/end", {}),
        (f"/en/organizing/events/{two.event}/hosts/theirs/acceptance", {}),
    ):
        assert two.browser.post(path, data=form).status_code == 404, path
    assert rows(database) == before
    # The same verb with one's own child works.
    own = f"/en/organizing/events/{two.event}/door/{two.own_registration}/arrival"
    assert two.browser.post(own).status_code == 303


def test_a_role_that_ended_opens_nothing_in_the_session_that_goes_on(two, database, browser_of):
    editor = browser_of(two.people["editor"])
    pages = [
        f"/en/organizing/events/{two.event}",
        f"/en/organizing/events/{two.event}/participants",
        f"/en/organizing/events/{two.event}/edit",
    ]
    file = f"/en/organizing/events/{two.event}/participants.csv"
    assert [editor.get(page).status_code for page in pages] == [200] * 3
    assert editor.post(file).status_code == 200
    with database.writing() as db:
        ours = db.get_one(Organization, two.ours)
        organizations.dismiss(db, ours, two.editor)
    assert [editor.get(page).status_code for page in pages] == [404] * 3
    assert editor.post(file).status_code == 404
    assert editor.post(f"/en/organizing/events/{two.event}/cancellation").status_code == 404
