"""Recurrence rules of RFC 5545, the plain ones: on which days something happens again.

Days are asked one by one, so the work is bounded by the horizon whatever a rule says; libraries
that look for the next match search to the year 9999 where there is none.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_LISTED: Final = 100
# The only grammar that is expanded; anything else is refused, not guessed.
_GRAMMAR: Final = {
    "FREQ": re.compile(r"DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"[1-9][0-9]{0,3}"),
    "COUNT": re.compile(r"[1-9][0-9]{0,5}"),
    "UNTIL": re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?"),
    "BYDAY": re.compile(r"(?:[+-]?[1-9][0-9]?)?(?:MO|TU|WE|TH|FR|SA|SU)"),
    "BYMONTHDAY": re.compile(r"[+-]?(?:[1-9]|[12][0-9]|3[01])"),
    "BYMONTH": re.compile(r"[1-9]|1[0-2]"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
}
_LISTS: Final = {"BYDAY", "BYMONTHDAY", "BYMONTH"}
_LARGEST_ORDINAL: Final = {"MONTHLY": 5, "YEARLY": 53}


class UnreadableRuleError(ValueError):
    """A rule outside the grammar."""


@dataclass(frozen=True)
class Rule:
    """A rule as written; weekdays as (ordinal or 0, day from Monday), `until` not yet in a zone."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str | None = None
    weekdays: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    month_days: frozenset[int] = field(default_factory=frozenset)
    months: frozenset[int] = field(default_factory=frozenset)
    week_start: int = 0

    def walls(
        self, first: datetime, until: datetime | None, before: datetime
    ) -> Iterator[datetime]:
        """Wall times from `first`, which always counts as one, to `until`, all before `before`."""
        found = 0
        for offset in range((before.date() - first.date()).days + 1):
            wall = first + timedelta(days=offset)
            if wall >= before or (until is not None and wall > until) or found == self.count:
                return
            if offset == 0 or self._includes(wall.date(), first.date()):
                found += 1
                yield wall

    def _includes(self, day: date, first: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self._periods_since(first, day) % self.interval:
            return False
        if self.weekdays and not self._is_weekday(day):
            return False
        if self.month_days:
            past_end = monthrange(day.year, day.month)[1] + 1
            return day.day in self.month_days or day.day - past_end in self.month_days
        return bool(self.weekdays) or self._is_like(first, day)

    def _periods_since(self, first: date, day: date) -> int:
        match self.frequency:
            case "DAILY":
                return (day - first).days
            case "WEEKLY":
                into_week = (first.weekday() - self.week_start) % 7
                return ((day - first).days + into_week) // 7
            case "MONTHLY":
                return (day.year - first.year) * 12 + day.month - first.month
        return day.year - first.year

    def _is_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if (0, weekday) in self.weekdays:
            return True
        if self.frequency == "YEARLY" and not self.months:
            position = (day - date(day.year, 1, 1)).days + 1
            length = 365 + isleap(day.year)
        else:
            position, length = day.day, monthrange(day.year, day.month)[1]
        from_start, from_end = (position - 1) // 7 + 1, -((length - position) // 7 + 1)
        return (from_start, weekday) in self.weekdays or (from_end, weekday) in self.weekdays

    def _is_like(self, first: date, day: date) -> bool:
        """Return what a rule without days means: the first one's weekday, day or date."""
        match self.frequency:
            case "DAILY":
                return True
            case "WEEKLY":
                return day.weekday() == first.weekday()
        return day.day == first.day and (
            self.frequency == "MONTHLY" or bool(self.months) or day.month == first.month
        )


def rule_of(text: str) -> Rule:
    """Read an RRULE's value; raise UnreadableRuleError for all but the plain ones."""
    parts: dict[str, list[str]] = {}
    for part in text.upper().strip().rstrip(";").split(";"):
        name, _sign, value = part.strip().partition("=")
        values = value.split(",", MAX_LISTED - 1) if name in _LISTS else [value]
        grammar = _GRAMMAR.get(name)
        if grammar is None or name in parts or not all(map(grammar.fullmatch, values)):
            raise UnreadableRuleError(name)
        parts[name] = values
    if "FREQ" not in parts or {"COUNT", "UNTIL"} <= parts.keys():
        raise UnreadableRuleError
    frequency = parts["FREQ"][0]
    weekdays = frozenset((int(d[:-2] or 0), WEEKDAYS.index(d[-2:])) for d in parts.get("BYDAY", ()))
    if any(abs(ordinal) > _LARGEST_ORDINAL.get(frequency, 0) for ordinal, _day in weekdays):
        raise UnreadableRuleError
    return Rule(
        frequency=frequency,
        interval=int(parts.get("INTERVAL", ["1"])[0]),
        count=int(parts["COUNT"][0]) if "COUNT" in parts else None,
        until=parts.get("UNTIL", [None])[0],
        weekdays=weekdays,
        month_days=frozenset(map(int, parts.get("BYMONTHDAY", ()))),
        months=frozenset(map(int, parts.get("BYMONTH", ()))),
        week_start=WEEKDAYS.index(parts.get("WKST", ["MO"])[0]),
    )
