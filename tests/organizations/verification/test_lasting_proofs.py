"""What a domain proved is looked at again, and a verification ends where it is gone for good."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.app import declared_links
from portal.core import clock
from portal.domain.emails.models import Notification
from portal.domain.moderation.models import LogEntry
from portal.domain.organizations import verified_badge
from portal.domain.organizations.models import Method
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.verification_rules import LOOK_EVERY, MAX_MISSES
from portal.domain.organizations.verified_badge import Proof
from portal.mail.notifications import compose_notification
from portal.net import safe_http
from portal.net.domain_proof import Look
from portal.worker.jobs import look_at_domains
from portal.worker.loop import Worker
from tests.factories import make_organization, make_person
from tests.notifications import notifications
from tests.outside import PUBLIC, internet

HOST = "club.example.org"
TOKEN = "a-token-of-the-tests"
A_DAY = timedelta(days=1)


@pytest.fixture
def outside(tmp_path):
    with internet(tmp_path, HOST) as made:
        made.names[HOST, "A"] = [PUBLIC]
        yield made


@pytest.fixture
def start(database):
    """When `ours` was verified by its domain; it has an owner who reads Kazakh and an editor."""
    with database.writing() as db:
        owner = make_person(db, language="kk", email="owner@example.org")
        ours = make_organization(db, "ours", owner=owner, editor=make_person(db), verified=False)
        now = clock.now()
        proof = Proof(HOST, TOKEN)
        verified_badge.grant(db, ours, Method.DOMAIN, now, timedelta(days=365), proof)
        make_organization(db, "known-by-a-document")
    return now


def publish(outside, token=TOKEN):
    outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"shanyraq-verification={token}"']


def is_verified(database):
    with database.reading() as db:
        return organization_named(db, "ours").verified_by is not None


def notices(database):
    with database.reading() as db:
        return [said["outcome"] for _row, said in notifications(db)]


def test_the_worker_looks_again_every_thirty_days(database, settings, outside, start):
    publish(outside)
    worker = Worker(database, declared_links(settings), settings, outside.client())
    assert worker.round(start + LOOK_EVERY - A_DAY).looked == 0
    assert outside.asked == []
    assert worker.round(start + LOOK_EVERY).looked == 1
    assert worker.round(start + LOOK_EVERY + A_DAY).looked == 0
    assert worker.round(start + 2 * LOOK_EVERY).looked == 1
    assert is_verified(database)
    assert notices(database) == []
    # When the verification is over, nobody needs to look.
    assert worker.round(start + timedelta(days=366)).looked == 0


def test_a_proof_that_is_gone_for_a_week_ends_the_verification(
    database, settings, outside, client, start
):
    publish(outside, "of-the-next-owner-of-the-domain")
    due = start + LOOK_EVERY
    for day in range(MAX_MISSES):
        assert is_verified(database), day
        assert look_at_domains(database, due + day * A_DAY, outside.client()) == 1
        # Not twice a day, however often the worker comes around.
        assert look_at_domains(database, due + day * A_DAY, outside.client()) == 0
        with database.reading() as db:
            told = [row.language for row in db.scalars(select(Notification))]
        assert told == ["kk"] * (1 if day < MAX_MISSES - 1 else 2)
    assert not is_verified(database)
    assert HOST in notices(database)[0]
    assert notices(database)[0] != notices(database)[1]
    with database.reading() as db:
        (line,) = db.scalars(select(LogEntry)).all()
        assert (line.act, line.reason) == ("end-verification", "proof-lost")
        assert organization_named(db, "known-by-a-document").verified_by == "document"
    assert "The domain no longer carries the proof" in client.get("/en/moderation-log").text
    with database.writing() as db:
        letter = compose_notification(
            db, db.scalars(select(Notification)).first(), declared_links(settings), settings, start
        )
    assert letter["To"] == "owner@example.org"


def test_a_proof_that_comes_back_in_time_is_as_good_as_before(database, outside, start):
    due = start + LOOK_EVERY
    for day in range(MAX_MISSES - 1):
        look_at_domains(database, due + day * A_DAY, outside.client())
    publish(outside)
    look_at_domains(database, due + MAX_MISSES * A_DAY, outside.client())
    assert is_verified(database)
    outside.names.clear()
    assert look_at_domains(database, due + (MAX_MISSES + 1) * A_DAY, outside.client()) == 0
    assert look_at_domains(database, due + MAX_MISSES * A_DAY + LOOK_EVERY, outside.client()) == 1
    assert is_verified(database)


def test_what_was_verified_anew_while_somebody_looked_stays(database, start):
    now = start + LOOK_EVERY
    with database.writing() as db:
        ours = organization_named(db, "ours")
        proof = verified_badge.begin_look(db, ours.id, now)
        ours.proof_misses = MAX_MISSES - 1
    with database.writing() as db:
        ours = organization_named(db, "ours")
        verified_badge.grant(
            db, ours, Method.DOMAIN, now, timedelta(days=365), Proof(HOST, "another")
        )
        assert not verified_badge.record_check(db, ours.id, proof, Look.MISSING, now)
    assert is_verified(database)


def test_nobody_holds_the_database_while_the_domain_answers(database, outside, start):
    seen = []

    def answer(request):
        with database.writing() as db:
            organization_named(db, "ours").city = "Köln"
        seen.append("written")
        request.send_response(404)
        request.send_header("content-length", "0")
        request.end_headers()

    outside.pages["/.well-known/shanyraq.txt"] = answer
    assert look_at_domains(database, start + LOOK_EVERY, outside.client()) == 1
    assert seen == ["written"]


@pytest.mark.parametrize("way", ["no resolver", "no name", "no web", "inside", "no certificate"])
def test_a_worker_without_a_way_out_ends_no_verification(
    database, outside, start, way, caplog, monkeypatch
):
    monkeypatch.setattr(safe_http, "SECONDS", 0.1 if way == "no resolver" else 0.3)
    due = start + LOOK_EVERY
    if way == "no resolver":
        outside.name_port = 1
    elif way == "no name":
        outside.names.clear()
    elif way == "no web":
        outside.web_port = 1
    elif way == "inside":
        outside.names[HOST, "A"] = ["10.0.0.1"]
    else:
        outside.certificate = None
    client = outside.client()
    for day in range(2 * MAX_MISSES):
        assert look_at_domains(database, due + day * A_DAY, client) == 1, day
        assert look_at_domains(database, due + day * A_DAY, client) == 0
    assert is_verified(database)
    assert notices(database) == []
    assert "cannot be looked at" in caplog.text
    with database.reading() as db:
        assert db.scalars(select(LogEntry)).all() == []


@pytest.mark.slow
def test_days_without_a_look_neither_count_nor_end_the_count(database, outside, start):
    due, sees = start + LOOK_EVERY, outside.client()
    outside.name_port = 1
    blind = outside.client()
    for day in range(MAX_MISSES - 1):
        look_at_domains(database, due + day * A_DAY, sees)
    assert look_at_domains(database, due + MAX_MISSES * A_DAY, blind) == 1
    assert is_verified(database)
    assert look_at_domains(database, due + (MAX_MISSES + 1) * A_DAY, sees) == 1
    assert not is_verified(database)
