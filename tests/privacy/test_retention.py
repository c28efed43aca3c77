"""One table says what is forgotten and when; the worker does it, notes it, and it is shown."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import declared_links
from portal.cli.main import main
from portal.core import clock
from portal.domain.accounts.people.models import SignInSession
from portal.domain.accounts.people.rules import SESSION_LASTS
from portal.domain.emails.actions import notify
from portal.domain.emails.models import Notification, NotificationKind, State
from portal.domain.emails.rules import NOTIFICATION_RETENTION
from portal.domain.organizations.models import ContactMessage
from portal.domain.privacy.models import JobRun
from portal.domain.privacy.retention import last_run, record_run
from portal.domain.privacy.retention_rules import (
    RECORDED_EVERY,
    RULES,
    MaintenanceJob,
    RetentionSubject,
)
from portal.domain.registrations.rules import RETENTION_AFTER_EVENT
from portal.worker.loop import Worker
from portal.worker.retention import CHORES
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    session_cookie,
    sign_up_guest,
)
from tests.pages import words


@pytest.fixture
def worker(database, settings):
    return Worker(database, declared_links(settings), settings)


def test_every_rule_has_a_chore_and_every_chore_a_rule():
    assert [rule.subject for rule in RULES] == list(RetentionSubject)
    assert {*CHORES, RetentionSubject.PICTURES} == set(RetentionSubject)


@pytest.mark.both_engines
def test_the_worker_notes_what_went_and_only_now_and_then_that_nothing_did(
    worker, database, monkeypatch
):
    with database.writing() as db:
        event = make_event(db, make_organization(db, owner=make_person(db)))
        sign_up_guest(db, event)
        over = event.ends_at + RETENTION_AFTER_EVENT
    worker.round(over - timedelta(hours=3))
    worker.round(over)
    worker.round(over + timedelta(minutes=1))
    with database.reading() as db:
        run = db.get_one(JobRun, RetentionSubject.SIGN_UPS.value)
        assert (run.found, run.total, run.found_at, run.ran_at) == (1, 1, over, over)
        assert last_run(db, MaintenanceJob.WORKER) == over + timedelta(minutes=1)
    worker.round(over + RECORDED_EVERY)
    with database.reading() as db:
        run = db.get_one(JobRun, RetentionSubject.SIGN_UPS.value)
        assert (run.total, run.found_at, run.ran_at) == (1, over, over + RECORDED_EVERY)
        assert set(db.scalars(select(JobRun.name))) == {*RetentionSubject, MaintenanceJob.WORKER}


@pytest.mark.both_engines
def test_sessions_counts_of_messages_and_old_notices_go_without_anybody_coming(database):
    now = clock.now()
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, owner=person)
        told = {"organization_id": organization.id, "sender": "x", "is_member": True}
        db.add(ContactMessage(**told, sent_at=now))
        for about in (
            NotificationKind.DECISION,
            NotificationKind.STILL_THERE,
            NotificationKind.CONTACT,
        ):
            notify(db, about, now=now, language="en", person_id=person.id)
        db.flush()
        waits = db.scalars(
            select(Notification).where(Notification.about == NotificationKind.CONTACT.value)
        ).one()
        for notice in db.scalars(select(Notification).where(Notification.id != waits.id)):
            notice.state = State.SENT.value
    session_cookie(database, person)

    def left(kept, model, after):
        gone = CHORES[kept](database, now + after)
        with database.reading() as db:
            return gone, db.scalar(select(func.count()).select_from(model))

    second = timedelta(seconds=1)
    assert left(RetentionSubject.SESSIONS, SignInSession, SESSION_LASTS - timedelta(minutes=1)) == (
        0,
        1,
    )
    assert left(RetentionSubject.SESSIONS, SignInSession, SESSION_LASTS + timedelta(minutes=1)) == (
        1,
        0,
    )
    assert left(RetentionSubject.MESSAGE_COUNTS, ContactMessage, timedelta(hours=1) - second) == (
        0,
        1,
    )
    assert left(RetentionSubject.MESSAGE_COUNTS, ContactMessage, timedelta(hours=1)) == (1, 0)
    assert left(RetentionSubject.NOTIFICATIONS, Notification, NOTIFICATION_RETENTION - second) == (
        0,
        3,
    )
    assert left(RetentionSubject.NOTIFICATIONS, Notification, NOTIFICATION_RETENTION) == (1, 2)


@pytest.mark.both_engines
def test_administrators_see_how_the_portal_is_doing(browser_of, database, worker):
    with database.writing() as db:
        administrator = make_person(db)
        administrator.is_administrator = True
    browser = browser_of(administrator)
    before = words(browser.get("/ru/administration"))
    assert "Последняя резервная копияникогда" in before
    assert "слишком старая" in before
    worker.round(clock.now())
    with database.writing() as db:
        record_run(db, MaintenanceJob.BACKUP, 7, clock.now() - timedelta(hours=5))
        record_run(db, RetentionSubject.REPORTS, 3, clock.now() - timedelta(days=2))
    page = words(browser.get("/ru/administration"))
    assert "Последняя резервная копия5 часов назад" in page
    assert "слишком старая" not in page
    assert ("SQLite 3." if database.is_sqlite else "PostgreSQL 1") in page
    assert "30 дней после события" in page
    assert "180 дней после закрытия" in page
    assert "3 · 2 дня назад" in page


@pytest.mark.both_engines
def test_the_table_is_printed_with_what_came_of_it(settings, database, monkeypatch, capsys):
    monkeypatch.setenv("PORTAL_DATABASE_URL", settings.database)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(settings.data_dir))
    with database.writing() as db:
        record_run(db, RetentionSubject.REPORTS, 3, clock.now())
    assert main(["show-retention"]) == 0
    printed = {line["subject"]: line for line in json.loads(capsys.readouterr().out)}
    assert printed.keys() == set(RetentionSubject)
    assert printed["reports"]["after_seconds"] == 180 * 86400
    assert (printed["reports"]["found"], printed["reports"]["total"]) == (3, 3)
    assert printed["sessions"]["ran_at"] is None


def test_the_page_about_privacy_promises_what_the_table_says(client):
    promised = words(client.get("/en/privacy"))
    after = {rule.subject: rule.after.days for rule in RULES}
    for kept, days, said in (
        (RetentionSubject.SIGN_UPS, 30, "Thirty days after an event the names and addresses"),
        (RetentionSubject.NOTIFICATIONS, 90, "for ninety days that they were sent"),
        (RetentionSubject.SESSIONS, 30, "stays signed in for thirty days at most"),
        (RetentionSubject.ACCOUNTS, 7, "can come back for seven days"),
    ):
        assert after[kept] == days
        assert said in promised
