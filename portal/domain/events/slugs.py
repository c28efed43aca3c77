"""Readable addresses, made from titles."""

import re
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

M = TypeVar("M")

LONGEST = 70
# Kazakh and Russia letters as ASCII, readable rather than reversible.
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


def free_slug(
    db: Session, column: InstrumentedAttribute[str], title: str, otherwise: str = "event"
) -> str:
    """Return a readable slug no row has; random letters follow where the plain one is taken."""
    plain = slug = slug_of(title, otherwise)
    while _is_taken(db, column, slug):
        slug = f"{plain}-{secrets.token_hex(3)}"
    return slug


def add_with_slug(db: Session, make: Callable[[], M]) -> M:
    """Add what `make` returns; make it anew if another transaction takes its slug just now."""
    while True:
        made: Any = make()
        try:
            with db.begin_nested():
                db.add(made)
        except IntegrityError:
            if not _is_taken(db, type(made).slug, made.slug):
                raise
        else:
            return made  # type: ignore[no-any-return]


def _is_taken(db: Session, column: InstrumentedAttribute[str], slug: str) -> bool:
    return db.scalar(select(column).where(column == slug)) is not None
