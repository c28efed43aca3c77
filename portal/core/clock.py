"""Time: instants are UTC everywhere; a wall clock exists only beside an IANA zone."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant; nothing else in the portal asks what time it is."""
    return datetime.now(UTC)
