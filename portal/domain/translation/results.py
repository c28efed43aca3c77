"""What came of something, as fields beside an item's own."""

from typing import Final

from portal.domain.results.models import Result
from portal.domain.results.rules import LONGEST_ANSWER
from portal.domain.translation.items import Field
from portal.i18n.locale import gettext_lazy as _

QUESTIONS: Final = {
    "happened": _("What happened"),
    "reached": _("For whom"),
    "next_steps": _("What comes next"),
}


def answers_of(result: Result | None) -> tuple[Field, ...]:
    """Return the three answers, once they have been given."""
    if result is None:
        return ()
    return tuple(
        Field(name, question, getattr(result, name), LONGEST_ANSWER, one_line=False)
        for name, question in QUESTIONS.items()
    )
