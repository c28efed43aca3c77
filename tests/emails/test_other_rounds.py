"""What else falls due by itself: feedback is mixed, participants are forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.db.engine import BUSY_MILLISECONDS
from portal.domain.emails.models import Email
from portal.domain.feedback.actions import Given, submit
from portal.domain.feedback.models import Answer, SealedAnswer
from portal.domain.registrations.models import Registration, Status
from portal.domain.registrations.rules import RETENTION_AFTER_EVENT
from tests.emails.programme import ENDS_AT

pytestmark = pytest.mark.both_engines


def test_feedback_is_poured_out_and_leaves_nothing_in_the_log(world):
    world.change(capacity=None)
    ids = [world.sign_up(email=f"guest{number}@example.org") for number in range(5)]
    world.round()
    for registration_id in ids:
        given = Given(4, 9, "Күй", "", may_quote=True, language="kk")
        world.with_pass(registration_id, submit, given, ENDS_AT)

    assert world.round(ENDS_AT) == {"poured": 1}
    with world.database.reading() as db:
        assert len(db.scalars(select(Answer)).all()) == 5
        assert db.scalars(select(SealedAnswer)).all() == []
    if world.database.is_sqlite:
        assert Path(f"{world.database.url.database}-wal").stat().st_size == 0
        with world.database.engine.connect() as connection:
            timeout = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        assert timeout == BUSY_MILLISECONDS


def test_a_reader_in_the_way_delays_the_clearing_of_the_log_to_the_next_round(world):
    world.sign_up()
    world.round()
    worker = world.worker()
    with world.database.reading() as db:
        db.scalars(select(Registration)).all()
        worker.round(ENDS_AT + RETENTION_AFTER_EVENT)
        assert worker._has_log_to_clear is world.database.is_sqlite
    worker.round(ENDS_AT + RETENTION_AFTER_EVENT + timedelta(seconds=30))
    assert not worker._has_log_to_clear


def test_participants_are_forgotten_thirty_days_after(world):
    world.sign_up()
    world.round()

    assert (
        world.round(ENDS_AT + RETENTION_AFTER_EVENT - timedelta(seconds=1)).get("forgotten") is None
    )
    assert world.round(ENDS_AT + RETENTION_AFTER_EVENT)["forgotten"] == 1
    with world.database.reading() as db:
        registration = db.scalars(select(Registration)).one()
        assert registration.email_sealed is None
        assert registration.status == Status.CONFIRMED
        assert db.scalars(select(Email)).all() == []
