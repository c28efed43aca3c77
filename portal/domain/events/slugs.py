"""The readable address of an event or an initiative, made from its title."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST = 70
# Kazakh and Russian letters as ASCII, readable rather than reversible.
_LATIN: Final = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhye", strict=True)),
        **dict(zip("әғқңөұүһі", "agqnouuhi", strict=True)),
        "ё": "yo",
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
        "ı": "i",
        "ß": "ss",
    }
)


def slug_of(title: str, otherwise: str = "event") -> str:
    """Small ASCII letters, digits and hyphens; `otherwise` if the title has nothing to offer."""
    latin = unicodedata.normalize("NFKD", title.lower().translate(_LATIN))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in latin if not unicodedata.combining(c)))
    slug = "-".join(words)[:LONGEST].rstrip("-")
    return slug or otherwise
