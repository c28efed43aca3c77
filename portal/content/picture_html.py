"""Pictures as pages show them: their addresses, sizes and words."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from portal.i18n.locale import direction_of
from portal.i18n.translated import Translated

# Pixels across. A phone takes the first or second, a wide screen the last.
WIDTHS: Final = (480, 960, 1600)
# What browsers of today take, and what every other reads.
FORMATS: Final = {"webp": "image/webp", "jpg": "image/jpeg"}
# How wide they stand in a text, for browsers to choose by.
SIZES: Final = "(min-width: 46rem) 44rem, calc(100vw - 2rem)"
ADDRESS: Final = re.compile(r"/images/[\w-]+/\d+\.(?:webp|jpg)")
ADDRESSES: Final = re.compile(rf"(?:{ADDRESS.pattern} \d+w(?:, )?)+")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that has been taken in: its key, its size in pixels, and what it is in words."""

    key: str
    width: int
    height: int
    alt: Translated
    caption: Translated

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it is kept in: never wider than it is, and always at least one."""
        return widths_of(self.width)

    def path(self, width: int, extension: str) -> str:
        """Return where one of its sizes is served."""
        return path_of(self.key, width, extension)

    def srcset(self, extension: str) -> str:
        """Return all its sizes, for a browser to choose from."""
        return ", ".join(f"{self.path(width, extension)} {width}w" for width in self.widths)


def widths_of(width: int) -> tuple[int, ...]:
    """Return the widths in which an image of this width is kept."""
    narrower = tuple(each for each in WIDTHS if each < width)
    return narrower if len(narrower) == len(WIDTHS) else (*narrower, width)


def name_of(width: int, extension: str) -> str:
    """Return the name of one size among the files of one image."""
    return f"{width}.{extension}"


def path_of(key: str, width: int, extension: str) -> str:
    """Return the address of one size of one image; what it answers never changes."""
    return f"/images/{key}/{name_of(width, extension)}"


def picture_html(
    picture: Picture, language: str, around: str, sizes: str = SIZES, *, at_head: bool = False
) -> str:
    """Return a picture, its words marked if not in the language `around`; most load late."""
    alt = picture.alt.localized(language)
    target = spoken_in(alt.language, around)
    width = picture.widths[-1]
    height = round(picture.height * width / picture.width)
    source = f'<source type="{FORMATS["webp"]}" srcset="{picture.srcset("webp")}" sizes="{sizes}">'
    more = ' fetchpriority="high"' if at_head else ' loading="lazy" decoding="async"'
    return (
        f"<picture>{source}"
        f'<img src="{picture.path(width, "jpg")}" srcset="{picture.srcset("jpg")}" sizes="{sizes}"'
        f' width="{width}" height="{height}" alt="{escape(alt.text)}"{target}{more}></picture>'
    )


def spoken_in(language: str, around: str) -> str:
    """Return the attributes of an element in another language than what is around it."""
    return "" if language == around else f' lang="{language}" dir="{direction_of(language)}"'
