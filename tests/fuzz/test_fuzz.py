"""Nothing that anybody sends breaks the portal: no answer says that something went wrong inside.

Forty requests on each database by default, the same every time; FUZZ_EXAMPLES=20000 (`make fuzz`)
sends others, and many more.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples

from tests.architecture.world import World
from tests.fuzz.attempts import attempts, send

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
IS_BRIEF = "FUZZ_EXAMPLES" not in os.environ


# What is sent may be long, and is told all the same.
@pytest.mark.both_engines
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_nothing_that_anybody_sends_breaks_the_portal(app, database, browser_of):
    world = World.build(database, app.state.site.storage)
    answered = Counter()

    @examples(
        max_examples=EXAMPLES,
        derandomize=IS_BRIEF,
        phases=[Phase.generate] if IS_BRIEF else [Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(attempts())
    def nothing_breaks(attempt):
        answer = send(attempt, browser_of(world.people.get(attempt.visitor)), world)
        answered[answer.status_code] += 1
        assert answer.status_code < 500
        # To whoever has the page already, the policy has come with it.
        assert answer.status_code == 304 or "content-security-policy" in answer.headers

    nothing_breaks()
    print(dict(sorted(answered.items())))
    # It does get somewhere: pages are drawn, forms are taken.
    assert {200, 303} <= answered.keys()


def test_what_breaks_is_found(app, database, browser_of, monkeypatch):
    monkeypatch.setattr("portal.web.http.transactions._respond", lambda *_given: 1 / 0)
    with pytest.raises((AssertionError, ExceptionGroup)):
        test_nothing_that_anybody_sends_breaks_the_portal(app, database, browser_of)
