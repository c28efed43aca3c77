"""Whoever waits for a lock gets it in turn."""

import threading
import time

import pytest

from portal.db.outages import BusyError
from portal.db.write_lock import FifoLock, ProcessLock


def test_threads_get_the_lock_in_the_order_in_which_they_came():
    lock, order = FifoLock(10), []

    def take(number):
        with lock:
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    with lock:
        for number, thread in enumerate(threads):
            thread.start()
            while len(lock._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_nobody_waits_for_ever_and_whoever_gave_up_is_passed_over():
    lock, came = FifoLock(0.05), []
    with lock:
        with pytest.raises(BusyError), lock:
            came.append("in spite of it")
        thread = threading.Thread(target=lambda: lock.__enter__() or came.append("in turn"))
        thread.start()
        while not lock._waiting:
            time.sleep(0.001)
    thread.join(10)
    assert came == ["in turn"]


def test_a_process_that_writes_without_pause_lets_another_in(tmp_path):
    busy, other = (ProcessLock(tmp_path / "portal.db", 10) for _process in range(2))
    came, turns = threading.Event(), []

    def write_without_pause():
        while not came.is_set():
            with busy:
                turns.append(time.monotonic())
                time.sleep(0.005)

    thread = threading.Thread(target=write_without_pause)
    thread.start()
    while not turns:
        time.sleep(0.001)
    asked = time.monotonic()
    with other:
        came.set()
    thread.join(10)
    # The one under way, and one that may have begun before the other had asked.
    assert len([turn for turn in turns if turn > asked + 0.002]) <= 2
    busy.close()
    other.close()


def test_whoever_does_not_come_back_is_gone_ahead_of(tmp_path):
    gone, other = (ProcessLock(tmp_path / "portal.db", 0.05) for _process in range(2))
    gone.__enter__()
    with other:
        pass
    gone.close()
    other.close()
