"""Organisations in alphabetical order: in pages of a list, and to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal.alphabetical import in_alphabet
from portal.domain.organizations.queries import Named, names, organizations_with
from portal.i18n import LANGUAGE_TAGS
from portal.refusals import NotFoundError
from portal.web.filters import page_asked
from portal.web.parts import Sort
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

PAGE_SIZE: Final = 50
# One for each language and script: reading and ordering thousands of names takes ten times as
# long as drawing a page of them.
_ORDERED: Final = Sort("organisations in order", len(LANGUAGE_TAGS))


class Listed(NamedTuple):
    """One page of a list, its number, and whether there are more."""

    organizations: list[Organization]
    page: int
    more: bool


def everyone(visit: Visit) -> tuple[Named, ...]:
    """All organisations, as the reader's language orders their names."""
    return visit.part(_ORDERED, visit.tag, _in_order)


def page_of(visit: Visit, ordered: Sequence[Named]) -> Listed:
    """The page asked for of some organisations."""
    page = page_asked(visit)
    skipped = (page - 1) * PAGE_SIZE
    here = ordered[skipped : skipped + PAGE_SIZE + 1]
    if page > 1 and not here:
        raise NotFoundError
    found = organizations_with(visit.db, [each.id for each in here[:PAGE_SIZE]])
    return Listed(
        [found[each.id] for each in here if each.id in found], page, len(here) > PAGE_SIZE
    )


def choices(visit: Visit, without: Collection[int] = ()) -> list[tuple[str, str]]:
    """Addresses and names of all that can be asked for something, but for those of some ids."""
    return [
        (each.slug, kept_said(each.name.said()))
        for each in everyone(visit)
        if not each.is_suspended and each.id not in without
    ]


def _in_order(visit: Visit) -> tuple[Named, ...]:
    named = names(visit.db)
    return tuple(sorted(named, key=lambda each: (in_alphabet(each.name.said().text), each.slug)))
