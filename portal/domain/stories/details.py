"""What a writer says of a story, as one value, and the rules it is checked by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.core.text_rules import check_text, check_texts
from portal.core.time_zones import ASTANA, instant_of
from portal.domain.events.link_rules import check_link
from portal.domain.events.models import Funding
from portal.domain.events.rules import LONGEST_FUNDING_NOTE
from portal.domain.stories import rules
from portal.domain.stories.models import CommentMode
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from."""

    label: str
    url: str


def source_of(line: str) -> Source:
    """Return a source as a revision has it: an address, without spaces, and its words."""
    url, _space, label = line.partition(" ")
    return Source(label, url)


_NOTHING: Final = Translated.of(LANGUAGES[0])


@dataclass(frozen=True)
class Details:
    """Everything a writer says; what it tells of is named by slug, the wall time is naive."""

    title: Translated
    summary: Translated = _NOTHING
    body: Translated = _NOTHING
    tags: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    # Empty if it tells of none.
    initiative: str = ""
    sources: tuple[Source, ...] = ()
    comments: CommentMode = CommentMode.MODERATED
    publish_wall: datetime | None = None
    time_zone: str = ASTANA
    byline: str = ""
    # Who pays for it; nobody is an answer, and None is none yet.
    funding: Funding | None = None
    funding_note: Translated = _NOTHING
    # The translations are still right, which the history tells.
    is_small_fix: bool = False


def check(details: Details) -> datetime | None:
    """Return the instant at which it shall appear, if any, or raise the first refusal."""
    if not details.title.source:
        raise rules.TitleNeededError(f"title_{details.title.original}")
    check_texts(details.title, rules.LONGEST_TITLE, "title")
    check_texts(details.summary, rules.LONGEST_SUMMARY, "summary")
    check_texts(details.body, rules.LONGEST_BODY, "body", one_line=False)
    check_texts(details.funding_note, LONGEST_FUNDING_NOTE, "funding_note")
    check_text(details.byline, rules.LONGEST_BYLINE, "byline")
    for number, source in enumerate(details.sources, start=1):
        if not source.label or not source.url:
            raise rules.SourceUnnamedError(f"source_{number}")
        check_link(source.url, f"source_{number}")
        check_text(source.label, rules.LONGEST_SOURCE, f"source_label_{number}")
    if details.publish_wall is None:
        return None
    return instant_of(details.publish_wall, details.time_zone, "publish_wall")
