"""Shapes answers into figures and bars. Pure: the template only draws."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.domain.feedback.queries import Tally
from portal.domain.feedback.rules import RATINGS, RECOMMENDATIONS
from portal.i18n import dates
from portal.i18n.locale import gettext as _

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


def ratings(tally: Tally) -> Chart:
    """Return how many gave each rating, the best first."""
    given = tally.ratings
    return Chart(
        _("Overall rating"),
        (_("Rating"), _("Answers"), _("Share")),
        _bars({str(n): given[n] for n in reversed(RATINGS)}, ("", "", "mid", "low", "low")),
    )


def recommendations(tally: Tally) -> Chart:
    """Return how many chose each number from 10 to 0."""
    given = tally.recommendations
    tones = [
        "" if n in PROMOTERS else "mid" if n in PASSIVES else "low"
        for n in reversed(RECOMMENDATIONS)
    ]
    return Chart(
        _("Would recommend it"),
        (_("Number chosen"), _("Answers"), _("Share")),
        _bars({str(n): given[n] for n in reversed(RECOMMENDATIONS)}, tones),
    )


def mean_rating(tally: Tally) -> float:
    """Return the average rating, 1 to 5."""
    return sum(rating * people for rating, people in tally.ratings.items()) / tally.answers


def recommendation_index(tally: Tally) -> int:
    """Net promoter score: percent choosing 9-10 less percent choosing 0-6, from -100 to 100."""
    given = tally.recommendations
    promoters = sum(given[n] for n in PROMOTERS)
    detractors = sum(given[n] for n in RECOMMENDATIONS if n < PASSIVES.start)
    return round(100 * (promoters - detractors) / tally.answers)
