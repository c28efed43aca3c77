"""Shapes answers into figures and bars. Pure: the template only draws."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from portal import dates
from portal.domain.feedback.rules import RATINGS, RECOMMENDATIONS
from portal.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.domain.feedback.queries import Read

# Net promoter's usual groups of the 0-10 scale.
PROMOTERS = range(9, 11)
PASSIVES = range(7, 9)


@dataclass(frozen=True)
class Bar:
    """A row of a chart; `width` is in percent of the widest bar."""

    label: str
    value: int
    share_percent: str
    width: int
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """A bar chart with its table."""

    caption: str
    headers: tuple[str, str, str]
    rows: list[Bar]


def _bars(counts: dict[str, int], tones: Iterable[str] = ()) -> list[Bar]:
    total, tallest = sum(counts.values()), max(counts.values(), default=0)
    tone = iter(tones)
    return [
        Bar(
            label,
            value,
            dates.percent(value / total if total else 0),
            round(100 * value / tallest) if tallest else 0,
            next(tone, ""),
        )
        for label, value in counts.items()
    ]


def ratings(answers: Sequence[Read]) -> Chart:
    """How many gave each rating, the best first."""
    given = Counter(answer.rating for answer in answers)
    return Chart(
        _("Overall rating"),
        (_("Rating"), _("Answers"), _("Share")),
        _bars({str(n): given[n] for n in reversed(RATINGS)}, ("", "", "mid", "low", "low")),
    )


def recommendations(answers: Sequence[Read]) -> Chart:
    """How many chose each number from 10 to 0."""
    given = Counter(answer.recommend for answer in answers)
    tones = [
        "" if n in PROMOTERS else "mid" if n in PASSIVES else "low"
        for n in reversed(RECOMMENDATIONS)
    ]
    return Chart(
        _("Would recommend it"),
        (_("Number chosen"), _("Answers"), _("Share")),
        _bars({str(n): given[n] for n in reversed(RECOMMENDATIONS)}, tones),
    )


def languages(answers: Sequence[Read]) -> Chart:
    """In which language of the form people answered."""
    given = Counter(answer.language for answer in answers)
    return Chart(
        _("Language of the answers"),
        (_("Language"), _("Answers"), _("Share")),
        _bars({dates.language_name(tag): count for tag, count in given.most_common()}),
    )


def mean_rating(answers: Sequence[Read]) -> float:
    """The average rating, 1 to 5."""
    return fmean(answer.rating for answer in answers)


def recommendation_index(answers: Sequence[Read]) -> int:
    """Net promoter score: percent choosing 9-10 less percent choosing 0-6, from -100 to 100."""
    promoters = sum(answer.recommend in PROMOTERS for answer in answers)
    detractors = sum(answer.recommend < PASSIVES.start for answer in answers)
    return round(100 * (promoters - detractors) / len(answers))
