"""A refusal is a rule of the portal saying no: an expected answer for the reader, not a fault."""

from collections.abc import Sequence
from typing import Any, Self

from portal.i18n.locale import LazyText
from portal.i18n.locale import gettext_lazy as _


class Refusal(Exception):  # noqa: N818 - the domain's own word for an expected "no"
    """Raised before an action's first write; `values` fill `message`, about a form's `field`."""

    message: LazyText = _("This can’t be done.")
    field: str | None = None

    def __init__(self, field: str | None = None, **values: Any) -> None:
        super().__init__(type(self).__name__)
        self.field = field or self.field
        self.values = values

    def each(self) -> Sequence["Refusal"]:
        """Return this refusal alone; see SeveralError."""
        return (self,)

    def localized(self) -> str:
        """Return the message in the reader's language."""
        return str(self.message) % self.values if self.values else str(self.message)


class SeveralError(Refusal):
    """Several rules say no to one form."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__()
        self._refusals = refusals

    def each(self) -> Sequence[Refusal]:
        """Return every single one."""
        return self._refusals

    def localized(self) -> str:
        """Return all messages, each once."""
        return " ".join(dict.fromkeys(refusal.localized() for refusal in self._refusals))


class Refusals:
    """Gathers what is refused inside `with` blocks, so that the reader hears of all at once."""

    def __init__(self) -> None:
        self._found: list[Refusal] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> bool:
        if not isinstance(refusal, Refusal):
            return False
        self._found += refusal.each()
        return True

    def settle(self) -> None:
        """Raise the one refusal, or SeveralError, or nothing."""
        if len(self._found) > 1:
            raise SeveralError(self._found)
        if self._found:
            raise self._found[0]


class NotFoundError(Exception):
    """Nothing here that this visitor may see."""


class NotAllowedError(Exception):
    """The visitor may see this but may not do this to it."""
