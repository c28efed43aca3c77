"""What has changed since publication, for whoever may read the item itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from portal import dates
from portal.domain.events.hosts import roles_in
from portal.domain.events.models import AttendanceMode, Funding, Status
from portal.domain.events.queries import event_for
from portal.domain.events.rules import is_public, may_analyse
from portal.domain.history import queries as history
from portal.domain.history import rules
from portal.domain.history.rules import How, Piece
from portal.domain.initiatives import queries as initiatives
from portal.domain.initiatives.hosts import roles_in as roles_in_initiative
from portal.domain.initiatives.models import Stage
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.models import Kind
from portal.i18n import OWN_NAMES, pgettext_lazy
from portal.i18n import gettext_lazy as _
from portal.items import ItemKind
from portal.time_zones import city_of, wall_of
from portal.web.cards import FUNDINGS, MODES
from portal.web.filters import page_asked, page_links
from portal.web.initiative_cards import STAGES
from portal.web.organization_form import KINDS
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from portal.domain.history.models import Revision
    from portal.domain.history.rules import Change, Fact
    from portal.web.visit import Visit

pages = Pages()
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
}
EVENT_STATES = {
    Status.SCHEDULED: _("Takes place as planned"),
    Status.POSTPONED: _("Postponed"),
    Status.CANCELLED: _("Cancelled"),
}


class Difference(NamedTuple):
    """What became of one text or fact."""

    label: str
    language: str | None
    language_name: str
    pieces: Sequence[Piece]


class Step(NamedTuple):
    """One revision: when, and how it differs from the one before; none differ in the first."""

    when: str
    is_first: bool
    differences: list[Difference]


@pages.get("/events/{slug}/history", name="history.event", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def event(visit: Visit, slug: str) -> Response:
    """How an event's public words and facts have changed, the newest first."""
    found = event_for(visit.db, visit.visitor, slug)
    page = page_asked(visit)
    is_host = may_analyse(roles_in(visit.db, visit.visitor, found))
    revisions, more = history.page_of(
        visit.db, ItemKind.EVENT, found.id, page, public_only=not is_host
    )
    hosts = organizations.organizations_named(visit.db, _host_slugs(revisions))
    names = {host.slug: host.name.said().text for host in hosts}
    zone = visit.chosen_zone or found.time_zone
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url("events.show", slug=slug),
        steps=[_step(later, earlier, zone, names) for later, earlier in revisions],
        city=city_of(zone),
        pager=page_links(visit, "history.event", {}, page, more=more, slug=slug),
        index_as=("history.event", {"slug": slug}, {"page": page} if page > 1 else None)
        if is_public(found)
        else None,
    )


@pages.get(
    "/initiatives/{slug}/history",
    name="history.initiative",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def initiative(visit: Visit, slug: str) -> Response:
    """How an initiative's public words and facts have changed."""
    found = initiatives.initiative_for(visit.db, visit.visitor, slug)
    page = page_asked(visit)
    is_host = may_analyse(roles_in_initiative(visit.db, visit.visitor, found))
    revisions, more = history.page_of(
        visit.db, ItemKind.INITIATIVE, found.id, page, public_only=not is_host
    )
    hosts = organizations.organizations_named(visit.db, _host_slugs(revisions))
    names = {host.slug: host.name.said().text for host in hosts}
    return visit.page(
        "history/show.html",
        title=found.title.said(),
        item_url=visit.url("initiatives.show", slug=slug),
        steps=[_step(later, earlier, visit.zone, names) for later, earlier in revisions],
        city=city_of(visit.zone),
        pager=page_links(visit, "history.initiative", {}, page, more=more, slug=slug),
        index_as=("history.initiative", {"slug": slug}, {"page": page} if page > 1 else None)
        if initiatives.is_seen_by_all(found)
        else None,
    )


@pages.get(
    "/organizations/{slug}/history",
    name="history.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(visit: Visit, slug: str) -> Response:
    """How what an organisation says of itself has changed."""
    found = organizations.organization_named(visit.db, slug)
    page = page_asked(visit)
    revisions, more = history.page_of(
        visit.db, ItemKind.ORGANIZATION, found.id, page, public_only=True
    )
    return visit.page(
        "history/show.html",
        title=found.name.said(),
        item_url=visit.url("organizations.show", slug=slug),
        steps=[_step(later, earlier, visit.zone, {}) for later, earlier in revisions],
        city=city_of(visit.zone),
        pager=page_links(visit, "history.organization", {}, page, more=more, slug=slug),
        index_as=("history.organization", {"slug": slug}, {"page": page} if page > 1 else None),
    )


def _host_slugs(revisions: Sequence[tuple[Revision, Revision | None]]) -> set[str]:
    return {
        slug
        for pair in revisions
        for revision in pair
        if revision is not None
        for slug in revision.facts["hosts"]
    }


def _step(later: Revision, earlier: Revision | None, zone: str, names: Mapping[str, str]) -> Step:
    changes = rules.changes(earlier.facts, later.facts) if earlier else []
    return Step(
        dates.stamp(wall_of(later.recorded_at, zone)),
        earlier is None,
        [_difference(change, names) for change in changes],
    )


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
    if change.name in {"hosts", "countries"}:
        gone, come = _without(change.before, change.after), _without(change.after, change.before)
    said = [
        Piece(how, _in_words(change.name, fact, names))
        for how, fact in ((How.REMOVED, gone), (How.ADDED, come))
        if fact
    ]
    return Difference(label, None, "", said)


def _without(fact: Fact, other: Fact) -> Fact:
    """The words of a list that another one lacks."""
    return [word for word in fact or () if word not in (other or ())]


_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "funding": lambda fact: str(FUNDINGS[Funding(fact)]),
    "attendance_mode": lambda fact: str(MODES[AttendanceMode(fact)]),
    "status": lambda fact: str(EVENT_STATES[Status(fact)]),
    "kind": lambda fact: str(KINDS[Kind(fact)]),
    "country": dates.country_name,
    "stage": lambda fact: str(STAGES[Stage(fact)]),
    "since": lambda fact: dates.long(date.fromisoformat(fact)),
}


def _in_words(name: str, fact: Fact, names: Mapping[str, str]) -> str:
    """One fact as the item's page says it; what has no code of its own is said as it is."""
    if name == "countries":
        return dates.listed(dates.country_name(code) for code in fact or ())
    if isinstance(fact, list):
        return _time(*fact) if name == "time" else dates.listed(names.get(s, s) for s in fact)
    return _WORDS.get(name, str)(str(fact))


def _time(starts: str, ends: str, zone: str) -> str:
    begin, end = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    until = dates.hour(end) if begin.date() == end.date() else dates.stamp(end)
    return f"{dates.stamp(begin)} – {until} ({city_of(zone)})"
