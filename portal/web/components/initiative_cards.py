"""Initiatives as rows of a list: decisions taken and words written, so that templates only draw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.domain.initiatives.models import Stage
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.initiatives.rules import is_quiet
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.publication import Visibility
from portal.i18n import dates
from portal.i18n.countries import with_names
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy
from portal.i18n.translated import LocalizedText
from portal.web.components.event_cards import Tag, hosts_line
from portal.web.components.labels import STAGES
from portal.web.http import Context

QUIET: Final = gettext_lazy("Quiet for 90 days")
_KINDS: Final = {Stage.RUNNING: "mine", Stage.FINISHED: "done"}


@dataclass(frozen=True, slots=True)
class InitiativeCard:
    """What components/initiative_row.html draws."""

    url: str
    title: LocalizedText
    purpose: LocalizedText | None
    tags: tuple[Tag, ...]
    meta: str
    organization: LocalizedText
    language: str


def stage_tags(initiative: InitiativeRow, now: datetime) -> list[Tag]:
    """Return how far it is, and what one must know before reading on."""
    tags = []
    if initiative.published_at is None:
        tags.append(Tag("plain", _("Draft")))
    elif initiative.visibility == Visibility.HIDDEN:
        tags.append(Tag("cancelled", _("Hidden by the moderators")))
    elif initiative.visibility == Visibility.PRIVATE:
        tags.append(Tag("plain", _("Private")))
    if not is_verified(initiative.organization_verified_until, now):
        tags.append(Tag("plain", _("Organiser not verified")))
    stage = Stage(initiative.stage)
    if is_quiet(initiative, initiative.signs, now):
        tags.append(Tag("postponed", str(QUIET)))
    else:
        tags.append(Tag(_KINDS.get(stage, "plain"), str(STAGES[stage])))
    return tags


def countries_line(initiative: InitiativeRow) -> str:
    """Return the countries it works for, in words."""
    return dates.listed(name for _code, name in with_names(initiative.countries))


def initiative_card_of(
    ctx: Context, initiative: InitiativeRow, route: str = "initiatives.show"
) -> InitiativeCard:
    """Return one initiative as a row."""
    since = _("since %(date)s", date=dates.long(initiative.since)) if initiative.since else ""
    purpose = initiative.purpose.localized()
    return InitiativeCard(
        url=ctx.url(route, slug=initiative.slug),
        title=initiative.title.localized(),
        purpose=purpose if purpose.text else None,
        tags=tuple(stage_tags(initiative, ctx.now)),
        meta=" · ".join(part for part in (countries_line(initiative), since) if part),
        organization=hosts_line(initiative),
        language=ctx.language,
    )


def initiative_cards_of(
    ctx: Context, initiatives: list[InitiativeRow], route: str = "initiatives.show"
) -> list[InitiativeCard]:
    """Return initiatives as rows."""
    return [initiative_card_of(ctx, each, route) for each in initiatives]
