"""Pages are drawn once, and sent as each asks for them."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from portal.app import with_page_cache
from portal.domain.events.models import Event
from tests.conftest import ADDRESS, keep_session
from tests.factories import (
    make_person,
    session_cookie,
)
from tests.queries import asked, queries_of
from tests.unpacking import UNPACK

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]


def test_a_page_is_drawn_once_for_everybody(database, client, slug):
    path = f"/en/events/{slug}"
    drawn, questions = asked(database, client, path)
    kept, none = asked(database, client, path)
    assert drawn.status_code == kept.status_code == 200
    assert (questions > 0, none) == (True, 0)
    assert drawn.content == kept.content
    assert drawn.headers == kept.headers
    assert kept.headers["cache-control"] == "public, no-cache"
    assert kept.headers["vary"] == "Cookie, Accept-Encoding"
    assert kept.headers["content-security-policy"]
    head = client.head(path)
    assert (head.content, head.headers) == (b"", kept.headers)

    etag = kept.headers["etag"]
    for known in (etag, f'W/"x", W/{etag}', "*"):
        unchanged, none = asked(database, client, path, **{"if-none-match": known})
        assert (unchanged.status_code, unchanged.content, none) == (304, b"", 0)
        same = ("etag", "vary", "cache-control")
        assert [unchanged.headers[name] for name in same] == [kept.headers[name] for name in same]
    assert client.get(path, headers={"if-none-match": '"x"'}).status_code == 200


def test_only_what_strangers_get_may_be_a_little_old_and_only_in_a_cdn(
    browser_at, database, client, slug
):
    path = f"/en/events/{slug}"
    with database.writing() as db:
        person = make_person(db)
    session = session_cookie(database, person)
    browser = browser_at(cdn_stale_seconds=30)
    drawn, kept = browser.get(path), browser.get(path)
    unchanged = browser.get(path, headers={"if-none-match": kept.headers["etag"]})
    assert unchanged.status_code == 304
    for answer in (drawn, kept, unchanged, browser.get("/"), browser.get("/en/calendar.ics")):
        stale = answer.headers["cdn-cache-control"]
        assert stale == "public, max-age=1, stale-while-revalidate=30"
        assert answer.headers["cache-control"] == "public, no-cache"
    keep_session(browser, session)
    others = [browser.get(path), client.get(path)]
    browser.cookies.clear()
    others += [browser.get(f"{path}/nothing"), browser.get("/en/sign-in")]
    others += [browser.post(f"{path}/registration", headers={"origin": ADDRESS})]
    assert [answer.status_code for answer in others] == [200, 200, 404, 200, 422]
    assert not [answer for answer in others if "cdn-cache-control" in answer.headers]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "gzip"),
        ("br;q=0.1, gzip", "gzip"),
    ],
)
def test_a_page_is_packed_as_somebody_takes_it(client, slug, accepted, coding):
    path = f"/en/events/{slug}"
    plain = client.get(path, headers={"accept-encoding": "gzip;q=0, identity"})
    for _again in range(2):
        with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
            packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["vary"] == plain.headers["vary"]
        assert UNPACK[coding](packed) == plain.content
        assert int(answer.headers["content-length"]) == len(packed)
        assert int(plain.headers["content-length"]) == len(plain.content) > 2 * len(packed)
        assert plain.headers["etag"] != answer.headers["etag"]
    known = {"accept-encoding": accepted, "if-none-match": answer.headers["etag"]}
    assert client.get(path, headers=known).status_code == 304
    assert "content-encoding" not in plain.headers


def test_one_request_draws_for_all_who_ask_meanwhile(app, database, slug):
    paths = [f"/en/events/{slug}", "/en/events/none"]

    async def many():
        transport = httpx.ASGITransport(with_page_cache(app))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
            with queries_of(database) as sent:
                await browser.get("/en/privacy")
                one = len(sent)
                await browser.get(paths[0])
                cost = len(sent) - one
            with database.writing() as db:
                db.scalars(select(Event)).one().taken = 3
            with queries_of(database) as sent:
                answers = await asyncio.gather(*(browser.get(paths[0]) for _ in range(20)))
            missing = await asyncio.gather(*(browser.get(paths[1]) for _ in range(6)))
        return cost, len(sent), answers, missing

    cost, spent, answers, missing = asyncio.run(many())
    assert cost <= spent <= cost + 1  # and the settings, once after a change
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in missing} == {404}


def test_other_answers_are_not_kept(database, client, slug):
    for path, status in (("/", 302), ("/en/events/none", 404), ("/en/sign-in", 200)):
        for _again in range(2):
            answer, _questions = asked(database, client, path)
            assert answer.status_code == status
            assert "etag" not in answer.headers
    russian = client.get("/", headers={"accept-language": "ru"})
    assert russian.headers["location"] == "/ru"
    long = f"/en/events?q={'a' * 600}"
    assert [client.get(long).headers.get("etag") for _again in range(2)] == [None, None]
