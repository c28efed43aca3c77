"""What is let in, whatever is asked for: by origin, host, size and address."""

import pytest

from tests.conftest import ADDRESS
from tests.factories import make_person
from tests.pages import page_of
from tests.platform.http.expected import FORM, faults_of

FOREIGN = "https://evil.example"


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


def test_other_methods_are_guarded_like_forms(bare):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        assert bare.request(method, "/en/time-zone", content=b"").status_code == 403
        own = bare.request(method, "/en/time-zone", headers={"origin": ADDRESS})
        assert own.status_code == 405


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


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(client, slug):
    large = b"name=" + b"a" * 600_000
    form = {"content-type": "application/x-www-form-urlencoded"}
    path = f"/en/events/{slug}/registration"
    assert client.post(path, content=large, headers=form).status_code == 413
    chunks = (large[i : i + 10_000] for i in range(0, len(large), 10_000))
    assert client.post(path, content=chunks, headers=form).status_code == 413


def test_a_form_of_thousands_of_fields_is_refused(client):
    fields = "&".join(f"f{n}=1" for n in range(5_000))
    answer = client.post(
        "/en/time-zone",
        content=fields,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400
    assert faults_of(answer) == []


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"]
)
def test_forms_come_urlencoded_or_not_at_all(client, kind):
    answer = client.post(
        "/en/time-zone", content=b"time_zone=Europe/Berlin", headers={"content-type": kind}
    )
    assert answer.status_code == 415


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
    for path in ("/en/invitations/%00", "/en/manage/events/%00", "/en/manage/a%00/people"):
        answered[path] = member.get(path).status_code
    for path in ("%00/verification/proof", "translations/event/%00/kk/drafts"):
        answered[path] = member.post(f"/en/manage/{path}").status_code
    assert {path: status for path, status in answered.items() if status != 404} == {}


def test_what_is_too_long_to_come_back_to_is_left_behind(client):
    """Written in an address's query once more, every percent sign takes three."""
    way = "/kk/sign-in"
    short = client.get("/kk/manage?page=" + "9" * 400)
    assert short.headers["location"].startswith(f"{way}?next=%2Fkk%2Fmanage%3Fpage")
    for query in ("page=" + "9" * 600, "page=" + "%D1%8F" * 10_000):
        long = client.get(f"/kk/manage?{query}")
        assert (long.status_code, long.headers["location"]) == (303, way)


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
