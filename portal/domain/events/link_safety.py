"""What unverified organisations write, made harmless for programs that link whatever they find."""

from dataclasses import replace
from datetime import datetime
from typing import NewType

from portal.content.defang import defang
from portal.domain.events import rules
from portal.domain.events.queries import EventRow
from portal.domain.organizations.rules import LONGEST_NAME, is_verified
from portal.i18n.paragraphs import Version
from portal.i18n.translated import Translated

# What calendars are made of, so that no way to one forgets to ask.
Unlinked = NewType("Unlinked", EventRow)


def unlinked(event: EventRow, now: datetime) -> Unlinked:
    """Return the event; while its organiser is not verified, no address in its words is left whole.

    For calendars and other programs, in the language now spoken. Pages show these words as text,
    which is no link there.
    """
    if is_verified(event.organization_verified_until, now):
        return Unlinked(event)
    return Unlinked(
        replace(
            event,
            title=_defang(event.title, rules.LONGEST_TITLE),
            summary=_defang(event.summary, rules.LONGEST_SUMMARY),
            venue=_defang(event.venue, rules.LONGEST_VENUE),
            organization_name=_defang(event.organization_name, LONGEST_NAME),
        )
    )


def _defang(words: Translated, max_length: int) -> Translated:
    said = words.localized()
    return Translated(said.language, {said.language: Version(defang(said.text, max_length))})
