"""Nothing is too large or takes too long for long: it is refused, in the reader's language."""

import asyncio
import logging
import re
import time

import anyio
import pytest
from sqlalchemy import select, text

from portal import HOME
from portal.app import create_app, declarations, with_page_cache
from portal.domain.accounts.people.models import Person
from portal.web.http import limits, threads, transactions
from portal.web.http.middleware import body_limits
from portal.web.http.middleware.request_log import set_up_logging
from tests.conftest import ADDRESS
from tests.factories import make_person
from tests.pages import words

FORM = {"content-type": "application/x-www-form-urlencoded"}
ZONE = {"time_zone": "Europe/Berlin"}
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000000)"
    " SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(20)",
}


def test_every_route_has_limits_and_takes_no_more(client):
    routes = declarations()
    assert len(routes) > 200
    for route in routes:
        most, seconds, waits = route.limits
        assert 0 <= most <= 16 * limits.MIB, route.name
        assert 0 < seconds <= 300, route.name
        assert 0 < waits <= 300, route.name
        assert (most == 0) == (route.method == "GET"), route.name
        path = route.path.replace("{language:language}", "ru")
        # Believed as it is announced: not a byte of it is waited for.
        announced = FORM | {"content-length": str(most + 1)}
        answer = client.request(route.method, path, content=b"x", headers=announced)
        assert answer.status_code == 413, route.name
        assert answer.headers["connection"] == "close", route.name
    assert "Слишком много за один раз" in words(client.request("GET", "/ru", content=b"x"))


def a_form(path):
    """A form whose body is still to come."""
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "scheme": "https",
        "server": ("testserver", 443),
        "client": ("192.0.2.1", 5000),
        "headers": [
            (b"host", b"testserver"),
            (b"origin", ADDRESS.encode()),
            (b"content-type", FORM["content-type"].encode()),
        ],
    }


def test_a_body_that_does_not_arrive_is_not_waited_for(app, monkeypatch):
    monkeypatch.setattr(body_limits, "FORM", limits.FORM._replace(body_seconds=0.1))
    sent = []

    async def receive():
        """A byte now and then: each comes soon, the whole never does."""
        await anyio.sleep(0.03)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def send(message):
        sent.append(message)

    scope = a_form("/ru/time-zone")
    begun = time.monotonic()
    asyncio.run(app(scope, receive, send))
    assert time.monotonic() - begun < 5
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert "Передача заняла слишком много времени" in sent[1]["body"].decode()


def test_a_client_that_goes_away_is_no_fault(app, caplog):
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(a_form("/ru/time-zone"), receive, send))
    assert sent[0]["status"] == 400
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_requests_for_websockets_are_not_worth_a_line(caplog):
    set_up_logging("ERROR")
    said = logging.getLogger("uvicorn.error")
    said.addHandler(caplog.handler)
    for words_of_it in ("Unsupported upgrade request.", "No supported WebSocket library", "Real"):
        said.error(words_of_it)
    said.removeHandler(caplog.handler)
    assert [record.msg for record in caplog.records] == ["Real"]


def test_who_gets_no_turn_in_time_can_send_it_again(client, monkeypatch):
    monkeypatch.setattr(threads, "fail_after", lambda _seconds: anyio.fail_after(0.05))
    others = [object() for _ in range(threads.THREADS)]

    async def occupy():
        for other in others:
            await threads.threads_for(writes=False).acquire_on_behalf_of(other)
            await threads.threads_for(writes=True).acquire_on_behalf_of(other)

    async def leave():
        for other in others:
            threads.threads_for(writes=False).release_on_behalf_of(other)
            threads.threads_for(writes=True).release_on_behalf_of(other)

    client.portal.call(occupy)
    drawn = client.get("/ru/calendar")
    sent = client.post("/ru/time-zone?next=/ru/events", data=ZONE)
    assert (drawn.status_code, sent.status_code) == (503, 503)
    assert int(drawn.headers["retry-after"]) > 0
    assert "перезапускается" in words(drawn)
    assert "перезапускается" in words(sent)
    assert 'name="time_zone" value="Europe/Berlin"' in sent.text
    assert 'action="/ru/time-zone?next=/ru/events"' in sent.text
    client.portal.call(leave)
    assert client.get("/ru/calendar").status_code == 200
    assert client.post("/ru/time-zone", data=ZONE).status_code == 303


@pytest.mark.both_engines
def test_the_database_works_for_nobody_too_long_and_undoes_what_it_ends(
    settings, monkeypatch, database
):
    from starlette.testclient import TestClient

    monkeypatch.setattr("portal.app.DATABASE_SECONDS", 0.3)
    app = create_app(settings)
    limited = app.state.site.database
    statement = text(SLOW["sqlite" if limited.is_sqlite else "postgresql"])

    def respond(_view, route, *_rest):
        with limited.reading() if route.method == "GET" else limited.writing() as db:
            if route.method != "GET":
                make_person(db, "Nobody")
            db.execute(statement).all()

    monkeypatch.setattr(transactions, "_respond", respond)
    headers = {"origin": ADDRESS}
    begun = time.monotonic()
    with TestClient(with_page_cache(app), base_url=ADDRESS, headers=headers) as client:
        drawn = client.get("/kk/calendar")
        sent = client.post("/kk/time-zone", data=ZONE)
    assert time.monotonic() - begun < 10
    assert (drawn.status_code, sent.status_code) == (503, 503)
    assert "іске қосылып" in words(drawn)
    with database.reading() as db:
        assert db.scalars(select(Person)).all() == []


def test_the_proxy_takes_what_the_portal_takes_and_waits_longer():
    told = (HOME / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    taken = int(re.search(r"client_max_body_size (\d+)m;", told)[1]) * limits.MIB
    waits = int(re.search(r"proxy_read_timeout (\d+)s;", told)[1])
    for route in declarations():
        assert route.limits.max_bytes <= taken, route.name
        assert route.limits.wait_seconds + limits.DATABASE_SECONDS < waits, route.name
