"""A database that is locked, started anew, or full."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.faults.people import Crowd, Watch
from tests.faults.stage import SAID, SECONDS, TYPED, Portal, check_refused, wait_until
from tests.postgres.server import own_postgres

# Seconds after which a writer is told at the latest: twice ten, in line and for the lock, and some.
LONGEST = 26


@contextlib.contextmanager
def room(mebibytes, owner=None):
    """A disk of its own with little room."""
    folder = Path(f"/tmp/faults-disk-{os.getpid()}-{time.time_ns()}")
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no disk can be mounted here: run as root")
    try:
        if owner:
            shutil.chown(folder, owner)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def refused_in_every_language(portal, server):
    """Asks at once in each, and looks at each answer."""

    def send(language):
        with server.browser() as browser:
            return browser.post(f"/{language}{portal.sign_up_path}", data=TYPED)

    with ThreadPoolExecutor(len(SAID)) as people:
        for language, answer in zip(SAID, people.map(send, SAID), strict=True):
            check_refused(answer, portal, language)


def back_after(portal, server):
    """Seconds until what was typed is taken."""

    def is_taken():
        with server.browser() as browser:
            return browser.post(f"/en{portal.sign_up_path}", data=TYPED).status_code == 303

    return round(wait_until(is_taken), 2)


def test_a_database_that_is_locked(portal, tell):
    with portal.serving() as server:
        with Watch(portal, server.address) as quiet:
            time.sleep(2)
        with portal.locked(), Watch(portal, server.address) as reader:
            begun = time.monotonic()
            with Crowd(portal, server.address, threads=12) as crowd:
                refused_in_every_language(portal, server)
                time.sleep(max(0.0, SECONDS - (time.monotonic() - begun)))
        back = back_after(portal, server)
    tell(
        locked_for=SECONDS,
        pages_read=reader.read,
        slowest_page=reader.slowest,
        slowest_page_before=quiet.slowest,
        writes_refused=len(crowd.answers),
        slowest_refusal=crowd.slowest,
        back_after=back,
    )
    assert not reader.bad
    assert crowd.count().keys() == {503}
    assert crowd.slowest < LONGEST
    assert reader.slowest < 5
    assert portal.lost([TYPED["email"]]) == []
    portal.verify()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_postgres_that_is_started_anew_under_load(tmp_path, loaded, how, tell):
    with own_postgres(tmp_path, "synchronous_commit=on") as postgres:
        portal = Portal(loaded, tmp_path / "portal", f"{postgres.address}/postgres")
        with portal.serving() as server, Crowd(portal, server.address) as crowd:
            time.sleep(3)
            postgres.end(how)
            refused_in_every_language(portal, server)
            with server.browser() as browser:
                page = browser.get("/ru/organizations")
            ended = time.monotonic()
            postgres.start()
            back = back_after(portal, server)
            time.sleep(2)
        tell(
            **{str(status): number for status, number in crowd.count().items()},
            told=len(crowd.told),
            away_for=round(time.monotonic() - ended - 2 - back, 2),
            back_after=back,
        )
        assert (page.status_code, page.headers["retry-after"]) == (503, "30")
        assert "перезапускается" in page.text
        assert crowd.count().keys() == {303, 503}
        assert portal.lost([TYPED["email"], *crowd.told]) == []
        portal.verify()


def filled(portal, server, disk, tell):
    """Fills the disk, signs up until nothing can be written, and makes room again."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(64 * 1024))
            file.flush()
    with Crowd(portal, server.address) as crowd:
        wait_until(lambda: crowd.count().get(503, 0) > 20)
        refused_in_every_language(portal, server)
        with Watch(portal, server.address) as reader:
            time.sleep(3)
        ballast.unlink()
        back = back_after(portal, server)
        time.sleep(1)
    tell(
        **{str(status): number for status, number in crowd.count().items()},
        told=len(crowd.told),
        pages_read=reader.read,
        slowest_page=reader.slowest,
        back_after=back,
    )
    assert not reader.bad
    assert crowd.count().keys() == {303, 503}
    assert portal.lost([TYPED["email"], *crowd.told]) == []
    portal.verify()


def test_sqlite_whose_disk_is_full(tmp_path, loaded, tell):
    with room(8) as disk:
        url = f"sqlite:///{disk / 'portal.db'}"
        portal = Portal(loaded, tmp_path / "portal", url, data_dir=disk)
        with portal.serving() as server:
            filled(portal, server, disk, tell)


def test_postgres_whose_disk_is_full(tmp_path, loaded, tell):
    """That of the tables; without room for its log PostgreSQL itself stops, as if started anew."""
    with own_postgres(tmp_path) as postgres, room(48, postgres.run_as) as disk:
        engine = create_engine(f"{postgres.address}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as administrator:
            administrator.execute(text(f"CREATE TABLESPACE small LOCATION '{disk}'"))
            administrator.execute(text("CREATE DATABASE portal TABLESPACE small"))
        portal = Portal(loaded, tmp_path / "portal", f"{postgres.address}/portal")
        with portal.serving() as server:
            filled(portal, server, disk, tell)
        with engine.connect() as administrator:
            administrator.execute(text("DROP DATABASE portal WITH (FORCE)"))
            administrator.execute(text("DROP TABLESPACE small"))
        engine.dispose()
