"""What an answer may be, and when answers may be seen. Pure decisions."""

from __future__ import annotations

from typing import Final

# No figure is shown, and no answer leaves the box, for fewer people than this.
FEWEST: Final = 5
LONGEST_TEXT: Final = 2_000
RATINGS: Final = range(1, 6)
RECOMMENDATIONS: Final = range(11)


def may_empty_box(boxed: int, published: int, *, is_closed: bool) -> bool:
    """Whether the box is poured out now.

    Always at least five new answers at a time, so that nobody can tell by looking before and
    after what the last person said; the few that are left when the form has closed follow then,
    if all together are five or more.
    """
    return boxed >= FEWEST or (is_closed and boxed > 0 and boxed + published >= FEWEST)
