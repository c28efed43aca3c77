"""Replicas are upgraded one after another while people read and sign up, and nobody notices."""

import itertools
import re
import subprocess
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from portal import HOME
from portal.db import schema
from portal.domain.events.models import Event
from portal.domain.registrations.models import Registration
from tests.factories import session_cookie
from tests.processes import COMMAND, environment
from tests.replicas.proxies import nginx
from tests.replicas.releases import CONTRACT, EXPAND, UNUSED, make_release

SHEET = re.compile(r'href="(/static/shanyraq-[^"]+\.css)"')


class Load:
    """People who read and sign up without a pause, and what they were answered."""

    def __init__(self, proxy, slug, session):
        self.proxy, self.slug, self.session = proxy, slug, session
        self.answers, self.failures, self.sheets = Counter(), [], set()
        self._numbers, self._stop = itertools.count(), threading.Event()
        kinds = (self._read, self._read, self._sign_up, self._visit)
        self._threads = [threading.Thread(target=self._go_on, args=(each,)) for each in kinds]

    def __enter__(self):
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_failure):
        self._stop.set()
        for each in self._threads:
            each.join()

    def _go_on(self, act):
        session = self.session if act == self._visit else None
        with self.proxy.browser(session) as browser:
            while not self._stop.is_set():
                time.sleep(0.02)
                try:
                    act(browser)
                except Exception as error:  # noqa: BLE001 - whatever it is, somebody has noticed
                    self.failures.append((time.monotonic(), act.__name__, repr(error)))

    def _take(self, kind, answer, expected=200):
        self.answers[kind] += 1
        if answer.status_code != expected:
            self.failures.append((time.monotonic(), kind, answer.status_code, answer.text[:200]))

    def _read(self, browser):
        self._take("list", browser.get("/en/events"))
        page = browser.get(f"/en/events/{self.slug}")
        self._take("event", page)
        sheet = SHEET.search(page.text)[1]
        self.sheets.add(sheet)
        self._take("style sheet", browser.get(sheet))

    def _visit(self, browser):
        self._take("profile", browser.get("/en/profile"))

    def _sign_up(self, browser):
        number = next(self._numbers)
        typed = {"name": f"Guest {number}", "email": f"guest-{number}@example.org"}
        path = f"/en/events/{self.slug}/registration"
        self._take("sign-up", browser.post(path, data=typed), 303)


@pytest.fixture
def load(replicas, settings, world, shared, tmp_path):
    slug = world.event(capacity=None)["slug"]
    session = session_cookie(shared, world.people["holder"])
    public = urlsplit(settings["base_url"]).port
    with (
        nginx(tmp_path, [each.port for each in replicas], public) as proxy,
        Load(proxy, slug, session) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """The three releases in which a column comes, is used no more, and goes."""
    folder = tmp_path_factory.mktemp("releases")
    ours = schema.VERSION
    return {
        "expand": make_release(folder, ours, "expand", EXPAND, ours, uses_column=True),
        "unused": make_release(folder, "expand", "unused", UNUSED, ours, uses_column=False),
        "contract": make_release(
            folder, "unused", "contract", CONTRACT, "unused", uses_column=False
        ),
    }


def migrate(home, folder, settings, times=2):
    """`portal migrate` of a release, begun by several at once: their codes and what they said."""
    given = environment(folder, **settings) | {"PYTHONPATH": str(home)}
    begun = [
        subprocess.Popen(
            [*COMMAND, "migrate"], cwd=home, env=given, stderr=subprocess.PIPE, text=True
        )
        for _each in range(times)
    ]
    return [(each.communicate()[1], each.returncode) for each in begun]


def signed_up(shared, slug):
    with shared.reading() as db:
        event = db.scalars(select(Event.id).where(Event.slug == slug)).one()
        of_event = select(func.count()).where(Registration.event_id == event)
        return db.scalar(of_event)


def test_a_replica_that_dies_takes_no_reader_along(load, replicas):
    time.sleep(1)
    load.answers.clear()
    replicas[1].kill()
    time.sleep(3)
    replicas[1].start()
    time.sleep(1)
    # A form that was on its way to it is not sent a second time.
    assert [each for each in load.failures if each[1] != "sign-up"] == []
    assert len(load.failures) <= 1
    assert load.answers["event"] > 10


def test_nobody_notices_an_upgrade(load, replicas, releases, folder, settings, shared):
    time.sleep(1)
    for name, home in releases.items():
        assert migrate(home, folder, settings) == [("", 0), ("", 0)]
        # The code before goes on and says that it is ready, on a schema that it does not know.
        assert [each.ready() for each in replicas] == [200, 200]
        assert schema.stored_version(shared) == name
        before = sum(load.answers.values())
        time.sleep(1)
        assert sum(load.answers.values()) > before
        for each in replicas:
            each.stop()
            each.start(home)
            time.sleep(0.5)
    time.sleep(1)
    assert load.failures == []
    assert len(load.sheets) == 1 + len(releases)
    assert min(load.answers.values()) > 20
    print(dict(load.answers))  # by make replicas REPLICAS='-s …'
    load.__exit__()
    assert signed_up(shared, load.slug) == load.answers["sign-up"]
    # What the last schema does not serve any more neither starts nor says that it is ready.
    assert not schema.may_serve(shared)
    refused = subprocess.run(
        [*COMMAND, "serve"],
        cwd=HOME,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, "portal migrate" in refused.stderr) == (1, True)
