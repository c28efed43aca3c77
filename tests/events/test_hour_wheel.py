"""The hour wheel: where poles and labels stand."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.web.components.hour_wheel import (
    CENTRE,
    CITY,
    LINE,
    LONGEST_NAME,
    City,
    Label,
    hour_wheel,
)

EVENING = datetime(2027, 4, 17, 14, 0, tzinfo=UTC)
BERLIN = City("Berlin", "Europe/Berlin")
ALMATY = City("Almaty", "Asia/Almaty")
NEW_YORK = City("New York", "America/New_York")
KATHMANDU = City("Kathmandu", "Asia/Kathmandu")
ZONES = (
    "Asia/Almaty",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Asia/Seoul",
    "Asia/Urumqi",
    "Asia/Ulaanbaatar",
    "Asia/Hovd",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Asia/Tashkent",
    "Australia/Sydney",
    "America/St_Johns",
)


def ends(path: str) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = map(float, re.findall(r"[\d.]+", path))
    return x1, y1, x2, y2


def test_an_empty_wheel_has_a_pole_for_each_half_hour_and_day_is_from_six_to_six() -> None:
    wheel = hour_wheel(EVENING, [], None)
    kinds = [pole.kind for pole in wheel.poles]
    assert len(kinds) == 48
    assert kinds.count("day") == 13
    assert kinds.count("night") == 11
    assert kinds.count("day half") == 12
    assert wheel.labels == ()


def test_noon_is_on_top_and_hours_run_with_the_clock() -> None:
    noon_in_almaty = datetime(2027, 4, 17, 7, 0, tzinfo=UTC)
    top = hour_wheel(noon_in_almaty, [ALMATY], None).poles[-1]
    assert ends(top.path) == (CENTRE, 122.0, CENTRE, 46.0)
    evening = hour_wheel(noon_in_almaty + timedelta(hours=6), [ALMATY], None).poles[-1]
    assert ends(evening.path) == (418.0, CENTRE, 494.0, CENTRE)


def test_a_city_takes_the_pole_of_its_local_hour() -> None:
    wheel = hour_wheel(EVENING, [BERLIN, ALMATY], "Europe/Berlin")
    assert len(wheel.poles) == 48
    assert [pole.kind for pole in wheel.poles[-2:]] == ["reader", "city"]
    assert [(label.hour, label.city) for label in wheel.labels] == [
        ("16:00", "Berlin"),
        ("19:00", "Almaty"),
    ]


def test_a_quarter_hour_gets_a_pole_of_its_own_between_the_others() -> None:
    wheel = hour_wheel(EVENING, [KATHMANDU], None)
    assert len(wheel.poles) == 49
    assert wheel.labels[0].hour == "19:45"


def test_cities_of_one_hour_share_a_pole_but_not_a_label() -> None:
    wheel = hour_wheel(EVENING, [ALMATY, City("Tashkent", "Asia/Tashkent")], "Asia/Almaty")
    assert [pole.kind for pole in wheel.poles if pole.kind in ("reader", "city")] == ["reader"]
    assert [label.city for label in wheel.labels] == ["Almaty", "Tashkent"]


def test_morning_stands_left_of_the_ring_and_evening_right() -> None:
    labels = {label.city: label for label in hour_wheel(EVENING, [NEW_YORK, ALMATY], None).labels}
    assert labels["New York"].anchor == "end"
    assert labels["New York"].x < CENTRE
    assert labels["Almaty"].anchor == "start"
    assert labels["Almaty"].x > CENTRE


def test_a_long_name_is_cut() -> None:
    (label,) = hour_wheel(EVENING, [City("Ho Chi Minh City", "Asia/Ho_Chi_Minh")], None).labels
    assert label.city == "Ho Chi Minh…"
    assert len(label.city) <= LONGEST_NAME


@given(
    zones=st.lists(st.sampled_from(ZONES), max_size=15),
    instant=st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_labels_overlap_neither_each_other_nor_the_poles(
    zones: list[str], instant: datetime
) -> None:
    cities = [City(zone.rpartition("/")[2], zone) for zone in zones]
    labels = hour_wheel(instant, cities, None).labels
    assert len(labels) == len(cities)
    for anchor in ("start", "end"):
        side = [label for label in labels if label.anchor == anchor]
        assert all(below.y - above.y >= LINE - 0.11 for above, below in pairwise(side))
        assert all(far_from_ring(label) for label in side)
    assert all(label.x > CENTRE for label in labels if label.anchor == "start")
    assert all(label.x < CENTRE for label in labels if label.anchor == "end")


def far_from_ring(label: Label) -> bool:
    """Whether the corner of the text that is nearest to the ring lies outside it."""
    middle = label.y - 7
    near = max(0.0, abs(middle - CENTRE) - LINE / 2)
    return (label.x - CENTRE) ** 2 + near**2 >= CITY**2
