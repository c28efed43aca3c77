"""What holds for every request, whatever it asks for: origin, host, headers and sizes."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from portal.app import declared_routes
from portal.web.headers import CONTENT_SECURITY_POLICY
from portal.web.policies import Cache
from tests.conftest import ADDRESS
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_event, make_organization, make_person
from tests.functional.pages import page_of, words
from tests.functional.queries import queries_of

# For what never comes near the database.
FORM = {"time_zone": "Europe/Berlin"}
FOREIGN = "https://evil.example"
SECURE = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


@pytest.fixture
def bare(app):
    """A browser that says nothing of where its requests come from."""
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db)).slug


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 403),
        ({"origin": FOREIGN}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver"}, 403),
        ({"origin": "https://testserver.evil.example"}, 403),
        ({"origin": ADDRESS + ":8443"}, 403),
        ({"origin": ADDRESS}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": ""}, 403),
        # The browser's word about the site counts, not what a page may add to it.
        ({"sec-fetch-site": "cross-site", "origin": ADDRESS}, 403),
        ({"sec-fetch-site": "same-origin", "origin": FOREIGN}, 303),
        ({"referer": ADDRESS + "/en"}, 403),
    ],
)
def test_forms_are_taken_from_our_own_pages_only(bare, headers, expected):
    answer = bare.post("/en/time-zone", data=FORM, headers=headers)
    assert answer.status_code == expected
    assert ("set-cookie" in answer.headers) == (expected == 303)


@ON_ONE_ENGINE
def test_other_methods_are_guarded_like_forms(bare):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        assert bare.request(method, "/en/time-zone", content=b"").status_code == 403
        own = bare.request(method, "/en/time-zone", headers={"origin": ADDRESS})
        assert own.status_code == 405


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("testserver", 200),
        ("testserver:443", 200),
        ("TestServer", 200),
        ("evil.example", 421),
        ("testserver.evil.example", 421),
        ("testserver@evil.example", 421),
        ("evil.example:443", 421),
        ("testserver:evil", 421),
        ("testserver, evil.example", 421),
        ("", 421),
    ],
)
def test_only_the_operators_host_names_are_answered(bare, host, expected):
    answer = bare.get("/en", headers={"host": host})
    assert answer.status_code == expected
    assert "evil.example" not in answer.text


@ON_ONE_ENGINE
def test_whoever_comes_by_another_name_is_led_to_ours_by_a_page_with_its_style(bare):
    elsewhere = {"host": "evil.example"}
    page = page_of(bare.get("/ru/events", headers=elsewhere))
    links = page.xpath("//main//a/@href")
    assert links == [f"{ADDRESS}/ru", f"{ADDRESS}/ru/events"]
    files = page.xpath("//link[@rel='stylesheet']/@href") + page.xpath("//script/@src")
    assert len(files) > 1
    assert {bare.get(file, headers=elsewhere).status_code for file in files} == {200}
    assert bare.get("/static/none.css", headers=elsewhere).status_code == 404


def test_forwarded_hosts_change_no_address(bare, slug):
    headers = {
        "x-forwarded-host": "evil.example",
        "forwarded": "host=evil.example",
        "x-forwarded-proto": "http",
    }
    for path in (f"/en/events/{slug}", f"/en/events/{slug}/event.ics", "/en/calendar.ics"):
        answer = bare.get(path, headers=headers)
        assert answer.status_code == 200
        assert "evil.example" not in answer.text
        assert ADDRESS in answer.text


def faults_of(answer):
    """Security headers an answer lacks, says twice or says wrongly."""
    headers = answer.headers
    faults = [name for name, value in SECURE.items() if headers.get_list(name) != [value]]
    if headers.get("referrer-policy") not in {"same-origin", "no-referrer"}:
        faults.append("referrer-policy")
    if "geolocation=()" not in headers.get("permissions-policy", ""):
        faults.append("permissions-policy")
    if not headers.get("cache-control"):
        faults.append("cache-control")
    return faults + [telling for telling in ("server", "x-powered-by") if telling in headers]


def test_every_answer_has_the_security_headers(app, client, bare, database, slug):
    own = {"origin": ADDRESS}
    asset = app.state.site.assets.url("main.js")
    etag = client.get(asset).headers["etag"]
    form = "application/x-www-form-urlencoded"
    answers = {
        200: client.get(f"/en/events/{slug}"),
        302: client.get("/"),
        303: client.get("/en/profile"),
        304: client.get(asset, headers={"if-none-match": etag}),
        308: client.get("/en/"),
        403: bare.post("/en/time-zone", data=FORM),
        404: client.get("/en/nothing-here"),
        405: client.post("/en/calendar", data=FORM),
        413: bare.post(
            "/en/time-zone", content=b"a" * 600_000, headers=own | {"content-type": form}
        ),
        415: client.post("/en/time-zone", files={"time_zone": b"Europe/Berlin"}),
        421: bare.get("/en", headers={"host": "evil.example"}),
        422: client.post("/en/time-zone", data={"time_zone": "Mars/Phobos"}),
    }
    with database.writing() as db:
        db.execute(text("DROP TABLE event_tags"))
    answers[500] = client.get("/en")
    assert [answer.status_code for answer in answers.values()] == list(answers)
    faults = {status: faults_of(answer) for status, answer in answers.items()}
    assert {status: missing for status, missing in faults.items() if missing} == {}


@ON_ONE_ENGINE
def test_pages_that_went_wrong_are_pages_in_the_readers_language(client, slug):
    for path, language in (("/kk/nothing", "kk"), ("/ru/events/nothing", "ru"), ("/en/x", "en")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text
        assert f"/{language}/events" in answer.text
    for header, language in (("ru-RU,ru;q=0.9", "ru"), ("en-GB", "en"), ("fr", "kk"), ("", "kk")):
        answer = client.get("/de/events", headers={"accept-language": header})
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text


def test_an_unexpected_fault_is_a_page_without_internals(client, database):
    with database.writing() as db:
        db.execute(text("DROP TABLE event_tags"))
    answer = client.get("/en")
    assert answer.status_code == 500
    assert "Something broke on our side" in words(answer)
    for internal in ("event_tags", "Error", "Traceback", "portal/web", "SELECT"):
        assert internal not in answer.text


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(client, slug):
    large = b"name=" + b"a" * 600_000
    form = {"content-type": "application/x-www-form-urlencoded"}
    path = f"/en/events/{slug}/registration"
    assert client.post(path, content=large, headers=form).status_code == 413
    chunks = (large[i : i + 10_000] for i in range(0, len(large), 10_000))
    assert client.post(path, content=chunks, headers=form).status_code == 413


@ON_ONE_ENGINE
def test_a_form_of_thousands_of_fields_is_refused(client):
    fields = "&".join(f"f{n}=1" for n in range(5_000))
    answer = client.post(
        "/en/time-zone",
        content=fields,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400
    assert faults_of(answer) == []


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"]
)
def test_forms_come_urlencoded_or_not_at_all(client, kind):
    answer = client.post(
        "/en/time-zone", content=b"time_zone=Europe/Berlin", headers={"content-type": kind}
    )
    assert answer.status_code == 415


def test_head_is_answered_wherever_get_is(client, slug):
    paths = {
        "home.root": "/",
        "home": "/en",
        "events.index": "/en/events",
        "events.show": f"/en/events/{slug}",
        "events.file": f"/en/events/{slug}/event.ics",
        "calendar.feed": "/en/calendar.ics",
        "calendar.month": "/en/calendar/2027-04",
        "profile.edit": "/en/profile",
        "health.alive": "/healthz",
        "health.ready": "/readyz",
        "sitemap.robots": "/robots.txt",
    }
    for path in paths.values():
        got, asked = client.get(path), client.head(path)
        assert asked.status_code == got.status_code, path
        assert asked.headers["cache-control"] == got.headers["cache-control"], path


@ON_ONE_ENGINE
def test_slashes_at_the_end_lead_to_the_page_on_this_host_alone(client):
    answer = client.get("/en/events/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en/events")
    narrowed = client.get("/en/events/?tag=music&organization=a%26b%0d%0aset-cookie:x")
    where = "/en/events?tag=music&organization=a%26b%0d%0aset-cookie:x"
    assert (narrowed.status_code, narrowed.headers["location"]) == (308, where)
    for path in ("/en//evil.example/", "/en/%5cevil.example/", "/en/%2f%2fevil.example/"):
        answer = client.get(path)
        location = answer.headers.get("location", "/")
        assert answer.status_code in {308, 404}
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


NOBODY_GAVE_OUT = (
    "/en/events/%00",
    "/en/events/a%00b/event.ics",
    "/en/events?organization=%00",
    "/en/organizations/%00",
    "/en/organizations/a%00/calendar.ics",
    "/en/passes/%00",
    "/en/passes/abc%00",
    "/en/calendar/%00",
    "/static/%00",
    "/en/events/%ff%fe",
    "/en/events/" + "a" * 5_000,
    "/en/passes/" + "a" * 5_000,
    "/en/events/..%2f..%2fportal.db",
    "/static/..%2f..%2fportal.db",
    "/en/events/%F0%9F%98%80",
    "/en/events/'%20OR%201=1--",
)


def test_addresses_nobody_gave_out_are_not_found(client, browser_of, database):
    with database.writing() as db:
        person = make_person(db)
    member = browser_of(person)
    answered = {path: client.get(path).status_code for path in NOBODY_GAVE_OUT}
    for path in ("/en/invitations/%00", "/en/organizing/events/%00", "/en/organizing/a%00/people"):
        answered[path] = member.get(path).status_code
    assert {path: status for path, status in answered.items() if status != 404} == {}


def test_what_a_form_sends_is_refused_or_taken_but_never_breaks(client, slug):
    """Bytes that are no text, and text that some databases cannot hold."""
    hostile = ("%00", "a%00b%40example.org", "%ff%fe", "%ED%A0%80", "%F4%90%80%80", "%", "%zz")
    form = {"content-type": "application/x-www-form-urlencoded"}
    answered = {}
    for value in hostile:
        for body in (
            f"name={value}&email=a@example.org",
            f"name=Dana&email={value}",
            f"name=Dana{value}&email={value}@example.org",
            f"{value}=1",
        ):
            answer = client.post(f"/en/events/{slug}/registration", content=body, headers=form)
            answered[body] = answer.status_code
        body = f"time_zone={value}&next={value}"
        answered[body] = client.post("/en/time-zone", content=body, headers=form).status_code
    broken = {body: status for body, status in answered.items() if status not in {303, 422, 400}}
    assert broken == {}


def test_public_pages_set_no_cookie_and_ask_for_no_person(client, database, slug):
    for path in (
        *("/en", "/en/events", f"/en/events/{slug}", f"/en/events/{slug}/event.ics"),
        *("/en/calendar", "/en/calendar.ics", "/en/organizations", "/en/privacy", "/robots.txt"),
    ):
        with queries_of(database) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers, path
        assert answer.headers["cache-control"] == "public, no-cache", path
        assert "Cookie" in answer.headers["vary"], path
        assert not [s for s in sent if "people" in s or "sign_in_sessions" in s], path


@ON_ONE_ENGINE
def test_the_way_to_a_language_depends_on_the_languages_asked_for(client):
    answer = client.get("/", headers={"accept-language": "ru"})
    assert answer.headers["location"] == "/ru"
    assert "Accept-Language" in answer.headers["vary"]


def test_pages_of_members_are_kept_by_nobody(client, browser_of, database, slug):
    with database.writing() as db:
        person = make_person(db, "Dinara")
    browser = browser_of(person)
    for path in ("/en", "/en/events", f"/en/events/{slug}", "/en/organizations", "/en/profile"):
        answer = browser.get(path)
        assert "no-store" in answer.headers["cache-control"], path
        assert "Dinara" in answer.text, path
    # Nor are pages of a browser whose session has just ended: it may still be somebody's.
    stale = client.get("/en", headers={"cookie": "__Host-session=over"})
    assert "no-store" in stale.headers["cache-control"]


def test_public_and_private_answers_keep_the_promise_of_their_cache_class(client, slug):
    for route in declared_routes():
        path = route.path.replace("{language:language}", "en").replace("{slug}", slug)
        if route.method == "GET" and "{" not in path:
            control = client.get(path).headers["cache-control"]
            allowed = {
                Cache.PUBLIC: {"public, no-cache", "no-store"},
                Cache.PRIVATE: {"no-store"},
            }[route.cache]
            assert control in allowed, route.name


def test_reading_writes_nothing_whatever_a_page_tries(database):
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"), database.reading() as db:
        make_person(db)


@pytest.mark.parametrize(
    ("path", "is_brief"), [("/en", True), ("/en/events", True), ("/en/calendar", False)]
)
def test_only_brief_pages_of_a_local_file_are_read_on_the_loop(app, client, path, is_brief):
    """A database behind a network never keeps the loop waiting."""
    loops = []
    database = app.state.site.database

    @event.listens_for(database.reading_engine, "before_cursor_execute")
    def note(*_asked):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            loops.append(False)
        else:
            loops.append(True)

    assert client.get(path).status_code == 200
    assert set(loops) == {is_brief and database.is_sqlite}
