"""200 people press the button at once for 50 places, through the public page of two workers."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
from sqlalchemy import create_engine, text

from portal.database import sqlite_module
from tests.load.servers import portal_server, run_portal

PEOPLE, PLACES = 200, 50


async def _sign_up_all(address, slug):
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(
        base_url=address, limits=limits, timeout=60, trust_env=False
    ) as client:

        async def one(number):
            begun = time.perf_counter()
            answer = await client.post(
                f"/en/events/{slug}/registration",
                data={"name": f"Racer {number}", "email": f"racer-{number}@example.org"},
                headers={"origin": address},
            )
            return answer.status_code, time.perf_counter() - begun

        return await asyncio.gather(*(one(number) for number in range(PEOPLE)))


def race(folder, database_url=""):
    """A row of the bench: how the places went, in which order, and how long it took."""
    more = {"PORTAL_DATABASE_URL": database_url} if database_url else {}
    ids = json.loads(run_portal(folder, "seed", "--profile", "small", **more))
    event = ids["organizations"]["a"]["events"]["public"]
    url = database_url or f"sqlite:///{folder / 'portal.db'}"
    engine = create_engine(url, **({} if database_url else {"module": sqlite_module()}))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE events SET capacity = taken + :places WHERE id = :id"),
            {"places": PLACES, "id": event["id"]},
        )
        before = connection.scalar(text("SELECT max(id) FROM registrations"))
    with portal_server(folder, workers=2, **more) as (address, _pid):
        begun = time.perf_counter()
        answers = asyncio.run(_sign_up_all(address, event["slug"]))
        took = time.perf_counter() - begun
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT status, queue_number FROM registrations "
                "WHERE event_id = :event AND id > :before ORDER BY queue_number"
            ),
            {"event": event["id"], "before": before},
        ).all()
    engine.dispose()
    statuses = [status for status, _number in rows]
    exact = statuses == ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES)
    errors = sum(status != 303 for status, _seconds in answers)
    return {
        "what": f"{PEOPLE} sign-ups racing for {PLACES} places, {engine.dialect.name}",
        "confirmed": statuses.count("confirmed"),
        "waiting": statuses.count("waitlisted"),
        "in order": exact,
        "errors": errors,
        "seconds": round(took, 2),
        "slowest": round(max(seconds for _status, seconds in answers), 2),
        "holds": exact and not errors and len(rows) == PEOPLE,
    }
