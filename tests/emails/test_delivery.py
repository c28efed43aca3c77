"""Letters leave in turn, once, by a mail server that can be trusted, whatever it answers."""

import socket
import ssl
import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.domain.emails.actions import LEASE, take
from portal.domain.emails.models import Email, State
from portal.domain.registrations.models import Registration
from portal.mail.delivery import NotDeliveredError, Postman
from portal.mail.event_emails import compose
from portal.web.http.middleware.request_log import JsonLines
from tests.certificates import make_certificate
from tests.conftest import ADDRESS
from tests.emails.programme import NOW

pytestmark = pytest.mark.both_engines


NOBODY_LISTENS = "smtp://127.0.0.1:9"


def test_a_mail_server_that_is_down_loses_nothing(world):
    world.sign_up(confirmed=False)
    world.sign_up(email="second@example.org", confirmed=False)
    reachable = world.settings
    world.settings = reachable.model_copy(update={"smtp_url": NOBODY_LISTENS})
    assert world.round() == {"failed": 2}
    assert world.owed() == [("queued", "no connection")] * 2

    world.settings = reachable
    assert world.round(NOW + timedelta(seconds=50)) == {}
    assert world.round(NOW + timedelta(minutes=2)) == {"sent": 2}
    assert world.owed() == [("sent", None)] * 2


def test_pauses_between_attempts_grow(world):
    world.sign_up(confirmed=False)
    now, minutes = NOW, []
    for _attempt in range(4):
        world.mailbox.refuse_next(451, "aigerim@example.org is over quota")
        assert world.round(now) == {"failed": 1}
        assert world.owed() == [("queued", "deferred 451")]
        with world.database.reading() as db:
            due_at = db.scalars(select(Email.due_at)).one()
        minutes.append((due_at - now).total_seconds() // 60)
        now = due_at
    assert minutes == [1, 5, 15, 60]
    assert world.round(now + timedelta(seconds=1)) == {"sent": 1}


def test_attempts_share_one_message_id(world):
    world.sign_up(confirmed=False)
    world.round()
    with world.database.writing() as db:
        db.scalars(select(Email)).one().state = State.QUEUED.value  # as if nobody had noted it
    world.round(NOW + timedelta(minutes=10))

    first, again = (letter.message["Message-ID"] for letter in world.received())
    assert first == again


def test_a_permanent_refusal_is_final_and_delays_nobody_elses_letter(world):
    world.sign_up(email="gone@example.org", confirmed=False)
    world.sign_up(confirmed=False)
    world.mailbox.refuse_address("gone@example.org", 550)

    assert world.round() == {"sent": 1, "failed": 1}
    assert world.owed() == [("undelivered", "refused 550"), ("sent", None)]
    assert world.round(NOW + timedelta(hours=12)) == {}


def test_a_refused_body_is_final_too(world):
    world.sign_up(confirmed=False)
    world.mailbox.refuse_next(554, "looks like spam")
    world.round()

    assert world.owed() == [("undelivered", "refused 554")]


def test_a_server_that_sends_us_away_is_not_asked_again_for_the_rest(world):
    for number in range(3):
        world.sign_up(email=f"guest{number}@example.org", confirmed=False)
    world.mailbox.refuse_next(421, "too many letters")

    assert world.round() == {"failed": 3}
    assert world.owed() == [("queued", "deferred 421")] * 3
    assert world.round(NOW + timedelta(minutes=2)) == {"sent": 3}


def test_a_letter_leased_by_a_dead_worker_is_sent_by_the_next(world):
    world.sign_up(confirmed=False)
    with world.database.writing() as db:
        assert len(take(db, NOW)) == 1

    assert world.round(NOW + LEASE - timedelta(seconds=5)) == {}
    assert world.round(NOW + LEASE) == {"sent": 1}


def test_a_broken_letter_stops_no_other(world):
    broken = world.sign_up(email="broken@example.org", confirmed=False)
    with world.database.writing() as db:
        db.get_one(Registration, broken).email_sealed = b"not sealed by us"
    world.sign_up(confirmed=False)

    assert world.round() == {"sent": 1, "failed": 1}
    assert world.owed() == [("queued", "not composed"), ("sent", None)]


def test_a_letter_erased_while_its_turn_comes_is_nobodys_fault(world):
    registration_id = world.sign_up(confirmed=False)
    worker = world.worker()
    take_all = worker._outbox._lease

    def leased_then_erased(now):
        leased = take_all(now)
        with world.database.writing() as db:
            db.delete(db.get_one(Registration, registration_id))
        worker._outbox._lease = take_all
        return leased

    worker._outbox._lease = leased_then_erased
    assert not any(worker.round(NOW).as_dict().values())
    assert world.received() == []


def test_without_a_mail_server_letters_wait_and_the_log_says_so_once(world, caplog):
    world.sign_up(confirmed=False)
    world.settings = world.settings.model_copy(update={"smtp_url": ""})
    worker = world.worker()
    worker.round(NOW)
    worker.round(NOW + timedelta(seconds=2))

    said = [r.getMessage() for r in caplog.records if r.name == "portal.mail"]
    assert said == ["letters wait: PORTAL_SMTP_URL is not set"]
    assert world.owed() == [("queued", None)]


def test_the_log_counts_and_names_nobody(world, caplog):
    caplog.set_level("DEBUG", "portal")
    world.sign_up()
    world.mailbox.refuse_next(451, "aigerim@example.org is busy")
    world.round()

    (record,) = [record for record in caplog.records if record.name == "portal.mail"]
    assert record.getMessage() == "round"
    assert record.fields == {"failed": 1, "dropped": 1}


def test_two_workers_send_each_letter_once(world):
    addresses = [f"guest{number:02}@example.org" for number in range(24)]
    for address in addresses:
        world.sign_up(email=address, confirmed=False)
    threads = [threading.Thread(target=world.round) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(letter.recipients[0] for letter in world.mailbox.emails()) == addresses


def test_a_worker_in_a_thread_delivers_and_stops(world):
    world.sign_up(confirmed=False)
    end = world.worker().start_thread()
    pause = threading.Event()
    for _tenth in range(600):
        if world.received():
            break
        pause.wait(0.1)
    end()
    assert len(world.received()) == 1
    assert world.owed() == [("sent", None)]


def test_a_worker_outlives_a_database_that_is_away_for_a_while(world, caplog):
    worker, stop = world.worker(), threading.Event()
    answers = [OperationalError("SELECT 'aigerim@example.org'", {}, Exception("gone")), None]

    def round_of_a_database_that_is_away(_now):
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        stop.set()

    worker.round = round_of_a_database_that_is_away
    worker.run(stop, every=0.01)

    assert answers == []
    (record,) = [record for record in caplog.records if record.name == "portal.mail"]
    assert record.fields == {"seconds": 0.02}
    assert "aigerim" not in JsonLines().format(record)


def test_a_worker_told_to_stop_ends_with_its_letter_and_gives_the_others_back(world, monkeypatch):
    for number in range(3):
        world.sign_up(email=f"guest-{number}@example.org", confirmed=False)
    worker, send = world.worker(), Postman.send

    def send_and_be_told_to_stop(postman, message):
        worker._stop.set()
        send(postman, message)

    monkeypatch.setattr(Postman, "send", send_and_be_told_to_stop)
    assert worker.round(NOW).sent == 1
    with world.database.reading() as db:
        waiting = select(Email.leased_until, Email.attempts).where(Email.state == "queued")
        assert [tuple(row) for row in db.execute(waiting)] == [(None, 0)] * 2


def test_a_lease_from_before_the_clock_was_put_back_holds_nothing_up(world):
    world.sign_up(confirmed=False)
    with world.database.writing() as db:
        assert len(take(db, NOW + timedelta(hours=1))) == 1
    assert world.round() == {"sent": 1}


@pytest.fixture
def message(world):
    world.sign_up(confirmed=False)
    with world.database.writing() as db:
        letter = db.scalars(select(Email)).one()
        return compose(db, letter, world.links, world.settings, NOW)


class Desk:
    """Takes every letter as it comes."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd names it
        self.taken.append(envelope.content.decode())
        return "250 2.0.0 Kept"


@pytest.fixture(params=["smtps", "smtp+starttls"])
def encrypted_server(request, tmp_path):
    """A desk behind a certificate signed by nobody; its address and the certificate's file."""
    certificate, key = make_certificate(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    option = "ssl_context" if request.param == "smtps" else "tls_context"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    desk = Desk()
    server = Controller(
        desk, "127.0.0.1", port, server_hostname="mail.invalid", **{option: context}
    )
    server.start()
    yield desk, f"{request.param}://127.0.0.1:{port}", certificate
    server.stop()


def failure_of(settings, message, **changed):
    with (
        Postman(settings.model_copy(update=changed)) as postman,
        pytest.raises(NotDeliveredError) as failure,
    ):
        postman.send(message)
    return failure.value


def test_an_encrypted_server_must_show_a_certificate_we_trust(
    world, message, encrypted_server, monkeypatch
):
    desk, address, certificate = encrypted_server
    failure = failure_of(world.settings, message, smtp_url=address)
    assert (failure.label, failure.is_away, failure.is_final) == (
        "certificate refused",
        True,
        False,
    )
    assert desk.taken == []

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Postman(world.settings.model_copy(update={"smtp_url": address})) as postman:
        postman.send(message)
        postman.send(message)
    assert len(desk.taken) == 2
    (unsubscribe,) = [x for x in desk.taken[0].splitlines() if x.startswith("List-Unsub")]
    assert unsubscribe.startswith(f"List-Unsubscribe: <{ADDRESS}/en/passes/")
    assert unsubscribe.endswith(">")


def test_a_letter_never_leaves_in_plain_text_where_starttls_was_asked_for(world, message):
    insisting = world.settings.smtp_url.replace("smtp:", "smtp+starttls:")

    failure = failure_of(world.settings, message, smtp_url=insisting)
    assert (failure.label, failure.is_away) == ("no encryption", True)
    assert world.mailbox.emails() == []


def test_a_password_the_server_does_not_take_is_no_fault_of_the_recipient(world, message):
    with_password = world.settings.smtp_url.replace("://", "://me%40example.org:p%2Fw@")

    failure = failure_of(world.settings, message, smtp_url=with_password)
    assert (failure.is_away, failure.is_final) == (True, False)


def test_a_server_that_hung_up_between_letters_is_called_again(world, message):
    with Postman(world.settings) as postman:
        postman.send(message)
        postman._server.sock.close()
        postman.send(message)
    assert len(world.mailbox.emails()) == 2
