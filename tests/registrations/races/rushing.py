"""Many requests at one moment, and what is left after them."""

import threading
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 24


def all_at_once(calls):
    """Answers to all calls, which begin together as far as threads can."""
    barrier = threading.Barrier(min(AT_ONCE, len(calls)))

    def run(numbered):
        number, call = numbered
        if number < barrier.parties:
            barrier.wait(30)
        return call()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return list(crowd.map(run, enumerate(calls)))
