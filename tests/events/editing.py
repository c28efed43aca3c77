"""Events written, published and saved through the pages, and as they are kept."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.domain.events.models import Event
from tests.forms import event_fields, saved_fields
from tests.pages import errors_of

CREATE = "/en/manage/ours/events"


def draft(browser, **changes):
    answer = browser.post(CREATE, data=event_fields(**changes))
    assert answer.status_code == 303, errors_of(answer)
    return answer.headers["location"].split("/")[-2]


def published(browser, **changes):
    slug = draft(browser, **changes)
    assert browser.post(f"/en/manage/events/{slug}/publication").status_code == 303
    return slug


def save(browser, database, slug, **changes):
    typed = saved_fields(database, slug, **changes)
    return browser.post(f"/en/manage/events/{slug}", data=typed)


def stored(database, slug):
    with database.reading() as db:
        return db.scalars(
            select(Event).options(joinedload(Event.seats)).where(Event.slug == slug)
        ).one()
