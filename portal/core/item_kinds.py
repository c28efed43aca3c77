"""The kinds of items the portal publishes, as histories, images and translations know them."""

from enum import StrEnum


class ItemKind(StrEnum):
    """A kind of published item; stored with the item's id wherever any kind may stand."""

    EVENT = "event"
    ORGANIZATION = "organization"
    INITIATIVE = "initiative"
    STORY = "story"
    PAGE = "page"
