"""Organisations in alphabetical order: in pages of a list, and to choose from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from portal.core.cities import city_here
from portal.core.refusals import NotFoundError
from portal.domain.organizations.models import Organization, OrganizationKind
from portal.domain.organizations.queries import Named, names, organizations_with
from portal.i18n import dates
from portal.i18n.collation import in_alphabet
from portal.i18n.locale import LANGUAGE_TAGS
from portal.i18n.script_output import protect_text
from portal.i18n.translated import LocalizedText
from portal.web.caching.fragments import Sort
from portal.web.components.labels import ORGANIZATION_KINDS
from portal.web.components.verified_badge import verified_badge
from portal.web.http import Context
from portal.web.http.pagination import page_asked

PAGE_SIZE: Final = 50
# One for each language and script: reading and ordering thousands of names takes ten times as
# long as drawing a page of them.
_ORDERED: Final = Sort("organisations in order", len(LANGUAGE_TAGS))


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, its number, and whether there are more."""

    organizations: list[Organization]
    page: int
    more: bool


def everyone(ctx: Context) -> tuple[Named, ...]:
    """Return all organisations, as the reader's language orders their names."""
    return ctx.fragment(_ORDERED, ctx.tag, _in_order)


def page_of(ctx: Context, ordered: Sequence[Named]) -> Listed:
    """Return the page asked for of some organisations."""
    page = page_asked(ctx)
    skipped = (page - 1) * PAGE_SIZE
    here = ordered[skipped : skipped + PAGE_SIZE + 1]
    if page > 1 and not here:
        raise NotFoundError
    found = organizations_with(ctx.db, [each.id for each in here[:PAGE_SIZE]])
    return Listed(
        [found[each.id] for each in here if each.id in found], page, len(here) > PAGE_SIZE
    )


def choices(ctx: Context, without: Collection[int] = ()) -> list[tuple[str, str]]:
    """Return addresses and names of all that can be asked, but for those of some ids."""
    return [
        (each.slug, protect_text(each.name.localized()))
        for each in everyone(ctx)
        if not each.is_suspended and each.id not in without
    ]


def _in_order(ctx: Context) -> tuple[Named, ...]:
    named = names(ctx.db)
    return tuple(
        sorted(named, key=lambda each: (in_alphabet(each.name.localized().text), each.slug))
    )


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organisation in the list."""

    name: LocalizedText
    url: str
    kind: str
    place: str
    verified: str | None


def row_of(ctx: Context, organization: Organization) -> OrganizationRow:
    """Return an organisation with its kind and place in words."""
    return OrganizationRow(
        organization.name.localized(),
        ctx.url("organizations.show", slug=organization.slug),
        str(ORGANIZATION_KINDS[OrganizationKind(organization.kind)]),
        f"{city_here(organization.city)}, {dates.country_name(organization.country)}",
        verified_badge(organization, ctx.now),
    )
