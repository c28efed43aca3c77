"""What a collector of traces is told: routes, classes of statements, kinds of letters; nobody."""

import subprocess
import sys

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from portal import HOME
from portal.app import create_app, with_page_cache
from portal.config.settings import Settings
from portal.observability.tracing import Tracing, statement_class
from portal.worker.loop import Worker
from tests.conftest import ADDRESS
from tests.emails.programme import NOW
from tests.receiver import receiving

SECRETS = (
    "secret-word",
    "secret-name",
    "aigerim",
    "Айгерім",
    "Dombra",
    "203.0.113.9",
    "SELECT events.",
)


def spans_of(taken):
    found = []
    for path, _headers, body in taken:
        assert path == "/v1/traces"
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            for scope in resource.scope_spans:
                found += scope.spans
    return found


def test_a_collector_is_told_of_routes_statements_and_letters_and_of_nobody(world):
    world.sign_up()
    with receiving() as (address, taken):
        settings = world.settings.model_copy(update={"traces_url": f"{address}/v1/traces"})
        app = create_app(settings)
        headers = {"origin": ADDRESS, "x-forwarded-for": "203.0.113.9", "traceparent": "00-1-1-01"}
        with TestClient(with_page_cache(app), base_url=ADDRESS, headers=headers) as browser:
            assert browser.get("/en/events?q=secret-word").status_code == 200
            assert browser.get("/en/events/secret-word").status_code == 404
            form = {"name": "secret-name", "email": "secret-word"}
            assert browser.post("/en/events/x/registration", data=form).status_code == 404
        worker = Worker(world.database, world.links, settings)
        worker.round(NOW)
        assert len(world.received()) == 1
        app.state.site.database.close()
        world.database.close()
        spans = spans_of(taken)
        sent = b"".join(body for _path, _headers, body in taken)
    by_name = {span.name: span for span in spans}
    assert {"GET events.index", "GET events.show", "POST registrations.create"} <= by_name.keys()
    assert {"letter confirmed", "SELECT events", "UPDATE emails"} <= by_name.keys()
    request = by_name["GET events.index"]
    told = {each.key: each.value for each in request.attributes}
    assert told["http.route"].string_value == "/{language}/events"
    assert told["http.response.status_code"].int_value == 200
    # What is asked of the database stands inside the request or the letter.
    spans_by_id = {span.span_id: span for span in spans}
    parents = {
        spans_by_id[span.parent_span_id].name for span in spans if span.name.startswith("SELECT")
    }
    assert {"GET events.index", "letter confirmed"} <= parents
    assert all(not span.events and not span.status.message for span in spans)
    for secret in SECRETS:
        assert secret.encode() not in sent, secret


def test_a_failed_statement_is_told_by_its_class_alone(world):
    with receiving() as (address, taken):
        settings = world.settings.model_copy(update={"traces_url": f"{address}/v1/traces"})
        database = create_app(world.settings).state.site.database
        tracing = Tracing(settings.traces_url)
        tracing.follow(database)
        with pytest.raises(DBAPIError), tracing.span("test", "INTERNAL"), database.writing() as db:
            db.connection().exec_driver_sql("SELECT 'secret-word' FROM nowhere")
        database.close()
        spans = {span.name: span for span in spans_of(taken)}
        assert b"secret-word" not in b"".join(body for _path, _headers, body in taken)
    failed = {each.key: each.value.string_value for each in spans["SELECT nowhere"].attributes}
    assert failed["error.type"] in {"OperationalError", "UndefinedTable"}
    assert spans["test"].status.code == spans["SELECT nowhere"].status.code == 2


def test_statements_are_told_by_verb_and_first_table():
    assert statement_class("SELECT events.id, 'x' FROM events JOIN b") == ("SELECT", "events")
    assert statement_class('INSERT INTO "people" (a) VALUES (?)') == ("INSERT", "people")
    assert statement_class("PRAGMA wal_checkpoint") == ("PRAGMA", "")


@pytest.mark.processes
def test_nothing_of_it_is_loaded_unless_it_is_wanted():
    look = (
        "import sys, portal.app, portal.worker.loop\n"
        "from portal.observability.tracing import tracing_of\n"
        "tracing_of('')\n"
        "print({'opentelemetry.sdk', 'opentelemetry.proto', 'requests'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
    for unfit in ("collector:4318", "ftp://127.0.0.1/x"):
        with pytest.raises(ValueError, match="must be an address"):
            Settings(traces_url=unfit)
