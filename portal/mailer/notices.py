"""Writes a notice when its turn comes: what happened, to whom it matters, and one way on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.domain.letters.models import About
from portal.domain.people.models import Person
from portal.domain.people.queries import address_of, name_of
from portal.domain.people.rules import LONGEST_NAME, AddressUnfitError
from portal.i18n import LazyText, gettext_lazy, match_language, speaking
from portal.i18n import gettext as _
from portal.mailer.envelope import Content, seal_up
from portal.mailer.inert import inert
from portal.rendering import render
from portal.sealing import seal_of

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from sqlalchemy.orm import Session

    from portal.domain.letters.models import Notice
    from portal.settings import Settings
    from portal.web.links import Links


class Wording(NamedTuple):
    """The subject of a notice and the label of its button; the template says the rest.

    Both may name the notice's words. A word called `url` is where the button leads; it is ours
    and stays whole; one called `reply_to` is the address that answers go to.
    """

    subject: LazyText
    button: LazyText | None = None


WORDINGS: Final = {
    About.INVITATION: Wording(
        gettext_lazy("Invitation: %(organization)s"), gettext_lazy("See the invitation")
    ),
    About.CONTACT: Wording(gettext_lazy("A message for %(organization)s")),
}
LONGEST_WORD: Final = 2_000


def _harmless(word: str) -> str:
    """A stranger's words, line by line."""
    return "\n".join(inert(line, LONGEST_WORD) for line in word.splitlines())


def compose_notice(
    db: Session, notice: Notice, links: Links, settings: Settings, now: datetime
) -> EmailMessage | None:
    """The notice in the recipient's language, or None if nobody can get it any more."""
    seal = seal_of(db)
    person = db.get(Person, notice.person_id) if notice.person_id else None
    if notice.address_sealed is not None:
        address: str | None = seal.open(notice.address_sealed, "notice.address")
    else:
        address = address_of(db, person) if person else None
    if address is None or notice.payload_sealed is None:
        return None
    given: dict[str, str] = json.loads(seal.open(notice.payload_sealed, "notice"))
    url = given.pop("url", None)
    reply_to = given.pop("reply_to", None)
    words = {name: _harmless(word) for name, word in given.items()}
    about = About(notice.about)
    wording = WORDINGS[about]
    with speaking(match_language(notice.language)):
        site_name = settings.site_name or _("Shanyraq")
        subject = " ".join((str(wording.subject) % words).split())
        context = {
            **words,
            "language": match_language(notice.language),
            "subject": subject,
            "site_name": site_name,
            "home_url": links.absolute("home", match_language(notice.language)),
            "name": inert(name_of(db, person), LONGEST_NAME) if person else None,
            "button": str(wording.button) % words if wording.button else None,
            "button_url": url,
        }
        content = Content(
            subject=subject,
            sender_name=site_name,
            language=match_language(notice.language),
            text=render(f"notices/{about.value}.txt", **context),
            html=render(f"notices/{about.value}.html", **context),
            reply_to=reply_to,
        )
    try:
        return seal_up(content, address, f"notice {notice.id} {notice.due_at}", settings, now)
    except AddressUnfitError:
        return None
