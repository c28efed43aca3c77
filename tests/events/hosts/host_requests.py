"""Asking an organisation to hold an event, and the doors that this opens."""

from sqlalchemy import select

from portal.domain.events.models import Event, EventHost
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import organization_named
from tests.factories import make_host


def ask(database, slug, name="partner", *, accepted=True):
    with database.writing() as db:
        event = db.query(Event).filter_by(slug=slug).one()
        make_host(db, event, organization_named(db, name), accepted=accepted)


def state_of(database, slug, name="partner"):
    with database.reading() as db:
        return db.scalar(
            select(EventHost.state)
            .join(Event, Event.id == EventHost.event_id)
            .join(Organization, Organization.id == EventHost.organization_id)
            .where(Event.slug == slug, Organization.slug == name)
        )


DOORS = {
    "": ("owner", "editor", "analyst"),
    "/results": ("owner", "editor", "analyst"),
    "/edit": ("owner", "editor"),
    "/preview": ("owner", "editor"),
    "/participants": ("owner", "editor"),
    "/participants.csv": ("owner", "editor"),
    "/hosts": ("owner", "editor"),
}


def doors(browser, slug):
    # Taking the list along is noted, so it is asked for by a form.
    ask = {door: browser.post if door == "/participants.csv" else browser.get for door in DOORS}
    return {door: ask[door](f"/en/manage/events/{slug}{door}").status_code for door in DOORS}
