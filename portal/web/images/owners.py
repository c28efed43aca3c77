"""Which kinds of items have images: who edits them, who sees them, what shows the pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.events import actions as events
from portal.domain.events.queries import is_public_event, managed_event, may_see_event
from portal.domain.events.revisions import record_revision as record_event
from portal.domain.initiatives import actions as initiatives
from portal.domain.initiatives.queries import (
    is_public_initiative,
    managed_initiative,
    may_see_initiative,
)
from portal.domain.initiatives.revisions import record_revision as record_initiative
from portal.domain.moderation.queries import has_case
from portal.domain.publishing.images import queries as images
from portal.domain.publishing.images.queries import Served
from portal.domain.stories import actions as stories
from portal.domain.stories.models import Story
from portal.domain.stories.notifications import notify_change
from portal.domain.stories.related import is_public_story, may_see_story, story_for_pictures
from portal.domain.stories.revisions import record_revision as record_story
from portal.i18n.locale import LazyText
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class ImageOwner:
    """What images have to know of one kind of item; whoever adds a kind adds an entry to KINDS."""

    # The item for its editors, by slug.
    find: Callable[[Session, Person, str], Any]
    title: Callable[[Any], Translated]
    # The list its editors come from, and their page of the item, whose only path value is the slug.
    area: tuple[LazyText, str]
    manage_route: str
    # Makes the HTML of its texts anew, with the pictures as they are now.
    rewrite: Callable[[Session, Any], None]
    # Records in its history, if it is published, what it shows now.
    record_revision: Callable[[Session, Any, datetime], None]
    # Whether everybody may see it: in a statement about images, and for somebody by its id.
    is_public: Callable[[ColumnElement[int]], ColumnElement[bool]]
    may_see: Callable[[Session, Person, int], bool]


def _record_story(db: Session, story: Story, now: datetime) -> None:
    record_story(db, story, now)
    notify_change(db, story, now)


KINDS: Final[dict[ItemKind, ImageOwner]] = {
    ItemKind.EVENT: ImageOwner(
        find=managed_event,
        title=lambda event: event.title,
        area=(_("Organising"), "manage.index"),
        manage_route="manage.show",
        rewrite=events.illustrate,
        record_revision=record_event,
        is_public=is_public_event,
        may_see=may_see_event,
    ),
    ItemKind.INITIATIVE: ImageOwner(
        find=managed_initiative,
        title=lambda initiative: initiative.title,
        area=(_("Organising"), "manage.index"),
        manage_route="initiatives.manage",
        rewrite=initiatives.rewrite,
        record_revision=record_initiative,
        is_public=is_public_initiative,
        may_see=may_see_initiative,
    ),
    ItemKind.STORY: ImageOwner(
        find=story_for_pictures,
        title=lambda story: story.title,
        area=(_("My stories"), "my_stories.index"),
        manage_route="workflow.show",
        rewrite=stories.rewrite,
        record_revision=_record_story,
        is_public=is_public_story,
        may_see=may_see_story,
    ),
}
# One statement for all kinds, so that an image of a public item costs one query.
SERVING: Final = images.serving({kind: each.is_public for kind, each in KINDS.items()})


@dataclass(frozen=True, slots=True)
class PicturedItem:
    """An item somebody may illustrate."""

    kind: ItemKind
    slug: str
    record: Any

    @property
    def id(self) -> int:
        """Its number among items of its kind."""
        number: int = self.record.id
        return number

    @property
    def title(self) -> Translated:
        """What it is called; its original language is that of its pictures' words."""
        return KINDS[self.kind].title(self.record)

    def rewrite(self, db: Session, now: datetime) -> None:
        """Show its pictures in its texts as they are now, which its readers may read back."""
        about = KINDS[self.kind]
        about.rewrite(db, self.record)
        if self.record.published_at is not None:
            about.record_revision(db, self.record, now)


def edited_item(ctx: Context, kind: str, slug: str) -> PicturedItem:
    """Return an item for its editors, whatever it is."""
    if kind not in KINDS:
        raise NotFoundError
    known = ItemKind(kind)
    return PicturedItem(known, slug, KINDS[known].find(ctx.db, ctx.signed_in_user, slug))


def served_image(ctx: Context, key: str) -> Served:
    """Return an image for whoever may see the item it belongs to, or judges it."""
    image = images.served(ctx.db, SERVING, key)
    if image.is_public:
        return image
    about = KINDS.get(ItemKind(image.item_kind))
    if ctx.user is None or about is None:
        raise NotFoundError
    if about.may_see(ctx.db, ctx.user, image.item_id) or _is_judge(ctx, image):
        return image
    raise NotFoundError


def _is_judge(ctx: Context, image: Served) -> bool:
    """Return whether it is in a case of this moderator, who has passed what cases ask for."""
    if ctx.signed_in is None or ctx.signed_in.second_factor_at is None:
        return False
    return has_case(ctx.db, ctx.signed_in_user, ItemKind(image.item_kind), image.item_id)
