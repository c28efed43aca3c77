"""Lengths of time in words."""

from datetime import timedelta

import pytest

from portal.i18n import dates
from portal.i18n.locale import use_locale

HOUR_AND_A_HALF = timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("tag", "said"),
    [("en", "1 hour 30 minutes"), ("ru", "1 час 30 минут"), ("kk", "1 сағат 30 минут")],
)
def test_a_length_is_said_in_the_language_that_is_spoken(tag, said):
    """Whichever it was said in before."""
    for each in ("en", tag, "kk"):
        with use_locale(each):
            dates.duration(HOUR_AND_A_HALF)
    with use_locale(tag):
        assert dates.duration(HOUR_AND_A_HALF) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(minutes=1, seconds=59), "1 minute"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=2, hours=3, minutes=4), "2 days 3 hours"),
    ],
)
def test_two_units_say_enough(length, said):
    with use_locale("en"):
        assert dates.duration(length) == said
