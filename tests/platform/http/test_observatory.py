"""What Mozilla's HTTP Observatory would say, on every kind of page."""

import httpx
import pytest
from sqlalchemy import text

from tests.factories import make_event, make_organization, pass_key, sign_up_guest
from tests.observatory import modifiers, points

PROMISED = 135
GOOD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-type": "text/html",
}
PAGE = '<html><script src="/main.js" integrity="sha256-x"></script></html>'


def test_every_kind_of_page_has_the_promised_points(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        key, slug = pass_key(db, sign_up_guest(db, event), event), event.slug
    answers = {
        "home": client.get("/en"),
        "event": client.get(f"/en/events/{slug}"),
        "sign-in": client.get("/en/sign-in"),
        "pass": client.get(f"/en/passes/{key}"),
        "404": client.get("/en/nothing-here"),
    }
    with database.writing() as db:
        db.execute(text("DROP TABLE event_tags"))
    answers["500"] = client.get("/en/events")
    assert [answer.status_code for answer in answers.values()] == [200] * 4 + [404, 500]
    told = {name: (points(answer), modifiers(answer)) for name, answer in answers.items()}
    assert {name: each for name, each in told.items() if each[0] < PROMISED} == {}


@pytest.mark.parametrize(
    ("changed", "page", "expected"),
    [
        ({}, PAGE, 135),
        ({}, PAGE.replace("integrity", "data-x"), 130),
        ({}, PAGE.replace("/main.js", "//elsewhere.example/main.js"), 80),
        ({"content-security-policy": None}, PAGE, 55),
        ({"content-security-policy": "default-src 'self' 'unsafe-inline'"}, PAGE, 60),
        ({"content-security-policy": "default-src 'self'; frame-ancestors 'none'"}, PAGE, 130),
        ({"strict-transport-security": None}, PAGE, 80),
        ({"strict-transport-security": "max-age=60"}, PAGE, 125),
        ({"referrer-policy": "unsafe-url"}, PAGE, 125),
        ({"x-content-type-options": None}, PAGE, 130),
        ({"cross-origin-resource-policy": None}, PAGE, 125),
        ({"set-cookie": "session=x; Secure; HttpOnly; SameSite=Lax"}, PAGE, 140),
        ({"set-cookie": "session=x; HttpOnly; SameSite=Lax"}, PAGE, 125),
        ({"set-cookie": "session=x; Secure; SameSite=Lax"}, PAGE, 70),
    ],
)
def test_the_chart_takes_points_for_what_is_missing(changed, page, expected):
    headers = {name: value for name, value in (GOOD | changed).items() if value is not None}
    request = httpx.Request("GET", "https://portal.example/")
    assert points(httpx.Response(200, headers=headers, text=page, request=request)) == expected
