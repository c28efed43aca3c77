"""What follows when somebody has proved who they are: a fresh session, and a notice at times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.core.time_zones import ASTANA, offset_label, wall_of
from portal.domain.accounts.people import actions
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.i18n import dates
from portal.i18n.locale import match_tag, use_locale
from portal.web.accounts.user_agents import described_browser
from portal.web.http.cookies import session_token, set_session
from portal.web.http.site import Site

# A family shares a browser; a library's forgets.
MAX_KNOWN_BROWSERS: Final = 10


@dataclass(frozen=True)
class Login:
    """The token of the session, and whom the browser is known to by now."""

    token: str
    known: list[int]


def arrive(
    site: Site, request: Request, db: Session, person: Person, now: datetime, *, way: str = ""
) -> Login:
    """Start a fresh session, ending the old one; nobody new to the portal gets a notice."""
    # Which people used a browser before is told by its own cookie; nothing is kept here.
    if old := session_token(request, site.settings):
        actions.end_session(db, old)
    known: list[int] = (site.known_browser.read(request) or {}).get("people", [])
    browser = described_browser(request.headers.get("user-agent", ""))
    token = actions.start_session(db, person, now, way=way, browser=browser)
    if person.id not in known and person.created_at < now:
        _notify_new_device(site, db, person, now, browser)
    others = [each for each in known if each != person.id]
    return Login(token, [person.id, *others][:MAX_KNOWN_BROWSERS])


def start_session(response: Response, site: Site, arrival: Login) -> None:
    """Give the browser its session, and the note by which it is known the next time."""
    set_session(response, site.settings, arrival.token)
    site.known_browser.put(response, {"people": arrival.known})


def _notify_new_device(
    site: Site, db: Session, person: Person, now: datetime, browser: str
) -> None:
    language = match_tag(person.language)
    zone = person.time_zone or ASTANA
    with use_locale(language):
        moment = f"{dates.stamp(wall_of(now, zone))} ({offset_label(zone, now)})"
    notify(
        db,
        NotificationKind.NEW_SIGN_IN,
        now=now,
        language=language,
        person_id=person.id,
        url=site.links.absolute("sessions.index", language),
        browser=browser,
        moment=moment,
    )
