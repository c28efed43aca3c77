"""A mail server that is away, slow, particular, or dies after it has taken a letter."""

import json

import pytest

from tests.faults.people import Mailbox

PEOPLE = [f"guest-{number}@example.org" for number in range(6)]
PORTAL_IS_PATIENT_FOR = 20  # seconds, portal.mail.delivery.TIMEOUT_SECONDS


@pytest.fixture
def outbox(portal):
    """Guests have signed up and wait for their letters; other letters have left."""
    with Mailbox() as box:
        portal.ask("deliver-letters", "--once", **box.url)
    with portal.serving() as server, server.browser() as browser:
        for address in PEOPLE:
            form = {"name": "Guest", "email": address}
            assert browser.post(f"/en{portal.sign_up_path}", data=form).status_code == 303
    return Outbox(portal)


class Outbox:
    def __init__(self, portal):
        self._portal = portal

    def deliver(self, box, minutes=0):
        """A round of the worker so many minutes later."""
        said = self._portal.ask("deliver-letters", "--once", shift=60 * minutes, **box.url)
        return {name: count for name, count in json.loads(said).items() if count}

    def states(self):
        rows = self._portal.column(
            "SELECT emails.state || coalesce(' ' || failure, '') FROM emails JOIN registrations"
            " ON registrations.id = registration_id WHERE kind = 'confirm' AND event_id = :event"
            " AND registrations.email_sealed IS NOT NULL ORDER BY emails.id",
            event=self._portal.event["id"],
        )
        return rows[-len(PEOPLE) :]


def test_letters_wait_for_a_server_that_is_away(portal, outbox, tell):
    box = Mailbox()
    assert outbox.deliver(box) == {"failed": len(PEOPLE)}
    assert set(outbox.states()) == {"queued no connection"}
    with box:
        assert outbox.deliver(box, minutes=2) == {"sent": len(PEOPLE)}
    assert box.arrived == dict.fromkeys(PEOPLE, 1)
    tell(emails=len(PEOPLE), lost=0, twice=0)
    portal.verify()


def test_a_slow_server_gets_each_letter_once(portal, outbox, mailbox, tell):
    mailbox.seconds = 2
    assert outbox.deliver(mailbox) == {"sent": len(PEOPLE)}
    assert mailbox.arrived == dict.fromkeys(PEOPLE, 1)
    tell(emails=len(PEOPLE), seconds_each=mailbox.seconds, lost=0, twice=0)
    portal.verify()


def test_a_server_too_slow_for_one_letter_gets_it_again_and_the_others_once(
    portal, outbox, mailbox, tell
):
    mailbox.slow_for = {PEOPLE[2]: PORTAL_IS_PATIENT_FOR + 5}
    assert outbox.deliver(mailbox) == {"sent": len(PEOPLE) - 1, "failed": 1}
    mailbox.slow_for = {}
    assert outbox.deliver(mailbox, minutes=2) == {"sent": 1}
    assert mailbox.arrived.keys() == set(PEOPLE)
    assert {mailbox.arrived[each] for each in PEOPLE if each != PEOPLE[2]} == {1}
    tell(emails=len(PEOPLE), lost=0, arrivals_of_the_slow_one=mailbox.arrived[PEOPLE[2]])
    portal.verify()


def test_who_is_refused_keeps_nobody_waiting(portal, outbox, mailbox, tell):
    mailbox.refused = {PEOPLE[1]: "550 no such person", PEOPLE[3]: "451 come again"}
    assert outbox.deliver(mailbox) == {"sent": len(PEOPLE) - 2, "failed": 2}
    states = outbox.states()
    assert (states[1], states[3]) == ("undelivered refused 550", "queued deferred 451")
    mailbox.refused.pop(PEOPLE[3])
    assert outbox.deliver(mailbox, minutes=2) == {"sent": 1}
    assert mailbox.arrived == {each: 1 for each in PEOPLE if each != PEOPLE[1]}
    tell(emails=len(PEOPLE), refused_for_good=1, lost=0, twice=0)
    portal.verify()


def test_a_server_that_dies_after_taking_a_letter_gets_it_again(portal, outbox, mailbox, tell):
    mailbox.dies = 2
    assert outbox.deliver(mailbox) == {"sent": len(PEOPLE) - 2, "failed": 2}
    assert outbox.deliver(mailbox, minutes=2) == {"sent": 2}
    assert sorted(mailbox.arrived.values()) == [1] * (len(PEOPLE) - 2) + [2, 2]
    tell(emails=len(PEOPLE), deaths=2, lost=0, twice=2)
    portal.verify()
