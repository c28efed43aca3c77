"""How often forms that write to somebody may be sent, in memory and in a store that is shared."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from starlette.requests import Request

from portal.app import create_app
from portal.config.settings import Settings, SettingsError, load_settings
from portal.domain.emails.models import Email
from portal.domain.moderation.models import Report
from portal.web.http.rate_limits import Limit, RateLimiter, TooOftenError, client_of
from tests.conftest import SEAL, open_browser
from tests.factories import make_event, make_organization
from tests.pages import page_of, value_of, words
from tests.processes import free_port, serving

REPORT = {"item": "organization:ours", "reason": "spam", "text": "Words & <more>", "email": ""}
PER_CLIENT = 20


@pytest.fixture
def limited(settings, database):
    """Browsers at a portal that counts, each from its own client address."""
    app = create_app(Settings(**settings.model_dump() | {"rate_limits": True}))
    with database.writing() as db:
        make_organization(db, "ours")

    def browser(client="203.0.113.1"):
        return open_browser(app, client=(client, 50_000))

    yield browser
    app.state.site.database.close()


def count(database, model):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(model))


@pytest.mark.both_engines
def test_whoever_is_too_fast_is_told_when_to_go_on_and_loses_nothing(limited, database):
    browser = limited()
    for _report in range(PER_CLIENT):
        assert browser.post("/en/reports", data=REPORT).status_code == 303
    answer = browser.post("/en/reports", data=REPORT)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 3_600
    assert answer.headers["cache-control"] == "no-store"
    assert "It works again in " in words(answer)
    assert value_of(answer, "text") == "Words & <more>"
    (form,) = page_of(answer).xpath("//main//form")
    assert form.get("action") == "/en/reports"
    assert count(database, Report) == PER_CLIENT
    # Others are not held up, nor is anything that writes to nobody.
    assert limited("203.0.113.2").post("/en/reports", data=REPORT).status_code == 303
    assert browser.get("/en/organizations/ours").status_code == 200


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("language", "said"), [("kk", "Сәл баяулаңызшы"), ("ru", "Чуть помедленнее, пожалуйста")]
)
def test_the_page_speaks_the_readers_language(limited, language, said):
    browser = limited()
    for _report in range(PER_CLIENT):
        browser.post(f"/{language}/reports", data=REPORT)
    assert said in words(browser.post(f"/{language}/reports", data=REPORT))


@pytest.mark.both_engines
def test_what_was_typed_can_be_sent_again_when_the_window_has_moved_on(
    limited, database, monkeypatch
):
    browser = limited()
    for _report in range(PER_CLIENT):
        browser.post("/en/reports", data=REPORT)
    refused = browser.post("/en/reports", data=REPORT)
    assert refused.status_code == 429
    typed = {
        field.get("name"): field.get("value")
        for field in page_of(refused).xpath("//main//input[@type='hidden']")
    }
    ahead = time.time() + int(refused.headers["retry-after"]) + 1
    monkeypatch.setattr(time, "time", lambda: ahead)
    assert browser.post("/en/reports", data=typed).status_code == 303
    assert count(database, Report) == PER_CLIENT + 1


@pytest.mark.both_engines
def test_an_address_is_counted_wherever_the_forms_come_from(limited, database):
    """Nobody's mailbox is flooded from many places; other addresses go on."""
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=None).slug
    path = f"/en/events/{slug}/registration"
    spellings = ["Dana@Example.org", "dana@example.org "]
    for number in range(20):
        form = {"name": "Dana", "email": spellings[number % 2]}
        assert limited(f"203.0.113.{number}").post(path, data=form).status_code == 303
    form = {"name": "Dana", "email": "DANA@example.org"}
    assert limited("198.51.100.1").post(path, data=form).status_code == 429
    form = {"name": "Dana", "email": "other@example.org"}
    assert limited("198.51.100.1").post(path, data=form).status_code == 303
    assert count(database, Email) == 2


@pytest.mark.both_engines
def test_what_is_refused_as_unfit_is_not_counted(limited):
    browser = limited()
    for _report in range(PER_CLIENT + 5):
        assert browser.post("/en/reports", data=REPORT | {"reason": ""}).status_code == 422
    assert browser.post("/en/reports", data=REPORT).status_code == 303


@pytest.mark.both_engines
def test_asking_for_translations_has_an_end_too(limited):
    browser, path = limited(), "/ru/translation-requests/organization/ours"
    for _request in range(60):
        assert browser.post(path).status_code == 303
    assert browser.post(path).status_code == 429
    assert limited("203.0.113.2").post(path).status_code == 303


def request_from(host):
    return Request({"type": "http", "client": (host, 1) if host else None, "headers": []})


def test_a_household_of_many_ipv6_addresses_is_one_client():
    first = client_of(request_from("2001:db8:1:2:3::4"))
    assert first == client_of(request_from("2001:db8:1:2:ffff::1"))
    assert first != client_of(request_from("2001:db8:1:3::4"))
    assert client_of(request_from("::ffff:203.0.113.7")) == "203.0.113.7"
    assert client_of(request_from("203.0.113.7")) == "203.0.113.7"
    assert client_of(request_from(None)) == client_of(request_from("unknown"))


@pytest.mark.processes
@pytest.mark.parametrize("trusted", [True, False])
def test_forwarded_addresses_are_believed_from_the_operators_proxies_alone(
    settings, database, tmp_path, trusted
):
    """Through a real server: a client that names another address each time."""
    with database.writing() as db:
        make_organization(db, "ours")
    database.close()
    given = {
        "database_url": settings.database_url,
        "seal_key_file": settings.seal_key_path,
        "rate_limits": "true",
        "trusted_proxies": "127.0.0.1" if trusted else "192.0.2.1",
    }
    with serving(tmp_path, **given) as server, server.browser() as browser:
        statuses = {
            browser.post(
                "/en/reports", data=REPORT, headers={"x-forwarded-for": f"203.0.113.{number}"}
            ).status_code
            for number in range(PER_CLIENT + 1)
        }
    assert statuses == ({303} if trusted else {303, 429})


# A store that several replicas share


@contextmanager
def _redis(folder):
    """The address of a server with an empty store: the one that is named, or one of our own."""
    if given := os.environ.get("PORTAL_TEST_REDIS_URL"):
        yield given
        return
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(
        [*command, "--dir", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and not _answers(port):
            assert server.poll() is None
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(30)


def _answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def shared(tmp_path):
    """A store's address; where there is none, that is said, and in CI it is a failure."""
    if not (os.environ.get("PORTAL_TEST_REDIS_URL") or shutil.which("redis-server")):
        assert not os.environ.get("CI"), "redis-server is needed in CI"
        pytest.skip("no redis-server on this machine: install it to run this")
    with _redis(tmp_path) as address:
        yield address


def limiter(url="", **changes):
    return RateLimiter(Settings(rate_limit_url=url, **changes), SEAL.index)


def hits(limiter, number, host="203.0.113.9"):
    """How many of so many are let through."""
    passed = 0
    for _hit in range(number):
        try:
            limiter.check(Limit.REPORT, request_from(host))
        except TooOftenError:
            continue
        passed += 1
    return passed


@pytest.mark.processes
@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_replicas_share_one_count(shared, scheme):
    url = shared.replace("redis", scheme, 1)
    one, other = limiter(url), limiter(url)
    assert hits(one, 12) + hits(other, 12) == PER_CLIENT
    # Without a shared store each counts for itself.
    assert hits(limiter(), 12) + hits(limiter(), 12) == 24


@pytest.mark.processes
def test_the_store_knows_no_addresses(shared):
    import redis

    limiter(shared).check(Limit.REPORT, request_from("203.0.113.9"), "dana@example.org")
    with redis.Redis(port=urlsplit(shared).port, host="127.0.0.1") as store:
        keys = b"\n".join(store.keys())
    assert keys
    assert b"203.0.113.9" not in keys
    assert b"dana" not in keys


def test_a_store_that_is_away_neither_opens_nor_closes_the_portal():
    port = free_port()
    assert hits(limiter(f"redis://127.0.0.1:{port}"), PER_CLIENT + 5) == PER_CLIENT


def test_limits_can_be_switched_off_for_measuring():
    assert hits(limiter(rate_limits=False), PER_CLIENT + 5) == PER_CLIENT + 5


def test_the_store_must_be_one_that_is_known(monkeypatch):
    for wrong in ("memcached://127.0.0.1", "redis://", "http://127.0.0.1"):
        monkeypatch.setenv("PORTAL_RATE_LIMIT_URL", wrong)
        with pytest.raises(SettingsError, match="PORTAL_RATE_LIMIT_URL"):
            load_settings()
    monkeypatch.setenv("PORTAL_RATE_LIMIT_URL", "valkeys://store.example.org:6380/1")
    assert load_settings().rate_limit_url.startswith("valkeys://")


def test_every_class_counts_for_itself():
    """Two classes with the same numbers would be one and the same."""
    assert len({limit.value for limit in Limit}) == len(Limit)
    one = limiter()
    assert hits(one, PER_CLIENT) == PER_CLIENT
    one.check(Limit.APPEAL, request_from("203.0.113.9"))
