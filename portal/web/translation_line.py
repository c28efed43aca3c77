"""One honest line on what a reader is given: the original, a translation, or how far it lags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.i18n import OWN_NAMES
from portal.i18n import gettext as _
from portal.translated import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.translated import Translated


class Line(NamedTuple):
    """The line, and the language of the original it leads to."""

    text: str
    original: str


def translation_line(texts: Collection[Translated], language: str) -> Line | None:
    """What a reader of `language` must know about texts of one item; nothing if it is original."""
    written = [text for text in texts if text]
    states = {text.state(language) for text in written}
    if not written or states == {State.ORIGINAL}:
        return None
    original = written[0].original
    name = OWN_NAMES[original]
    lines = {
        State.MACHINE_DRAFT: _(
            "Translated by a machine, and no person has read it yet. The original is in %(name)s.",
            name=name,
        ),
        State.OUT_OF_DATE: _(
            "The translation is older than the original in %(name)s: some of it has changed.",
            name=name,
        ),
        State.TRANSLATED: _("Translated. The original is in %(name)s.", name=name),
        State.MISSING: _(
            "Not translated yet. Shown in its original language: %(name)s.", name=name
        ),
    }
    if State.MISSING in states and states != {State.MISSING}:
        partly = _("Translated in part; the rest is in its original language: %(name)s.", name=name)
        lines[State.MISSING] = partly
    order = (State.MACHINE_DRAFT, State.MISSING, State.OUT_OF_DATE, State.TRANSLATED)
    return Line(next(lines[state] for state in order if state in states), original)
