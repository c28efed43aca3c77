"""What an answer may be, and when answers may be seen. Pure decisions."""

from typing import Final

# No figure is shown, and no answer leaves the box, for fewer people than this.
FEWEST: Final = 5
LONGEST_TEXT: Final = 2_000
RATINGS: Final = range(1, 6)
RECOMMENDATIONS: Final = range(11)
# Answers that are there already to one that may be new: all are written anew each time.
_OLD_TO_NEW: Final = 20


def may_empty_box(boxed: int, published: int, *, is_closed: bool) -> bool:
    """Return whether the box is poured out now.

    Always at least five new answers at a time, so that nobody can tell by looking before and
    after what the last person said, and a twentieth of those there are; the few that are left
    when the form has closed follow then, if all together are five or more.
    """
    if is_closed:
        return boxed > 0 and boxed + published >= FEWEST
    return boxed >= max(FEWEST, published // _OLD_TO_NEW)
