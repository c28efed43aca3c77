"""What belongs to another organisation is not there, whichever way one reaches for it."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Invitation, Membership, Role
from tests.factories import make_event, make_organization, make_person, sign_up_guest


def rows(database):
    with database.reading() as db:
        models = (Event, Membership, Invitation)
        return [db.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_foreign_child_of_ones_own_parent_is_not_there(database, browser_of):
    with database.writing() as db:
        owner, foreigner = make_person(db), make_person(db)
        ours = make_organization(db, "ours", owner=owner)
        theirs = make_organization(db, "theirs", owner=foreigner)
        event = make_event(db, ours, starts_at=clock.now() + timedelta(hours=1))
        guest = sign_up_guest(db, make_event(db, theirs)).public_id
        own_guest = sign_up_guest(db, event).public_id
        organizations.invite(db, theirs, Role.EDITOR, clock.now())
        db.flush()
        slug, person = event.slug, foreigner.id
        invitation = db.scalars(select(Invitation.id)).one()
    browser, before = browser_of(owner), rows(database)
    for path, form in (
        (f"ours/people/{person}/role", {"role": "editor"}),
        (f"ours/people/{person}/dismissal", {}),
        (f"ours/people/{person}/succession", {}),
        (f"ours/invitations/{invitation}/withdrawal", {}),
        (f"events/{slug}/door/{guest}/arrival", {}),
        (f"events/{slug}/door/{guest}/mistake", {}),
        (f"events/{slug}/hosts/theirs/end", {}),
        (f"events/{slug}/hosts/theirs/acceptance", {}),
    ):
        assert browser.post(f"/en/organizing/{path}", data=form).status_code == 404, path
    assert rows(database) == before
    # The same verb with one's own child works.
    own = f"/en/organizing/events/{slug}/door/{own_guest}/arrival"
    assert browser.post(own).status_code == 303
