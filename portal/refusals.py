"""A refusal is a rule of the portal saying no: an expected answer for the reader, not a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.i18n import gettext_lazy as _

if TYPE_CHECKING:
    from portal.i18n import LazyText


class Refusal(Exception):  # noqa: N818 - the domain's own word for an expected "no"
    """Raised by an action before its first write.

    `message` may hold %(name)s placeholders filled from `values`; `field` names the form field
    the refusal is about, if any.
    """

    message: LazyText = _("This can’t be done.")
    field: str | None = None

    def __init__(self, field: str | None = None, **values: Any) -> None:
        super().__init__(type(self).__name__)
        self.field = field or self.field
        self.values = values

    def said(self) -> str:
        """The message in the reader's language."""
        return str(self.message) % self.values if self.values else str(self.message)


class NotFoundError(Exception):
    """Nothing here that this visitor may see."""


class NotAllowedError(Exception):
    """The visitor may see this but may not do this to it."""
