"""What an item's revisions have changed, in the words of its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.core.time_zones import city_of, wall_of
from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives.models import Stage
from portal.domain.organizations.models import OrganizationKind
from portal.domain.publishing.revisions import rules
from portal.domain.publishing.revisions.models import Revision
from portal.domain.publishing.revisions.rules import Change, Fact, How, Piece
from portal.domain.stories.models import CommentMode
from portal.i18n import dates
from portal.i18n.locale import OWN_NAMES, gettext, ngettext, pgettext_lazy
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.script_output import as_typed
from portal.web.components.labels import COMMENT_MODES, FUNDINGS, MODES, ORGANIZATION_KINDS, STAGES

LABELS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "description": _("Description"),
    "venue": _("Venue"),
    "purpose": _("What it is for"),
    "people": _("For which people"),
    "partners": _("With whom else"),
    "countries": _("Countries"),
    "since": _("Since when"),
    "stage": _("State"),
    "funding": _("Who pays for it"),
    "funding_note": _("Who exactly"),
    "time": _("Time"),
    "attendance_mode": _("How it takes place"),
    "hosts": _("Organisers"),
    "status": _("State"),
    "happened": _("What happened"),
    "reached": _("For whom"),
    "next_steps": _("What comes next"),
    "name": pgettext_lazy("of an organisation", "Name"),
    "kind": _("Kind"),
    "city": _("City"),
    "country": _("Country"),
    "site": _("Site"),
    "original": _("Written first in"),
    "body": _("Text"),
    "tags": _("Topics"),
    "events": _("Events"),
    "initiative": _("Initiative"),
    "sources": _("Sources"),
    "comments": _("Comments"),
    "byline": _("Name of the author"),
    "pictures": _("Pictures"),
    "cover": _("Cover"),
}
EVENT_STATES = {
    Status.SCHEDULED: _("Takes place as planned"),
    Status.POSTPONED: _("Postponed"),
    Status.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one text or fact."""

    label: str
    language: str | None
    language_name: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Step:
    """One revision: when, and how it differs from the one before; none differ in the first."""

    when: str
    is_first: bool
    is_small_fix: bool
    differences: list[Difference]


def steps_of(
    revisions: Sequence[tuple[Revision, Revision | None]],
    zone: str,
    names: Mapping[str, str] | None = None,
) -> list[Step]:
    """Revisions as steps by the clock of a time zone; `names` are of slugs that facts name."""
    return [_step(later, earlier, zone, names or {}) for later, earlier in revisions]


def _step(later: Revision, earlier: Revision | None, zone: str, names: Mapping[str, str]) -> Step:
    changes = rules.changes(earlier.facts, later.facts) if earlier else []
    return Step(
        dates.stamp(wall_of(later.recorded_at, zone)),
        earlier is None,
        later.is_small_fix,
        [_difference(change, names) for change in changes],
    )


def differences(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> list[Difference]:
    """Return how an item would differ, in the same words."""
    return [_difference(change, {}) for change in rules.changes(before, after)]


def _difference(change: Change, names: Mapping[str, str]) -> Difference:
    label = str(LABELS[change.name])
    if change.language is not None:
        return Difference(
            label,
            change.language,
            OWN_NAMES[change.language],
            rules.pieces(str(change.before), str(change.after)),
        )
    gone, come = change.before, change.after
    if change.name in _PICTURES:
        sentence = _PICTURES[change.name](gone, come)
        return Difference(label, None, "", [Piece(How.UNCHANGED, sentence)])
    if change.name in _LISTS:
        gone, come = _without(change.before, change.after), _without(change.after, change.before)
    said = [
        Piece(how, _in_words(change.name, fact, names))
        for how, fact in ((How.REMOVED, gone), (How.ADDED, come))
        if fact
    ]
    return Difference(label, None, "", said)


def _pictures(gone: Fact, come: Fact) -> str:
    """Return how many have come and gone; what was taken away is not described again."""
    added, removed = len(_without(come, gone)), len(_without(gone, come))
    said = []
    if added:
        said.append(ngettext("A picture was added.", "%(num)s pictures were added.", added))
    if removed:
        said.append(ngettext("A picture was removed.", "%(num)s pictures were removed.", removed))
    return " ".join(said)


def _cover(gone: Fact, come: Fact) -> str:
    if gone and come:
        return gettext("The cover was changed.")
    return gettext("A cover was chosen.") if come else gettext("The cover was removed.")


# Told in a sentence: their keys are nothing to read.
_PICTURES: Final = {"pictures": _pictures, "cover": _cover}


def _without(fact: Fact, other: Fact) -> list[str]:
    """Return the words of a list that another one lacks."""
    return [word for word in fact or () if word not in (other or ())]


# Of these only what has come and gone is said.
_LISTS: Final = {"hosts", "countries", "tags", "events", "sources"}
_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "funding": lambda fact: str(FUNDINGS[Funding(fact)]),
    "attendance_mode": lambda fact: str(MODES[AttendanceMode(fact)]),
    "status": lambda fact: str(EVENT_STATES[Status(fact)]),
    "kind": lambda fact: str(ORGANIZATION_KINDS[OrganizationKind(fact)]),
    "country": dates.country_name,
    "countries": dates.country_name,
    "original": lambda fact: OWN_NAMES[fact],
    "comments": lambda fact: str(COMMENT_MODES[CommentMode(fact)]),
    "tags": lambda fact: str(TAGS.get(fact, fact)),
    "stage": lambda fact: str(STAGES[Stage(fact)]),
    "byline": as_typed,
    "since": lambda fact: dates.long(date.fromisoformat(fact)),
}


def _in_words(name: str, fact: Fact, names: Mapping[str, str]) -> str:
    """Return one fact as the item's page says it; what has no code of its own is said as it is."""
    if isinstance(fact, list):
        said = _WORDS.get(name, lambda each: names.get(each, each))
        return _time(*fact) if name == "time" else dates.listed(map(said, fact))
    return _WORDS.get(name, str)(str(fact))


def _time(starts: str, ends: str, zone: str) -> str:
    begin, end = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    until = dates.hour(end) if begin.date() == end.date() else dates.stamp(end)
    return f"{dates.stamp(begin)} – {until} ({city_of(zone)})"
