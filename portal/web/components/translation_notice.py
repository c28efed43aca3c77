"""One honest line about the language of a page's words, and the way to ask for a translation."""

from dataclasses import dataclass

from portal.core.item_kinds import ItemKind
from portal.domain.publishing.translation_progress.rules import Counts
from portal.i18n.locale import OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import State
from portal.web.components.item_kinds import item_url
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class TranslationNotice:
    """What a reader must know first; `ask_url` where there is anything to ask for."""

    localized: str
    ask_url: str | None
    original: str
    original_url: str | None


def translation_notice(
    ctx: Context, kind: ItemKind, slug: str, original: str, counts: Counts | None
) -> TranslationNotice | None:
    """Return the line for the reader's language; none on an original."""
    if counts is None or counts.is_original or not counts.total:
        return None
    url = ctx.url("translation_requests.create", kind=kind.value, slug=slug)
    said = " ".join(sentences(counts, OWN_NAMES[original]))
    there = item_url(ctx, kind, slug, original)
    return TranslationNotice(
        said,
        url if counts.is_wanting else None,
        original,
        there if original != ctx.language else None,
    )


def sentences(counts: Counts, original: str) -> list[str]:
    """Return what can be told of a translation, the worst first."""
    if counts.state is State.MISSING:
        return [_("Not translated yet. Shown in its original language: %(name)s.", name=original)]
    said = []
    if counts.drafts == counts.total:
        said.append(_("A machine’s translation, which no person has read yet."))
    elif counts.drafts:
        said.append(_("Parts are a machine’s translation, which no person has read yet."))
    if counts.outdated == counts.total:
        said.append(_("The original has changed since this was translated."))
    elif counts.outdated:
        said.append(_("Parts of the original have changed since they were translated."))
    if counts.missing:
        said.append(_("Parts are not translated yet and stand in the original language."))
    return [*(said or [_("This is a translation.")]), _("Original: %(name)s.", name=original)]
