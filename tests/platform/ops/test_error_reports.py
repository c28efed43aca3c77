"""What a Sentry-compatible server is told of a fault: where it happened, and of nobody."""

import json
import logging

import pytest

from portal.config.dsn import Destination, destination_of
from portal.config.settings import Settings
from portal.observability.error_reports import MAX_PER_MINUTE, ErrorReports
from portal.web.registrations import routes
from tests.receiver import receiving

SECRETS = ("secret-word", "secret-name", "secret-cookie", "secret-error", "guest@example.org")
FORM = {"name": "secret-name", "email": "guest@example.org"}


def reporting(address):
    handler = ErrorReports(address.replace("http://", "http://public-key@") + "/errors/7")
    logging.getLogger().addHandler(handler)
    return handler


def event_in(body):
    header, item, event = body.decode().strip().split("\n")
    assert json.loads(item) == {"type": "event", "length": len(event)}
    event = json.loads(event)
    assert json.loads(header) == {"event_id": event["event_id"]}
    return event


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fault_is_told_with_its_way_through_the_code_and_nothing_of_anybody(client, monkeypatch):
    def answer(ctx, _slug, form):
        typed, request = form.values["name"], ctx.request
        try:
            raise ValueError(f"secret-error {typed}")
        except ValueError as error:
            raise RuntimeError(f"secret-error at {request.url}") from error

    monkeypatch.setattr(routes, "_sign_up_request", answer)
    with receiving() as (address, taken):
        handler = reporting(address)
        try:
            client.cookies.set("x", "secret-cookie")
            sent = client.post("/en/events/secret-word/registration?a=secret-word", data=FORM)
            assert sent.status_code == 500
        finally:
            logging.getLogger().removeHandler(handler)
            handler.close()
        ((path, headers, body),) = taken
    assert path == "/errors/api/7/envelope/"
    assert headers["content-type"] == "application/x-sentry-envelope"
    assert "sentry_key=public-key" in headers["x-sentry-auth"]
    event = event_in(body)
    assert event["transaction"] == "registrations.create"
    cause, error = event["exception"]["values"]
    assert (cause["type"], error["type"]) == ("ValueError", "RuntimeError")
    last = error["stacktrace"]["frames"][-1]
    assert last["function"].endswith("answer")
    assert last["filename"] == "platform/ops/test_error_reports.py"
    assert set(last) == {"filename", "module", "function", "lineno", "in_app"}
    assert set(error) == {"type", "module", "stacktrace"}
    for secret in SECRETS:
        assert secret not in body.decode(), secret


def test_many_faults_are_told_some_times_and_a_server_that_is_away_harms_nobody():
    logger = logging.getLogger("portal.tests")
    logger.setLevel(logging.WARNING)  # whatever commands of other tests have set
    with receiving() as (address, taken):
        handler = reporting(address)
        for _ in range(MAX_PER_MINUTE + 5):
            logger.warning("again", exc_info=KeyError("secret-word"))
        logger.error("without an error")
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert len(taken) == MAX_PER_MINUTE
    handler = reporting(address)  # nobody listens there any more
    logger.error("alone", exc_info=KeyError("secret-word"))
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert not handler._thread.is_alive()


def test_a_destination_is_a_dsn():
    assert destination_of("https://key@errors.example.org:8443/a/7") == Destination(
        "https://errors.example.org:8443/a/api/7/envelope/",
        "key",
    )
    for unfit in ("https://errors.example.org/7", "https://key@errors.example.org", "key@x/7"):
        with pytest.raises(ValueError, match="must be https"):
            Settings(error_reports_url=unfit)
