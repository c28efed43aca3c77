"""What came of an event, told as an editor would."""

from sqlalchemy import select

from portal.domain.events.models import Event
from tests.forms import result_fields
from tests.pages import errors_of


def event_of(db, slug):
    return db.scalars(select(Event).where(Event.slug == slug)).one()


def form_of(slug):
    return f"/en/manage/events/{slug}/result"


def tell(browser, slug, **changes):
    answer = browser.post(form_of(slug), data=result_fields(**changes))
    assert answer.status_code == 303, errors_of(answer)
    return answer
