"""What a reported item says in public, for moderators who may not or no longer see its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.events.models import Funding, Visibility
from portal.domain.moderation.parties import holders_of
from portal.domain.organizations.models import Kind
from portal.i18n import OWN_NAMES, pgettext
from portal.i18n import gettext as _
from portal.web.cards import FUNDINGS
from portal.web.organization_form import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.domain.events.models import Event
    from portal.domain.moderation.queries import Subject
    from portal.domain.organizations.models import Organization
    from portal.translated import Said, Translated
    from portal.web.visit import Visit


class Part(NamedTuple):
    """A text as it was typed, in one of its languages; a fact of ours has none."""

    label: str
    text: str
    language: str | None = None

    @property
    def language_name(self) -> str | None:
        """The language's own name."""
        return OWN_NAMES.get(self.language, self.language) if self.language else None


class Exhibit(NamedTuple):
    """An item's texts in every language, since what is wrong may stand in one alone."""

    seen_by: str
    holders: list[tuple[Said, str]]
    parts: list[Part]


def exhibit_of(visit: Visit, subject: Subject) -> Exhibit | None:
    """What is judged; None where it is a person. Join links are nobody's to read here."""
    organization, event = subject.organization, subject.event
    if organization is None:
        return None
    parts = _of_event(event) if event is not None else _of_organization(organization)
    return Exhibit(
        _seen_by(event),
        [
            (each.name.said(), visit.url("organizations.show", slug=each.slug))
            for each in holders_of(visit.db, organization.id, event.id if event else None)
        ],
        list(parts),
    )


def _seen_by(event: Event | None) -> str:
    if event is None:
        return _("Everybody sees it.")
    if event.visibility == Visibility.HIDDEN:
        return _("Hidden: only the people of its organisers see it now.")
    if event.published_at is None or event.visibility == Visibility.PRIVATE:
        return _("Only the people of its organisers see it.")
    return _("Everybody sees it.")


def _of_event(event: Event) -> Iterator[Part]:
    yield from _texts(_("Title"), event.title)
    yield from _texts(_("Summary"), event.summary)
    yield from _texts(_("Description"), event.description)
    yield from _texts(_("Venue"), event.venue)
    if event.funding is not None:
        yield Part(_("Who pays for it"), str(FUNDINGS[Funding(event.funding)]))
    yield from _texts(_("Who exactly"), event.funding_note)


def _of_organization(organization: Organization) -> Iterator[Part]:
    yield from _texts(pgettext("of an organisation", "Name"), organization.name)
    yield from _texts(_("Description"), organization.description)
    yield Part(_("Kind"), str(KINDS[Kind(organization.kind)]))
    if organization.site:
        yield Part(_("Site"), organization.site)


def _texts(label: str, said: Translated) -> Iterator[Part]:
    for language, text in said.texts().items():
        if text:
            yield Part(label, text, language)
