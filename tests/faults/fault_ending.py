"""SIGTERM: what was begun is finished."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.stage import TYPED, wait_until

PEOPLE = [f"guest-{number}@example.org" for number in range(4)]


def test_a_slow_request_is_answered_before_the_server_ends(portal, tell):
    with (
        portal.serving() as server,
        server.browser() as browser,
        ThreadPoolExecutor() as people,
    ):
        with portal.locked():
            answer = people.submit(browser.post, f"/en{portal.sign_up_path}", data=TYPED)
            time.sleep(1)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(2)
            assert server.process.poll() is None
        ended = wait_until(lambda: server.process.poll() is not None)
        assert answer.result().status_code == 303
        assert server.process.poll() == 0
    assert portal.lost([TYPED["email"]]) == []
    tell(ended_after=round(ended, 2))
    portal.verify()


@pytest.mark.parametrize("program", ["serve", "deliver-letters"])
def test_a_worker_finishes_its_letter_and_gives_the_others_back(portal, mailbox, program, tell):
    with portal.serving() as server, server.browser() as browser:
        portal.ask("deliver-letters", "--once", **mailbox.url)
        for address in PEOPLE:
            form = {"name": "Guest", "email": address}
            assert browser.post(f"/en{portal.sign_up_path}", data=form).status_code == 303
    mailbox.begun.clear()
    mailbox.arrived.clear()
    mailbox.seconds = 3
    if program == "serve":
        process = portal.server(worker=True, **mailbox.url).process
    else:
        process = portal.worker(**mailbox.url)
    assert mailbox.begun.wait(60)
    process.send_signal(signal.SIGTERM)
    ended = wait_until(lambda: process.poll() is not None)
    assert process.poll() == 0
    assert mailbox.arrived.total() == 1
    waiting = "SELECT attempts FROM emails WHERE state = 'queued' AND leased_until IS NULL"
    assert portal.column(waiting) == [0] * (len(PEOPLE) - 1)
    mailbox.seconds = 0
    portal.ask("deliver-letters", "--once", **mailbox.url)
    assert mailbox.arrived == dict.fromkeys(PEOPLE, 1)
    tell(ended_after=round(ended, 2), emails=len(PEOPLE), twice=0, lost=0)
    portal.verify()
