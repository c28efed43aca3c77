"""What is told to those who watch, and to nobody else; nobody's data is in it."""

import json
import logging
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from portal.app import with_page_cache
from portal.config.settings import Settings
from portal.core import clock
from portal.observability.metrics import Meters
from portal.web.http.middleware.security_headers import CONTENT_SECURITY_POLICY
from portal.web.system.metrics import MAX_LOGGED
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


def series_of(text):
    """The values of an answer for Prometheus, by names and labels."""
    return {
        (sample.name, *pairs(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def pairs(labels):
    return sorted(labels.items())


def near(app, host="127.0.0.1"):
    return TestClient(with_page_cache(app), base_url=ADDRESS, client=(host, 5000))


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
    read = series_of(text)
    process = str(os.getpid())
    event = {"route": "events.show", "process": process}
    counted = event | {"method": "GET", "status": "2xx"}
    assert read["portal_requests_total", *pairs(counted)] == 1
    taken = read["portal_request_seconds_sum", *pairs(event)]
    assert 0 < taken < 60
    bounds = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "+Inf")
    for bound in bounds:
        below = read["portal_request_seconds_bucket", *pairs(event | {"le": bound})]
        assert below == (taken <= float(bound))
    assert read["portal_request_seconds_count", *pairs(event)] == 1
    assert read["portal_emails_due",] == 1
    assert read["portal_maintenance",] == 0
    own = ("process", process)
    assert 0 <= time.time() - read["process_start_time_seconds", own] < 3600
    assert 10**6 < read["process_resident_memory_bytes", own] < 10**11
    assert "_created" not in text
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


def test_applications_of_one_process_count_apart():
    first, second = Meters(), Meters()
    first.record_request("GET", "events.show", 200, 0.01)
    first.record_request("GET", "events.show", 204, 0.01)
    assert b'status="2xx"} 2.0' in first.exposition({})
    assert b"events.show" not in second.exposition({"portal_maintenance": 1})
    assert b"portal_maintenance 1.0" in second.exposition({"portal_maintenance": 1})


def test_reports_of_the_policy_are_counted_by_directive_and_nothing_else(app, client, caplog):
    assert "report-uri /csp-reports" in CONTENT_SECURITY_POLICY
    caplog.set_level(logging.WARNING, "portal.csp")
    for _ in range(MAX_LOGGED + 3):
        answer = client.post("/csp-reports", content=json.dumps(REPORT), headers=KIND)
        assert (answer.status_code, answer.content) == (204, b"")
    for odd in (b"{", b"[]", b'{"csp-report": {"violated-directive": "x\\n1"}}', b"[" * 5000):
        assert client.post("/csp-reports", content=odd, headers=KIND).status_code == 204
    assert client.post("/csp-reports", content=b"x" * 9000, headers=KIND).status_code == 413
    assert client.post("/csp-reports", data={"a": "b"}).status_code == 415
    elsewhere = {"sec-fetch-site": "cross-site", **KIND}
    assert client.post("/csp-reports", content=b"{}", headers=elsewhere).status_code == 403
    logged = [each.fields for each in caplog.records if each.name == "portal.csp"]
    assert logged == [{"directive": "script-src-elem"}] * MAX_LOGGED
    text = near(app).get("/metrics").text
    counted = {
        dict(labels)["directive"]: value
        for (name, *labels), value in series_of(text).items()
        if name == "portal_csp_reports_total"
    }
    assert counted == {"script-src-elem": 33, "other": 1, "unreadable": 3}
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
