"""What a reported item says in public, for moderators who may not or no longer see its page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.content.picture_html import Picture, picture_html
from portal.core.item_kinds import ItemKind
from portal.domain.events.models import Event, Funding
from portal.domain.initiatives.models import Initiative, StepKind
from portal.domain.initiatives.queries import steps_of
from portal.domain.moderation.conflicts import hosts_of
from portal.domain.moderation.models import TargetKind
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization, OrganizationKind
from portal.domain.publishing.images.queries import images_of
from portal.domain.publishing.publication import Visibility, is_public
from portal.domain.results.models import Result
from portal.domain.stories.models import Comment, CommentState, Story
from portal.i18n.locale import OWN_NAMES, current_language, pgettext
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import as_typed
from portal.i18n.translated import LocalizedText, Translated
from portal.web.components.labels import FUNDINGS, ORGANIZATION_KINDS, STEP_KINDS
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class Part:
    """A text as it was typed, in one of its languages; a fact of ours has none."""

    label: str
    text: str
    language: str | None = None
    # Of the portal's own making: its words stand in the parts after it.
    picture: Markup | None = None

    @property
    def language_name(self) -> str | None:
        """The language's own name."""
        return OWN_NAMES.get(self.language, self.language) if self.language else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An item's texts in every language, since what is wrong may stand in one alone."""

    seen_by: str
    hosts: list[tuple[LocalizedText, str]]
    parts: list[Part]


def evidence_for(ctx: Context, subject: Subject) -> Evidence | None:
    """Return what is judged; None where it is a person. Join links are nobody's to read here."""
    if subject.kind not in _EVIDENCE:
        return None
    parts, seen_by = _EVIDENCE[subject.kind]
    organization, item = subject.organization, subject.event or subject.initiative
    hosts = hosts_of(ctx.db, organization.id, item) if organization else ()
    return Evidence(
        seen_by(subject.record),
        [(each.name.localized(), ctx.url("organizations.show", slug=each.slug)) for each in hosts],
        list(parts(ctx.db, subject.record)),
    )


def _everybody(_organization: Organization) -> str:
    return _("Everybody sees it.")


def _audience_of_hosted(item: Event | Initiative) -> str:
    if item.visibility == Visibility.HIDDEN:
        return _("Hidden: only the people of its organisers see it now.")
    if item.published_at is None or item.visibility == Visibility.PRIVATE:
        return _("Only the people of its organisers see it.")
    return _("Everybody sees it.")


def _seen_by_of_story(story: Story) -> str:
    if story.visibility == Visibility.HIDDEN:
        return _("Hidden: only those who have a part in it see it now.")
    if not is_public(story):
        return _("Only those who have a part in it see it.")
    return _("Everybody sees it.")


def _seen_by_of_comment(comment: Comment) -> str:
    if comment.state == CommentState.VISIBLE:
        return _("Everybody who reads the story sees it.")
    if comment.state == CommentState.REMOVED:
        return _("This comment was removed by whoever wrote it.")
    return _("Only its writer and the editors of the story see it.")


def _of_event(db: Session, event: Event) -> Iterator[Part]:
    yield from _texts(_("Title"), event.title)
    yield from _texts(_("Summary"), event.summary)
    yield from _texts(_("Description"), event.description)
    yield from _texts(_("Venue"), event.venue)
    yield from _funding(event)
    yield from _pictures(db, ItemKind.EVENT, event.id)
    yield from _answers(db, ItemKind.EVENT, event.id)


def _of_initiative(db: Session, initiative: Initiative) -> Iterator[Part]:
    yield from _texts(_("Title"), initiative.title)
    yield from _texts(_("What it is for"), initiative.purpose)
    yield from _texts(_("For which people"), initiative.people)
    yield from _texts(_("With whom else"), initiative.partners)
    yield from _texts(_("Description"), initiative.description)
    yield from _funding(initiative)
    yield from _pictures(db, ItemKind.INITIATIVE, initiative.id)
    for step in steps_of(db, initiative.id):
        yield from _texts(str(STEP_KINDS[StepKind(step.kind)]), step.text)
    yield from _answers(db, ItemKind.INITIATIVE, initiative.id)


def _of_organization(_db: Session, organization: Organization) -> Iterator[Part]:
    yield from _texts(pgettext("of an organisation", "Name"), organization.name)
    yield from _texts(_("Description"), organization.description)
    yield Part(_("Kind"), str(ORGANIZATION_KINDS[OrganizationKind(organization.kind)]))
    if organization.site:
        yield Part(_("Site"), organization.site)


def _of_story(db: Session, story: Story) -> Iterator[Part]:
    yield from _texts(_("Title"), story.title)
    yield from _texts(_("Summary"), story.summary)
    yield from _texts(_("Text"), story.body)
    yield from _funding(story)
    yield from _pictures(db, ItemKind.STORY, story.id)
    if story.byline:
        yield Part(_("Signed"), as_typed(story.byline))
    for source in story.sources:
        yield Part(_("Source"), f"{source['label']} — {source['url']}")


def _of_comment(_db: Session, comment: Comment) -> Iterator[Part]:
    if comment.text:
        yield Part(pgettext("below a story", "Comment"), comment.text, comment.language)
    if comment.byline:
        yield Part(_("Signed"), as_typed(comment.byline))


def _funding(item: Event | Initiative | Story) -> Iterator[Part]:
    if item.funding is not None:
        yield Part(_("Who pays for it"), str(FUNDINGS[Funding(item.funding)]))
    yield from _texts(_("Who exactly"), item.funding_note)


def _answers(db: Session, kind: ItemKind, number: int) -> Iterator[Part]:
    """Yield what came of it, where that has been told."""
    if (result := db.get(Result, (kind.value, number))) is not None:
        yield from _texts(_("What happened"), result.happened)
        yield from _texts(_("For whom"), result.reached)
        yield from _texts(_("What comes next"), result.next_steps)


def _pictures(db: Session, kind: ItemKind, number: int) -> Iterator[Part]:
    """Yield the pictures, and what is said of each; those still without words too."""
    for image in images_of(db, kind, number):
        picture = Picture(image.key, image.width, image.height, image.alt, image.caption)
        html = picture_html(picture, current_language.get(), current_language.get())
        yield Part(_("Picture"), "", picture=Markup(html))  # noqa: S704 - made by the portal
        yield from _texts(_("What it shows"), image.alt)
        yield from _texts(_("Caption"), image.caption)


def _texts(label: str, said: Translated) -> Iterator[Part]:
    for language, text in said.texts().items():
        if text:
            yield Part(label, text, language)


# By kind: its texts, and who sees them now.
_EVIDENCE: Final[
    dict[TargetKind, tuple[Callable[[Session, Any], Iterator[Part]], Callable[[Any], str]]]
] = {
    TargetKind.ORGANIZATION: (_of_organization, _everybody),
    TargetKind.EVENT: (_of_event, _audience_of_hosted),
    TargetKind.INITIATIVE: (_of_initiative, _audience_of_hosted),
    TargetKind.STORY: (_of_story, _seen_by_of_story),
    TargetKind.COMMENT: (_of_comment, _seen_by_of_comment),
}
