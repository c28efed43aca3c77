"""Kept pages are the same for every stranger, and nobody's own."""

import pytest

from portal.web.http import layout as pages
from tests.factories import (
    make_person,
)
from tests.queries import asked

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]


def test_nobodys_page_is_kept_or_answered_from_what_is(database, client, browser_of, slug):
    path = f"/en/events/{slug}"
    with database.writing() as db:
        person = make_person(db, "Балжан Сұлтанбек", time_zone="Asia/Seoul")
    member = browser_of(person)
    for again in (False, True):
        own, questions = asked(database, member, path)
        assert questions
        assert "Балжан" in own.text
        assert own.headers["cache-control"] == "private, no-store"
        assert "etag" not in own.headers
        kept, questions = asked(database, client, path)
        assert bool(questions) != again  # the first is drawn for strangers, not the member's
        assert "Балжан" not in kept.text
        assert "/sign-in" in kept.text
        assert "set-cookie" not in kept.headers
    assert asked(database, client, path)[1] == 0

    seoul = "time_zone=Asia/Seoul"
    for cookie in (
        "__Host-session=a",
        "a=b;__Host-session=a",
        f"{seoul}; __Host-session=a",
        "time_zone=Mars/Base",
        f"time_zone={'a' * 5000}",
        'time_zone=Asia/Seoul"',
        f"{seoul}, a=b",
        f"{seoul}; {seoul}",
    ):
        answer = client.get(path, headers={"cookie": cookie})
        assert (answer.status_code, "etag" in answer.headers) == (200, False), cookie
    twice = [("cookie", seoul), ("cookie", "__Host-session=a")]
    for headers in (twice, twice[::-1], [("authorization", "Basic YTpi")]):
        assert "etag" not in client.get(path, headers=headers).headers
    assert asked(database, client, path)[1] == 0
    assert client.get(path, headers={"host": "elsewhere.example"}).status_code == 421
    assert client.post(path).status_code == 405


def test_cookies_of_others_are_as_none(database, client, drawn_anew, slug):
    """A parent domain's, and our own notes to browsers that were signed in once."""
    path, seoul = f"/en/events/{slug}", "time_zone=Asia/Seoul"
    analytics = f"_ga=GA1.2.{'1' * 900}"
    for zone in ("", seoul, 'time_zone="Asia/Seoul"'):
        plain = {"cookie": zone} if zone else {}
        shown = drawn_anew.get(path, headers=plain).text
        for cookies in (
            f"{analytics}; {zone}",
            f"{zone};{analytics}",
            f"a=b; {zone} ; __Host-known_browser=c",
        ):
            answer = client.get(path, headers={"cookie": cookies})
            assert answer.text == shown
            assert "etag" in answer.headers, cookies
            assert asked(database, client, path, cookie=cookies)[1] == 0
        assert asked(database, client, path, **plain)[1] == 0


def test_what_is_kept_is_drawn_without_cookies_of_others(app, client, slug, monkeypatch):
    seen = []
    page = pages.render_page

    def noting(site, request, *rest):
        seen.append(dict(request.cookies))
        return page(site, request, *rest)

    monkeypatch.setattr(pages, "render_page", noting)
    for cookies in ("a=b", "a=b; time_zone=Asia/Seoul", "__Host-session=a; a=b"):
        client.get(f"/en/events/{slug}", headers={"cookie": cookies})
    assert seen == [{}, {"time_zone": "Asia/Seoul"}, {"__Host-session": "a", "a": "b"}]


def test_languages_scripts_and_zones_are_kept_apart(database, client, drawn_anew, slug):
    cookies = (None, "time_zone=Asia/Seoul", 'time_zone="America/New_York"')
    paths = [
        f"/{tag}/{page}"
        for tag in ("kk", "kk-Latn", "kk-Latn-TR", "kk-Arab", "ru", "en")
        for page in ("events", f"events/{slug}")
    ]
    seen = set()
    for is_kept in (False, True):
        for path in [*paths, "/en/events?page=1", "/kk/events?when=past"]:
            for cookie in cookies:
                headers = {"cookie": cookie} if cookie else {}
                answer, questions = asked(database, client, path, **headers)
                assert not (is_kept and questions), (path, cookie)
                assert answer.text == drawn_anew.get(path, headers=headers).text
                seen.add(answer.text)
    assert len(seen) == (len(paths) + 2) * len(cookies)
    robots = {client.get("/robots.txt", headers={"accept-language": tag}).text for tag in "kr"}
    assert len(robots) == 1
