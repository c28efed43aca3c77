"""A clock that jumps a day forward and an hour back while people sign up."""

import time

from tests.faults.people import Crowd
from tests.faults.stage import TYPED, wait_until

HOUR, DAY = 3600, 86_400


def test_a_clock_that_jumps(portal, mailbox, tell):
    clock = portal.folder / "clock"
    clock.write_text("0")
    event, member = f"/en/events/{portal.event['slug']}", portal.signed_in("member-1")
    figures = {}
    with (
        portal.serving(clock=clock, worker=True, **mailbox.url) as server,
        server.browser() as browser,
    ):
        for name, shift in (("right", 0), ("day_ahead", DAY), ("hour_behind", -HOUR)):
            clock.write_text(str(shift))
            with Crowd(portal, server.address) as crowd:
                time.sleep(3)
                assert browser.get(event).status_code == 200
                assert browser.get("/en/profile", headers=member).status_code == 200
            assert crowd.count().keys() == {303}
            assert portal.lost(crowd.told) == []
            wait = wait_until(lambda: set(crowd.told) <= mailbox.arrived.keys())
            figures[name] = {"told": len(crowd.told), "letters_after": round(wait, 1)}
            assert all(mailbox.arrived[each] == 1 for each in crowd.told)
            portal.verify()
    tell(**figures)


def test_letters_a_dead_worker_had_taken_before_the_clock_was_put_back(portal, mailbox, tell):
    """They wait for no hour: a lease that ends later than any can is none."""
    with portal.serving() as server, server.browser() as browser:
        assert browser.post(f"/en{portal.sign_up_path}", data=TYPED).status_code == 303
    portal.execute("UPDATE emails SET due_at = :early", early="2020-01-01 00:00:00+00:00")
    portal.execute("UPDATE emails SET leased_until = :late", late="2099-01-01 00:00:00+00:00")
    portal.ask("deliver-letters", "--once", **mailbox.url)
    assert mailbox.arrived[TYPED["email"]] == 1
    tell(emails=mailbox.arrived.total())
    portal.verify()
