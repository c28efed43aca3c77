"""No cache before the portal shows anybody what is another's, or what has changed since."""

import re
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from portal.web.http.policies import Cache
from portal.web.http.static import FOREVER
from tests.architecture.route_cases import TRIES
from tests.architecture.test_routes import ROUTES, path_of
from tests.factories import session_cookie
from tests.forms import event_fields
from tests.replicas.proxies import cdn, nginx, squid
from tests.replicas.stage import Replica, browser, wait_until

# Obeys what answers say of themselves, as nginx does unless told otherwise.
OBEYS = "proxy_cache all;"
# Keeps everything for everybody, as an operator might be tempted to.
HEEDLESS = (
    "proxy_cache all; proxy_cache_valid any 1m; proxy_cache_key $uri$is_args$args; "
    "proxy_ignore_headers Cache-Control Vary Set-Cookie Expires;"
)
VISITORS = ("owner", "holder", "administrator")
# Of pages: the wheel's hands move, as times do and the room on the disk, and secrets for forms are
# fresh every time.
MOVING = re.compile(
    r"<svg.*?</svg>|value=\"[\w-]{43,}\"|\d+ (?:second|minute)s? ago|[\d.,]+\sMB"
    r"|POT-Creation-Date: [^\\]+",
    re.DOTALL,
)
# The picture of a public event is the same for everybody, and for good.
PICTURE = "images.show"
# Answered by the proxy itself, or of the one process that is asked.
NOT_ASKED = {"static", "health.alive", "health.ready", "monitoring.metrics"}


CACHES = pytest.mark.parametrize("proxy", ["nginx", "squid", "cdn"], indirect=True)


@pytest.fixture(scope="module")
def before_cdn(folder, settings, world):
    """A replica that lets CDNs show what is a little old."""
    one = Replica(folder, settings | {"cdn_stale_seconds": "30"})
    try:
        one.start()
        yield one
    finally:
        one.stop()


@pytest.fixture(params=["no cache", "nginx", "squid"])
def proxy(request, replicas, settings, tmp_path):
    """The public address, with each kind of cache between."""
    ports, public = [each.port for each in replicas], urlsplit(settings["base_url"]).port
    with ExitStack() as running:
        if request.param == "squid":
            ports = [running.enter_context(squid(tmp_path, ports))]
        if request.param == "cdn":
            one = request.getfixturevalue("before_cdn")
            ports = [running.enter_context(cdn(tmp_path, [one.port]))]
        cache = OBEYS if request.param == "nginx" else ""
        yield running.enter_context(nginx(tmp_path, ports, public, cache))


@pytest.fixture(scope="module")
def paths(world):
    """Every page there is, by its route's name, with something behind each."""
    return {
        name: (path_of(name, attempt.values(world)), attempt.query)
        for name, attempt in TRIES.items()
        if ROUTES[name].method == "GET" and name not in NOT_ASKED
    }


@pytest.fixture(scope="module")
def sessions(world, shared):
    return {name: session_cookie(shared, world.people[name]) for name in VISITORS}


def seen(browser, path, query):
    """What somebody gets of a page: status, what headers say of keeping it, cookies, words."""
    answer = browser.get(path, params=query)
    kept = [answer.headers.get(name) for name in ("cache-control", "location", "etag", "vary")]
    return answer.status_code, kept, sorted(_set_by(answer)), MOVING.sub("", answer.text)


def _set_by(answer):
    """Names of the cookies that are set, and their flags."""
    for line in answer.headers.get_list("set-cookie"):
        name, *flags = (part.strip().split("=")[0] for part in line.split(";"))
        yield name, tuple(sorted(flags))


def leaks(proxy, settings, replicas, paths, sessions):
    """Whom the proxy showed of which pages what a replica itself would not have shown them."""
    found = []
    visitors = {name: {"session": token} for name, token in sessions.items()}
    visitors |= {"traveller": {"cookie": "time_zone=Asia/Tokyo"}, "stranger": {}}
    # Those first who have something to lose, and one of them again.
    for name, who in [*visitors.items(), ("owner", visitors["owner"])]:
        with (
            proxy.browser(**who) as through,
            browser(replicas[0].address, settings["base_url"], **who) as past,
        ):
            for page, (path, query) in paths.items():
                given, meant = seen(through, path, query), seen(past, path, query)
                if given != meant:
                    found.append((name, page, given[:3], meant[:3]))
                others = [token for owner, token in sessions.items() if owner != name]
                found += [(name, page, token) for token in others if token in given[3]]
    return found


@CACHES
def test_nobody_gets_what_is_anothers(proxy, settings, replicas, paths, sessions):
    assert leaks(proxy, settings, replicas, paths, sessions) == []


def test_a_cache_that_heeds_nothing_is_found_out(replicas, settings, paths, sessions, tmp_path):
    public = urlsplit(settings["base_url"]).port
    with nginx(tmp_path, [each.port for each in replicas], public, HEEDLESS) as proxy:
        found = leaks(proxy, settings, replicas, paths, sessions)
    assert {each[0] for each in found} >= {"holder", "traveller", "stranger"}
    assert ("stranger", "profile.edit") in {each[:2] for each in found}


@CACHES
def test_answers_say_who_may_keep_them(proxy, paths, sessions):
    with proxy.browser() as stranger, proxy.browser(sessions["owner"]) as member:
        for name, (path, query) in paths.items():
            answer, own = stranger.get(path, params=query), member.get(path, params=query)
            if name == PICTURE:
                assert answer.headers["cache-control"] == FOREVER
                continue
            vary = {each.strip() for each in answer.headers.get("vary", "").split(",")}
            if ROUTES[name].cache is Cache.PUBLIC:
                assert answer.headers["cache-control"] == "public, no-cache", name
                needed = {"Cookie", "Accept-Encoding"} if answer.is_success else {"Cookie"}
                assert vary >= needed, name
                assert "set-cookie" not in answer.headers, name
            else:
                assert "no-store" in answer.headers["cache-control"], name
            assert "no-store" in own.headers["cache-control"], name
            for cookie, flags in [*_set_by(answer), *_set_by(own)]:
                assert cookie == "time_zone" or cookie.startswith("__Host-"), name
                assert {"HttpOnly", "Secure", "Path", "SameSite"} <= set(flags), (name, flags)
                assert "Domain" not in flags, name


def test_a_write_through_one_replica_is_seen_by_the_next_request_everywhere(
    request, proxy, settings, replicas, world, sessions
):
    slug, public = world.event()["slug"], settings["base_url"]
    with ExitStack() as opened:
        editors = [browser(each.address, public, sessions["owner"]) for each in replicas]
        readers = [proxy.browser(), proxy.browser(**{"accept-encoding": "identity"})]
        readers += [browser(each.address, public) for each in replicas]
        for each in (*editors, *readers):
            opened.enter_context(each)
        known = [{} for _reader in readers]
        told = set()
        for turn in range(20):
            title = f"Кеш {turn} осы"
            typed = event_fields(title_kk=title, revision=world.revision(slug))
            answer = editors[turn % 2].post(f"/kk/manage/events/{slug}", data=typed)
            assert answer.status_code == 303, answer.text
            for has_it in (False, True, True):
                for reader, kept in zip(readers, known, strict=True):
                    page = reader.get(f"/kk/events/{slug}", headers=kept)
                    # A cache of nginx never asks whether what a browser has is still true.
                    assert page.status_code == 200 or (has_it and page.status_code == 304)
                    assert page.status_code == 304 or title in page.text
                    kept["if-none-match"] = page.headers["etag"]
                    told.add(page.headers.get("cache-status", ""))
    # It has given what it had kept, after asking.
    is_kept = any("hit" in each for each in told)
    assert is_kept is (request.node.callspec.params["proxy"] == "squid")


@pytest.mark.parametrize("proxy", ["cdn"], indirect=True)
def test_a_cdn_shows_strangers_what_was_there_while_it_asks_and_members_what_is(
    proxy, before_cdn, settings, world, sessions
):
    slug, public = world.event()["slug"], settings["base_url"]
    page = f"/kk/events/{slug}"
    with (
        browser(before_cdn.address, public, sessions["owner"]) as editor,
        proxy.browser() as stranger,
        proxy.browser(sessions["owner"]) as member,
    ):
        before = stranger.get(page)
        time.sleep(2.1)  # for a second, as nginx counts them, nobody is asked
        title = "Енді ғана жазылған"
        typed = event_fields(title_kk=title, revision=world.revision(slug))
        assert editor.post(f"/kk/manage/events/{slug}", data=typed).status_code == 303
        assert title in member.get(page).text
        shown = stranger.get(page)
        assert shown.text == before.text
        assert title not in shown.text
        assert shown.headers["cache-status"] == "STALE"
        # It has asked meanwhile, and browsers are told to ask each time, as ever.
        wait_until(lambda: title in stranger.get(page).text, proxy.process)
        assert shown.headers["cache-control"] == "public, no-cache"
