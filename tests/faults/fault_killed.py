"""kill -9 of server and worker while people sign up."""

import random
import threading
import time

from tests.faults.people import ALL_CLOSED, CUT_OFF, Crowd
from tests.faults.stage import ROUNDS, wait_for
from tests.processes import free_port


def test_nobody_who_was_told_is_lost(portal, mailbox, tell):
    """Half of all rounds on each database, and half of those each for server and worker."""
    chance, port = random.Random(1), free_port()
    servers, workers = -(-ROUNDS // 4), ROUNDS // 4

    def kill_workers():
        for _round in range(workers):
            worker = portal.worker(**mailbox.url)
            time.sleep(chance.uniform(1.5, 4))
            worker.kill()

    killing = threading.Thread(target=kill_workers)
    killing.start()
    with Crowd(portal, f"http://127.0.0.1:{port}") as crowd:
        for _round in range(servers):
            server = portal.server(port=port)
            wait_for(server)
            time.sleep(chance.uniform(0.1, 0.8))
            server.kill()
    killing.join()
    portal.verify()
    lost, unwritten = portal.lost(crowd.told), portal.unwritten(crowd.told, mailbox)
    twice = sum(mailbox.arrived[address] > 1 for address in crowd.told)
    tell(
        kills=servers + workers,
        told=len(crowd.told),
        cut_off=crowd.count().get(CUT_OFF, 0),
        lost=len(lost),
        without_letter=len(unwritten),
        written_to_twice=twice,
    )
    assert (lost, unwritten) == ([], set())
    assert crowd.count().keys() <= {303, CUT_OFF, ALL_CLOSED}
    assert twice <= workers
    portal.verify()
