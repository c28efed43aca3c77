"""What is saved of a story beside what was typed, where somebody else has saved meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain.publishing.revisions.rules import Piece, pieces
from portal.domain.stories.models import Story
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.http.forms import Form
from portal.web.stories.form import TEXTS


@dataclass(frozen=True, slots=True)
class Other:
    """A text that is saved otherwise than it is typed."""

    label: str
    language: str
    language_name: str
    pieces: Sequence[Piece]


def conflicting_texts(story: Story, form: Form[Any]) -> list[Other]:
    """Such texts in every language, with what differs."""
    found = []
    labels = dict(zip(TEXTS, (_("Title"), _("Summary"), _("Text"), _("Who exactly")), strict=True))
    for name, label in labels.items():
        texts: Translated = getattr(story, name)
        for tag in LANGUAGES:
            saved, typed = texts.texts().get(tag, ""), str(form.values.get(f"{name}_{tag}", ""))
            if saved != typed:
                found.append(Other(label, tag, OWN_NAMES[tag], pieces(typed, saved)))
    return found
