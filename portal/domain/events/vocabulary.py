"""The words events are sorted by: audience tags and languages that may be spoken."""

from typing import Final

from portal.i18n.locale import gettext_lazy as _

TAGS: Final = {
    "children": _("Children"),
    "families": _("Families"),
    "youth": _("Youth"),
    "elders": _("Elders"),
    "students": _("Students"),
    "newcomers": _("Newcomers"),
    "language": _("Language"),
    "music": _("Music"),
    "crafts": _("Crafts"),
    "history": _("History"),
    "games": _("National games"),
    "film": _("Film"),
    "literature": _("Literature"),
    "food": _("Food"),
    "volunteering": _("Volunteering"),
    "business": _("Business"),
}

# BCP 47; those of the diaspora's countries. Names come from CLDR.
SPOKEN_LANGUAGES: Final = (
    *("kk", "ru", "en", "tr", "de", "zh", "mn", "uz", "ky", "fr", "ar", "fa", "ko", "es", "it"),
    *("pl", "cs", "hu", "uk", "tt", "ja", "nl", "sv"),
)
