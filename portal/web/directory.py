"""Organisations in alphabetical order: in pages of a list, and to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal.alphabetical import in_alphabet
from portal.domain.organizations.queries import Named, names, organizations_with
from portal.refusals import NotFoundError
from portal.web.filters import page_asked
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

PAGE_SIZE: Final = 50


class Listed(NamedTuple):
    """One page of a list, its number, and whether there are more."""

    organizations: list[Organization]
    page: int
    more: bool


def page_of(visit: Visit, named: Iterable[Named]) -> Listed:
    """The page asked for of some organisations, as the reader's language orders their names."""
    page = page_asked(visit)
    skipped = (page - 1) * PAGE_SIZE
    ordered = _in_order(named)[skipped : skipped + PAGE_SIZE + 1]
    if page > 1 and not ordered:
        raise NotFoundError
    found = organizations_with(visit.db, [each.id for each in ordered[:PAGE_SIZE]])
    return Listed(
        [found[each.id] for each in ordered if each.id in found], page, len(ordered) > PAGE_SIZE
    )


def choices(visit: Visit, without: Collection[int] = ()) -> list[tuple[str, str]]:
    """Addresses and names of all that can be asked for something, but for those of some ids."""
    return [
        (each.slug, kept_said(each.name.said()))
        for each in _in_order(names(visit.db))
        if not each.is_suspended and each.id not in without
    ]


def _in_order(named: Iterable[Named]) -> list[Named]:
    return sorted(named, key=lambda each: (in_alphabet(each.name.said().text), each.slug))
