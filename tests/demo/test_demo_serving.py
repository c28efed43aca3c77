"""Serving an application in a thread, for the demonstration and for tests."""

import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from portal.demo.services.serving import listener_on, running, url_of


async def who_asks(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.client.host if request.client else "")


APP = Starlette(routes=[Route("/", who_asks)])


def test_an_application_answers_while_it_runs_and_not_after() -> None:
    with running(APP) as address:
        assert httpx.get(address, trust_env=False).status_code == httpx.codes.OK
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


def test_an_address_can_be_known_before_the_application_is_made() -> None:
    listener = listener_on()
    address = url_of(listener)

    with running(APP, listener=listener) as served:
        assert served == address


def test_a_port_can_be_chosen_and_is_free_again_afterwards() -> None:
    with listener_on() as listener:
        port = listener.getsockname()[1]

    for _ in range(2):
        with running(APP, port=port) as address, httpx.Client(trust_env=False) as http:
            assert address == f"http://127.0.0.1:{port}"
            assert http.get(address).status_code == httpx.codes.OK


def test_whoever_asks_cannot_choose_their_address() -> None:
    with running(APP) as address:
        forged = {"X-Forwarded-For": "192.0.2.1"}
        assert httpx.get(address, headers=forged, trust_env=False).text == "127.0.0.1"


def test_an_application_that_cannot_start_is_an_error_and_leaves_the_port() -> None:
    async def fails_at_start(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed", "message": "on purpose"})

    listener = listener_on()
    with (
        pytest.raises(RuntimeError, match="did not start"),
        running(fails_at_start, listener=listener),
    ):
        pytest.fail("it runs")
    assert listener.fileno() == -1


def test_what_goes_wrong_inside_the_block_comes_out_of_it() -> None:
    with pytest.raises(LookupError), running(APP):
        raise LookupError


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_the_servers_are_for_this_machine_alone(host: str) -> None:
    with pytest.raises(ValueError, match="this machine alone"):
        listener_on(host)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine speaks no IPv6")
def test_the_newer_loopback_address_is_written_in_brackets() -> None:
    try:
        listener = listener_on("::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback address")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")
