"""What is told to those who watch, and to nobody else; nobody's data is in it."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from portal.config.settings import Settings
from portal.core import clock
from portal.web.http.middleware.security_headers import CONTENT_SECURITY_POLICY
from portal.web.system.metrics import MOST_LOGGED
from tests.conftest import ADDRESS
from tests.factories import make_event, make_organization, make_person, sign_up_guest

pytestmark = pytest.mark.both_engines

REPORT = {
    "csp-report": {
        "document-uri": "https://testserver/en/passes/secret-key",
        "blocked-uri": "https://evil.example/guest@example.org",
        "effective-directive": "script-src-elem",
    }
}
KIND = {"content-type": "application/csp-report"}


def with_settings(app, **changes):
    site = app.state.site
    kept = site.settings.model_dump() | changes
    app.state.site = replace(site, settings=Settings(**kept))


def near(app, host="127.0.0.1"):
    return TestClient(app, base_url=ADDRESS, client=(host, 5000))


def test_metrics_are_for_this_machine_or_the_holder_of_the_token(app, client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db, owner=make_person(db)))
        sign_up_guest(db, event, confirmed=False, email="secret@example.org")
        slug = event.slug
    client.get(f"/en/events/{slug}")
    client.request("BREW", "/en")
    told = near(app).get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = told.text
    series = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    shown = [each for each in series if 'route="events.show"' in each]
    assert any('portal_requests_total{method="GET"' in each for each in shown)
    assert any("_bucket" in each and 'le="+Inf"' in each and series[each] == "1" for each in shown)
    assert series["portal_letters_due"] == "1"
    assert series["portal_maintenance"] == "0"
    assert 'method="other"' in text
    assert "BREW" not in text
    assert slug not in text
    assert "@" not in text
    # A stranger, and a proxy of this machine that asks for one, find nothing.
    assert client.get("/metrics").status_code == 404
    assert near(app).get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404
    with_settings(app, metrics_token="only-prometheus-knows-it")
    assert near(app).get("/metrics").status_code == 404
    bearer = {"authorization": "Bearer only-prometheus-knows-it"}
    assert client.get("/metrics", headers=bearer).status_code == 200
    assert client.get("/metrics", headers={"authorization": "Bearer é".encode()}).status_code == 404


def test_reports_of_the_policy_are_counted_by_directive_and_nothing_else(app, client, caplog):
    assert "report-uri /csp-reports" in CONTENT_SECURITY_POLICY
    caplog.set_level(logging.WARNING, "portal.csp")
    for _ in range(MOST_LOGGED + 3):
        answer = client.post("/csp-reports", content=json.dumps(REPORT), headers=KIND)
        assert (answer.status_code, answer.content) == (204, b"")
    for odd in (b"{", b"[]", b'{"csp-report": {"violated-directive": "x\\n1"}}', b"[" * 5000):
        assert client.post("/csp-reports", content=odd, headers=KIND).status_code == 204
    assert client.post("/csp-reports", content=b"x" * 9000, headers=KIND).status_code == 413
    assert client.post("/csp-reports", data={"a": "b"}).status_code == 415
    elsewhere = {"sec-fetch-site": "cross-site", **KIND}
    assert client.post("/csp-reports", content=b"{}", headers=elsewhere).status_code == 403
    logged = [each.fields for each in caplog.records if each.name == "portal.csp"]
    assert logged == [{"directive": "script-src-elem"}] * MOST_LOGGED
    text = near(app).get("/metrics").text
    counted = {
        line.split('"')[1]: line[-2:]
        for line in text.splitlines()
        if "csp_reports_t" in line and "{" in line
    }
    assert counted == {"script-src-elem": "33", "other": " 1", "unreadable": " 3"}
    assert "secret" not in text
    assert "evil" not in text


def test_whoever_finds_a_hole_reads_whom_to_tell(app, client):
    assert client.get("/.well-known/security.txt").status_code == 404
    with_settings(app, security_contact="mailto:security@example.org")
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == "https://testserver/.well-known/security.txt"
    until = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=170) < until - clock.now() < timedelta(days=365)
    for unfit in ("security@example.org", "http://example.org", "mailto:a@b\nX: y"):
        with pytest.raises(ValueError, match="must be mailto"):
            Settings(security_contact=unfit)
