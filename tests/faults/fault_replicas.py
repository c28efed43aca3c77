"""Two replicas on one PostgreSQL, of which one dies under load, again and again."""

import time

from tests.faults.people import Crowd
from tests.faults.stage import ROUNDS, Portal, wait_for
from tests.postgres.server import own_postgres
from tests.processes import free_port

DEATHS = max(1, ROUNDS // 10)
WINDOW = 5.0  # seconds after each death
MAX_ERRORS = 0.01


def test_one_of_two_replicas_dies(tmp_path, loaded, tell):
    with own_postgres(tmp_path) as postgres:
        portal = Portal(loaded, tmp_path / "portal", f"{postgres.address}/postgres")
        member = portal.signed_in("member-1")
        ports = [free_port(), free_port()]
        replicas = [portal.server(port=port) for port in ports]
        for replica in replicas:
            wait_for(replica)
        pages = (f"/en/events/{portal.event['slug']}", "/kk/events", "/ru/organizations")
        deaths, worst = [], 0.0
        with Crowd(portal, *(each.address for each in replicas), threads=2, pages=pages) as crowd:
            for death in range(DEATHS):
                dies = death % 2
                time.sleep(1)
                deaths.append(time.monotonic())
                replicas[dies].kill()
                with replicas[1 - dies].browser() as browser:
                    begun = time.monotonic()
                    assert browser.get("/en/profile", headers=member).status_code == 200
                    worst = max(worst, time.monotonic() - begun)
                time.sleep(WINDOW)
                replicas[dies] = portal.server(port=ports[dies])
                wait_for(replicas[dies])
        loaded.end_all()
        portal.verify()
        inside = [
            answer
            for answer in crowd.answers
            if any(death <= answer.at < death + WINDOW for death in deaths)
        ]
        errors = sum(answer.status not in {200, 303} for answer in inside)
        tell(
            deaths=len(deaths),
            asked_within_five_seconds=len(inside),
            errors=errors,
            share=round(errors / len(inside), 4),
            slowest=crowd.slowest,
            session_elsewhere_after=round(worst, 2),
            told=len(crowd.told),
        )
        assert errors < MAX_ERRORS * len(inside)
        assert portal.lost(crowd.told) == []
