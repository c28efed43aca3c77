"""Titles that a query may be the beginning of."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.domain.search.queries import begun
from portal.domain.search.results import Hit, hits
from portal.search.queries import terms_of

MOST: Final = 8


def suggested(db: Session, typed: str, language: str, now: datetime) -> list[Hit]:
    """The best of them, one for each item."""
    return hits(db, begun(db, terms_of(typed), language, now)[:MOST])
