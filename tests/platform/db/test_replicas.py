"""Two replicas in little; what takes longer, behind real proxies, is run by `make replicas`."""

import subprocess

import pytest
from sqlalchemy import select

from portal.domain.events.models import Event
from tests.conftest import keep_session
from tests.factories import make_event, make_organization, make_person, session_cookie
from tests.forms import event_fields
from tests.processes import free_port
from tests.replicas.proxies import configured, program

pytestmark = pytest.mark.both_engines


@pytest.fixture
def other(browser_at):
    """A browser at another replica with the same settings."""
    return browser_at()


def test_what_one_replica_writes_the_next_request_sees_on_the_other(client, other, database):
    with database.writing() as db:
        owner = make_person(db)
        slug = make_event(db, make_organization(db, owner=owner)).slug
    path, session = f"/kk/events/{slug}", session_cookie(database, owner)
    for replica, writer in ((other, client), (client, other), (other, client)):
        kept = replica.get(path)
        assert kept.headers["cache-control"] == "public, no-cache"
        keep_session(writer, session)
        with database.reading() as db:
            revision = db.scalar(select(Event.revision).where(Event.slug == slug))
        title = f"Кеш {revision} осы"
        typed = event_fields(title_kk=title, revision=str(revision))
        assert writer.post(f"/kk/manage/events/{slug}", data=typed).status_code == 303
        own = writer.get(path)
        writer.cookies.clear()
        shown = replica.get(path, headers={"if-none-match": kept.headers["etag"]})
        assert shown.status_code == 200
        assert title in own.text
        assert title in shown.text
        # Who is signed in is shown to nobody else, and kept by no cache.
        assert own.headers["cache-control"] == "private, no-store"
        assert session not in shown.text


def test_nginx_can_read_the_configuration_that_is_shipped(tmp_path):
    conf, _certificate = configured(tmp_path, [8001, 8002], free_port())
    command = [program("nginx"), "-t", "-p", tmp_path / "run", "-c", conf]
    read = subprocess.run(command, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert "warn" not in read.stderr
    (conf.parent / "replicas.conf").write_text("server nobody's;")
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
