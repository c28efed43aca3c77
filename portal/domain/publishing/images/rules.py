"""What images need, and how many an item may have. Pure."""

from datetime import timedelta
from typing import Final

from portal.core.refusals import Refusal
from portal.core.text_rules import check_texts
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

LONGEST_ALT: Final = 300
LONGEST_CAPTION: Final = 500
MAX_IMAGES: Final = 60
# A file is written before its row; one that old has none because something broke between the two.
FORGOTTEN_AFTER: Final = timedelta(days=1)


class AltNeededError(Refusal):
    message = _("Say in words what the picture shows, for readers who do not see it.")


class TooManyImagesError(Refusal):
    """The item has as many as it may."""

    field = "picture"
    message = _("There are %(most)s pictures already. Remove one first.")


class WordsFirstError(Refusal):
    message = _("Say in words what the picture shows first.")


def check_words(alt: Translated, caption: Translated) -> None:
    """Raise AltNeededError, TooLongError or ControlCharacterError beside the field."""
    if not alt.source:
        raise AltNeededError(f"alt_{alt.original}")
    check_texts(alt, LONGEST_ALT, "alt")
    check_texts(caption, LONGEST_CAPTION, "caption")


def check_number(images: int) -> None:
    """Raise TooManyImagesError if there is no room for one more."""
    if images >= MAX_IMAGES:
        raise TooManyImagesError(most=MAX_IMAGES)
