"""What every item that is published has: who sees it, since when, and how often it has changed."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Visibility(StrEnum):
    """Who sees a published item; hidden is the moderators' decision."""

    PUBLIC = "public"
    PRIVATE = "private"
    HIDDEN = "hidden"


class Hiding(StrEnum):
    """What an item is hidden for; only the end of that brings it back."""

    DECISION = "decision"  # about this item
    SUSPENSION = "suspension"  # of its organisation


class Publication:
    """The columns of an item that is drafted, published, changed, and hidden by moderators."""

    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.PUBLIC.value)
    # While it is hidden: what for, and the visibility its authors have chosen.
    hidden_for: Mapped[str | None] = mapped_column(String(10))
    visibility_chosen: Mapped[str | None] = mapped_column(String(10))
    published_at: Mapped[datetime | None]
    # Rises with every save; tells an editor that somebody else was faster.
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    # Public revisions (portal.domain.publishing.revisions), the first publication among them.
    editions: Mapped[int] = mapped_column(default=0)

    def hide(self, cause: Hiding) -> None:
        """Take the item out of everybody's sight but that of its own people."""
        if self.hidden_for is None:
            self.visibility_chosen, self.visibility = self.visibility, Visibility.HIDDEN.value
        self.hidden_for = cause.value

    def restore(self) -> None:
        """Show the item again to whomever its authors have chosen."""
        if self.visibility_chosen is not None:
            self.visibility, self.visibility_chosen = self.visibility_chosen, None
        self.hidden_for = None


class Published(Protocol):
    """An item or a row of a list."""

    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def visibility(self) -> str: ...  # noqa: D102


def is_public(item: Published) -> bool:
    """Return whether everybody may see it."""
    return item.published_at is not None and item.visibility == Visibility.PUBLIC
