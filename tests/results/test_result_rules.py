"""How many took part, as precisely as everybody is told."""

import pytest

from portal.domain.results.rules import round_down


@pytest.mark.parametrize(
    ("count", "told"),
    [
        *((0, None), (4, None), (5, 5), (9, 5), (10, 10), (19, 10), (99, 90), (100, 100)),
        *((149, 100), (999, 950), (1_000, 1_000), (9_999, 9_500), (12_345, 12_000)),
    ],
)
def test_numbers_are_rounded_down_and_small_ones_are_not_told(count, told):
    assert round_down(count) == told


def test_no_number_told_is_above_the_true_one_or_below_five():
    told = [round_down(count) for count in range(5, 20_000)]
    assert all(5 <= number <= count for count, number in enumerate(told, start=5))
    assert told == sorted(told)
