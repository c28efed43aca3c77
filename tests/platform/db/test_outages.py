"""A database that lets nobody write: pages are read, and nothing that was typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import anyio
import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError

from portal.db import engine as databases
from portal.db import outages
from portal.db.engine import sqlite_module
from portal.domain.registrations.models import Registration
from portal.web.http import threads
from tests.factories import make_event, make_organization
from tests.pages import page_of, words

pytestmark = pytest.mark.both_engines

TYPED = {"name": "Айгерім", "email": "a@example.org", "website": ""}
SOON = 0.6


@pytest.fixture
def impatient(monkeypatch):
    """Before the first connection is made."""
    monkeypatch.setattr(outages, "PATIENCE", SOON)
    monkeypatch.setattr(threads, "fail_after", lambda _seconds: anyio.fail_after(SOON))
    monkeypatch.setattr(databases, "BUSY_MILLISECONDS", int(SOON * 1000))


@contextmanager
def locked(settings):
    """By somebody beside the portal."""
    is_sqlite = settings.database.startswith("sqlite")
    module = {"module": sqlite_module()} if is_sqlite else {}
    engine = create_engine(settings.database, **module)
    with engine.connect() as connection:
        if is_sqlite:
            connection.connection.driver_connection.isolation_level = None
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
        else:
            connection.exec_driver_sql("LOCK TABLE registrations IN EXCLUSIVE MODE")
        yield
        connection.rollback()
    engine.dispose()


def test_nobody_reads_behind_a_lock_and_writers_are_asked_to_come_again(
    impatient, database, settings, client
):
    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug
    path, said = f"/events/{slug}/registration", ("started anew", "перезапускается", "іске қосылып")
    pages = ("/en/organizations", f"/en/events/{slug}")
    for page in pages:
        client.get(page)
    with locked(settings), ThreadPoolExecutor(3 * threads.THREADS) as people:
        targets = [f"/{tag}{path}" for tag in ("en", "ru", "kk")] * threads.THREADS
        sent = [people.submit(client.post, target, data=TYPED) for target in targets]
        assert {client.get(page).status_code for page in pages} == {200}
        assert not any(each.done() for each in sent)
        answers = [each.result() for each in sent]
    for target, words_said, answer in zip(targets, said * threads.THREADS, answers, strict=True):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert words_said in words(answer)
        (form,) = page_of(answer).xpath("//main//form[@method='post']")
        kept = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
        assert (form.get("action"), kept) == (target, TYPED)
    assert client.post(targets[0], data=TYPED).status_code == 303
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_page_that_cannot_be_read_says_when_to_come_again(client, database, monkeypatch):
    def away():
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(database.reading_engine, "connect", away)
    answer = client.get("/kk/organizations")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "іске қосылып" in words(answer)
