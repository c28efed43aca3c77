"""Servers of others that take a connection and never answer."""

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.people import Watch
from tests.pages import words

PEOPLE = 20
# portal.web.providers.provider.SECONDS_IN_ALL and twice portal.net.safe_http.SECONDS, and some.
PROVIDER_SECONDS, PROOF_SECONDS = 17, 12
LONGEST_PAGE = 5


@pytest.fixture
def silence():
    """The port of somebody who takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield server.getsockname()[1]


def everybody(send):
    """So many at once; their answers and the seconds of the slowest."""
    begun = time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as people:
        answers = list(people.map(send, range(PEOPLE)))
    return answers, round(time.monotonic() - begun, 1)


@contextlib.contextmanager
def readers(portal, server):
    """Whose pages come as ever."""
    with Watch(portal, server.address) as reader:
        yield reader
    assert not reader.bad
    assert reader.slowest < LONGEST_PAGE


def test_a_provider_that_never_answers(portal, silence, tell):
    provider = {
        "oidc_issuer": f"http://127.0.0.1:{silence}",
        "oidc_client_id": "portal",
        "oidc_client_secret": "x" * 32,
    }

    with portal.serving(**provider) as server:

        def sign_in(_number):
            with server.browser() as browser:
                return browser.post("/ru/sign-in")

        with readers(portal, server) as reader:
            answers, slowest = everybody(sign_in)
    assert {answer.status_code for answer in answers} == {503}
    assert "Служба входа сейчас не отвечает" in words(answers[0])
    assert slowest < PROVIDER_SECONDS
    tell(signing_in=PEOPLE, told_after=slowest, pages_read=reader.read, slowest_page=reader.slowest)
    portal.verify()


def test_a_domain_that_never_answers(portal, silence, tell):
    organization = portal.seeded["organizations"]["b"]["slug"]
    path = f"/en/manage/{organization}/verification"
    owner = portal.signed_in("owner-b")
    with portal.serving(outside=silence) as server:

        def prove(_number):
            with server.browser() as browser:
                return browser.post(f"{path}/proof", headers=owner)

        with server.browser() as browser:
            form = {"method": "domain", "domain": "example.org"}
            assert browser.post(path, data=form, headers=owner).status_code == 303
        with readers(portal, server) as reader:
            answers, slowest = everybody(prove)
    assert {answer.status_code for answer in answers} == {409}
    assert "example.org" in words(answers[0])
    assert slowest < PROOF_SECONDS
    tell(asking=PEOPLE, told_after=slowest, pages_read=reader.read, slowest_page=reader.slowest)
    portal.verify()
