"""Texts that a form asks for once for each language."""

from collections.abc import Iterable

from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import State, Translated


def state_of(texts: Iterable[Translated], tag: str) -> str:
    """Return how far some texts are in one language, by the worst that is not empty."""
    states = {text.state(tag) for text in texts if text}
    words = (
        (State.ORIGINAL, _("original")),
        (State.MISSING, _("not translated yet")),
        (State.OUT_OF_DATE, _("older than the original")),
        (State.MACHINE_DRAFT, _("machine draft")),
        (State.TRANSLATED, _("translated")),
    )
    return next((word for state, word in words if state in states), "")


def text_labels(names: Iterable[str]) -> dict[str, str]:
    """Names of the fields of some texts in each language."""
    texts = {
        "title": _("Title"),
        "summary": _("Summary"),
        "description": _("Description"),
        "venue": _("Venue"),
        "funding_note": _("Who exactly"),
    }
    return {
        f"{name}_{tag}": f"{texts[name]} ({OWN_NAMES[tag]})" for name in names for tag in LANGUAGES
    }
