"""Letters as a mail server receives them: true, in the reader's words, once, and to one address."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from icalendar import Calendar
from lxml import html as parser
from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from portal.database import Base, Database
from portal.demo.mailbox import Mailbox
from portal.domain.events import actions as events
from portal.domain.events.models import AttendanceMode, Event, Visibility
from portal.domain.feedback.actions import Given, give
from portal.domain.feedback.models import Answer, BoxedAnswer
from portal.domain.letters.actions import LEASE, take
from portal.domain.letters.models import Kind, Letter, State
from portal.domain.organizations.models import Organization
from portal.domain.people import actions as people
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import consequences
from portal.domain.registrations.models import PassToken, Registration, Status
from portal.domain.registrations.queries import Pass, pass_for
from portal.domain.registrations.rules import HELD_FOR, KEPT_AFTER_EVENT
from portal.mailer.delivery import NotDeliveredError, Postman
from portal.mailer.inert import WORD_JOINER
from portal.mailer.rounds import Worker
from portal.sealing import Seal
from portal.settings import Settings
from portal.translated import Translated
from portal.web.links import Links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from sqlalchemy.orm import Session

    from portal.demo.received_letters import ReceivedLetter

ADDRESS = "https://portal.example"
NOW = datetime(2027, 4, 10, 9, 0, tzinfo=UTC)
START = datetime(2027, 4, 17, 18, 0)  # noqa: DTZ001 - wall time in Berlin, UTC+2
STARTS_AT = datetime(2027, 4, 17, 16, 0, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(hours=2)
DETAILS = events.Details(
    title=Translated.of("en", en="Dombra evening", kk="Домбыра кеші"),
    summary=Translated.of("en", en="One kui, one story"),
    description=Translated.of("en", en="Come."),
    venue=Translated.of("en", en="Room 12, Karl-Marx-Allee 5"),
    attendance_mode=AttendanceMode.MIXED,
    starts_wall=START,
    ends_wall=START + timedelta(hours=2),
    time_zone="Europe/Berlin",
    capacity=2,
    visibility=Visibility.PUBLIC,
    join_links=(events.Link("https://room.example/x", Translated.of("en")),),
)
LINKS = Links(
    {
        "home": "/{language}/",
        "events.show": "/{language}/events/{slug}",
        "passes.show": "/{language}/passes/{key}",
        "feedback.new": "/{language}/passes/{key}/feedback",
    },
    ADDRESS,
)


@dataclass
class World:
    """An organisation with one event next Saturday, and a mailbox for everybody."""

    database: Database
    mailbox: Mailbox
    settings: Settings
    event_id: int

    def round(self, now: datetime = NOW) -> dict[str, int]:
        worker = Worker(self.database, LINKS, self.settings)
        return {name: count for name, count in worker.round(now).as_dict().items() if count}

    def sign_up(
        self,
        name: str = "Айгерім",
        email: str = "aigerim@example.org",
        language: str = "en",
        time_zone: str | None = "Asia/Almaty",
        *,
        confirmed: bool = True,
    ) -> int:
        with self.database.writing() as db:
            guest = registrations.Guest(name, email, language, time_zone)
            registration = registrations.register_guest(db, guest, self.event(db), NOW)
            if confirmed:
                registrations.confirm(db, Pass(registration, self.event(db)), NOW)
            return registration.id

    def event(self, db: Session) -> Event:
        return db.get_one(Event, self.event_id)

    def change(self, now: datetime = NOW, **details: object) -> None:
        with self.database.writing() as db:
            parts = (Event.tags, Event.languages, Event.join_links)
            event = db.get_one(Event, self.event_id, options=[selectinload(part) for part in parts])
            changed = replace(events.details_of(event), **details)  # type: ignore[arg-type]
            consequences.change_event(db, event, changed, event.revision, now)

    def in_event(self, do: Callable[[Session, Event], None]) -> None:
        with self.database.writing() as db:
            do(db, self.event(db))

    def letters(self, email: str = "aigerim@example.org") -> list[ReceivedLetter]:
        return self.mailbox.letters_to(email)

    def last(self, email: str = "aigerim@example.org") -> ReceivedLetter:
        return self.letters(email)[-1]

    def states(self) -> dict[str, tuple[str, str | None]]:
        with self.database.reading() as db:
            rows = db.execute(select(Letter.kind, Letter.state, Letter.failure).order_by(Letter.id))
            return {kind: (state, failure) for kind, state, failure in rows}


@pytest.fixture(scope="module")
def running_mailbox() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    port = mailbox.start()
    yield mailbox, port
    mailbox.stop()


@pytest.fixture
def mailbox(running_mailbox: tuple[Mailbox, int]) -> Mailbox:
    running_mailbox[0].clear()
    return running_mailbox[0]


@pytest.fixture
def settings(running_mailbox: tuple[Mailbox, int], tmp_path: Path) -> Settings:
    return Settings(
        base_url=ADDRESS, smtp_url=f"smtp://127.0.0.1:{running_mailbox[1]}", data_dir=tmp_path
    )


@pytest.fixture
def world(mailbox: Mailbox, settings: Settings, tmp_path: Path) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}", Seal([bytes(32)]))
    Base.metadata.create_all(database.engine)
    with database.writing() as db:
        organization = Organization(
            slug="shanyraq-berlin",
            name=Translated.of("en", en="Kazakhs of Berlin"),
            description=Translated.of("en"),
            kind="ngo",
            city="Berlin",
            country="DE",
            time_zone="Europe/Berlin",
            created_at=NOW,
        )
        db.add(organization)
        db.flush()
        event = events.create(db, organization, DETAILS, NOW)
        events.publish(event, NOW)
        event_id = event.id
    yield World(database, mailbox, settings, event_id)
    database.close()


def key_in(letter: ReceivedLetter) -> str:
    (key,) = {
        link.removesuffix("/feedback").rsplit("/", 1)[1]
        for link in letter.links
        if "/passes/" in link
    }
    return key


def calendar_in(letter: ReceivedLetter) -> Calendar:
    (attached,) = letter.attachments
    assert (attached.name, attached.media_type) == ("event.ics", "text/calendar")
    return Calendar.from_ical(attached.content)


# What a letter says


def test_a_guest_is_asked_to_prove_the_address_and_the_link_opens_the_pass(world: World) -> None:
    registration_id = world.sign_up(confirmed=False)

    assert world.round() == {"sent": 1}
    letter = world.last()
    assert letter.subject == "Please confirm: Dombra evening"
    assert "Hello Айгерім," in letter.text
    assert "until 11 April 2027, 14:00 (Almaty, UTC+5)" in letter.text
    assert not letter.attachments
    with world.database.reading() as db:
        held = pass_for(db, None, key_in(letter), NOW)
    assert held.registration.id == registration_id


def test_a_confirmed_place_comes_with_a_calendar_file(world: World) -> None:
    world.sign_up()
    world.round()

    letter = world.last()
    assert letter.subject == "Your place is confirmed: Dombra evening"
    assert "Room 12, Karl-Marx-Allee 5" in letter.text
    assert "room.example" not in str(letter.message)
    calendar = calendar_in(letter)
    (entry,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert entry["DTSTART"].dt == STARTS_AT
    assert entry["SUMMARY"] == "Dombra evening"


def test_the_readers_clock_comes_first_and_the_organisers_beside_it(world: World) -> None:
    world.sign_up(time_zone="America/New_York")
    world.round()

    lines = world.last().text.splitlines()
    here = lines.index("Saturday, 17 April 2027, 12:00–14:00 · New York (UTC−4), your time")
    assert lines[here + 1] == (
        "Saturday, 17 April 2027, 18:00–20:00 · Berlin (UTC+2), organiser’s time"
    )


def test_without_a_zone_the_organisers_clock_and_astanas_are_shown(world: World) -> None:
    world.sign_up(time_zone=None)
    world.round()

    lines = world.last().text.splitlines()
    here = lines.index("Saturday, 17 April 2027, 18:00–20:00 · Berlin (UTC+2), organiser’s time")
    assert lines[here + 1] == (
        "Saturday, 17 April 2027, 21:00–23:00 · Astana (UTC+5), Astana time"
    )


def test_clocks_that_agree_share_a_line_and_a_night_event_names_both_days(world: World) -> None:
    world.change(starts_wall=START.replace(hour=23), ends_wall=START + timedelta(hours=8))
    world.sign_up(time_zone="Europe/Paris")
    world.round()

    assert (
        "Saturday, 17 April 2027, 23:00 – Sunday, 18 April 2027, 02:00 · "
        "Paris, Berlin (UTC+2), your time"
    ) in world.last().text.splitlines()


def test_a_letter_is_in_the_readers_language_and_says_so(world: World) -> None:
    world.sign_up(language="kk")
    world.round()

    letter = world.last()
    assert "Домбыра кеші" in letter.subject
    assert "сенбі" in letter.text
    assert letter.message["Content-Language"] == "kk"
    page = parser.fromstring(letter.html)
    assert (page.get("lang"), page.get("dir")) == ("kk", "ltr")
    assert page.xpath("//*[@lang='en'][text()='Kazakhs of Berlin']")
    assert all("/kk/" in link for link in letter.links)


def test_a_member_gets_the_pass_by_its_public_id(world: World) -> None:
    with world.database.writing() as db:
        claims = people.Claims("https://id.example", "7", "Дана", "dana@example.org")
        person = people.welcome(db, claims, "ru", NOW)
        registration = registrations.register_member(db, person, world.event(db), NOW)
        public_id = registration.public_id
    world.round()

    assert key_in(world.last("dana@example.org")) == public_id
    with world.database.reading() as db:
        assert db.scalars(select(PassToken)).all() == []


def test_the_line_is_told_its_place_and_then_that_a_place_is_free(world: World) -> None:
    for number in range(4):
        world.sign_up(email=f"guest{number}@example.org")
    world.round()
    assert "You are number 2 on the waiting list." in world.last("guest3@example.org").text
    assert not world.last("guest3@example.org").attachments

    with world.database.writing() as db:
        first = db.scalars(select(Registration).order_by(Registration.id)).first()
        assert first is not None
        registrations.cancel(db, Pass(first, world.event(db)), NOW)
    world.round()

    assert world.last("guest2@example.org").subject == "A place for you: Dombra evening"
    assert calendar_in(world.last("guest2@example.org"))["METHOD"] == "PUBLISH"
    assert len(world.letters("guest0@example.org")) == 1


def test_a_new_time_is_announced_with_a_new_calendar_file(world: World) -> None:
    world.sign_up()
    world.round()
    world.change(starts_wall=START + timedelta(hours=1), ends_wall=START + timedelta(hours=3))
    world.round()

    letter = world.last()
    assert letter.subject == "New time: Dombra evening"
    assert "22:00–00:00" in letter.text or "22:00 – Sunday" in letter.text
    (before,) = calendar_in(world.letters()[0]).walk("VEVENT")
    (after,) = calendar_in(letter).walk("VEVENT")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_new_link_is_announced_without_the_link_itself(world: World) -> None:
    world.sign_up()
    world.round()
    world.change(join_links=(events.Link("https://other.example/y", Translated.of("en")),))
    world.round()

    assert world.last().subject == "New link: Dombra evening"
    assert "other.example" not in str(world.last().message)
    assert not world.last().attachments


def test_a_postponed_event_has_no_time_to_show(world: World) -> None:
    world.sign_up()
    world.round()
    world.in_event(lambda db, event: consequences.postpone(db, event, NOW))
    world.round()

    assert world.last().subject == "Postponed: Dombra evening"
    assert "UTC+" not in world.last().text


def test_a_cancelled_event_takes_itself_out_of_calendars(world: World) -> None:
    world.sign_up()
    world.round()
    world.in_event(lambda db, event: consequences.cancel_event(db, event, NOW))
    world.round()

    letter = world.last()
    assert letter.subject == "Cancelled: Dombra evening"
    calendar = calendar_in(letter)
    (before,) = calendar_in(world.letters()[0]).walk("VEVENT")
    (entry,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    (part,) = [p for p in letter.message.walk() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "CANCEL"
    assert (entry["UID"], entry["STATUS"]) == (before["UID"], "CANCELLED")
    assert entry["SEQUENCE"] > before["SEQUENCE"]


# When letters are true, and when they are dropped


def test_reminders_come_a_day_and_an_hour_before_in_the_readers_hours(world: World) -> None:
    world.sign_up(language="ru")
    world.round()

    assert world.round(STARTS_AT - timedelta(hours=24)) == {"owed": 1, "sent": 1}
    assert "21:00" in world.last().subject
    assert world.round(STARTS_AT - timedelta(hours=23)) == {}
    assert world.round(STARTS_AT - timedelta(hours=1)) == {"owed": 1, "sent": 1}
    assert len(world.letters()) == 3


def test_a_reminder_says_tomorrow_or_today_on_the_readers_calendar(world: World) -> None:
    world.sign_up(time_zone="Asia/Tokyo")  # there it starts at one o'clock on Sunday
    world.sign_up(email="berlin@example.org", time_zone="Europe/Berlin")
    world.round()
    world.round(STARTS_AT - timedelta(hours=15, minutes=30))

    assert world.last().subject == "Tomorrow, 01:00 (Tokyo): Dombra evening"
    assert world.last("berlin@example.org").subject == "Today, 18:00 (Berlin): Dombra evening"


def test_a_reminder_moves_with_its_event(world: World) -> None:
    world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    assert world.round(STARTS_AT - timedelta(hours=24)) == {"owed": 1, "failed": 1}

    later = {"starts_wall": START + timedelta(days=3), "ends_wall": START + timedelta(days=3, hours=2)}
    world.change(now=STARTS_AT - timedelta(hours=23), **later)
    assert world.round(STARTS_AT - timedelta(hours=22)) == {"sent": 1, "dropped": 1}
    assert world.last().subject == "New time: Dombra evening"
    assert world.round(STARTS_AT + timedelta(days=2)) == {"owed": 1, "sent": 1}
    assert world.last().subject == "Tomorrow, 21:00 (Almaty): Dombra evening"


def test_a_participant_who_wants_no_reminders_gets_none_but_hears_of_changes(world: World) -> None:
    registration_id = world.sign_up()
    world.round()
    assert world.mailbox.refuse_next(451, "try later") is None
    world.round(STARTS_AT - timedelta(hours=24))
    with world.database.writing() as db:
        held = Pass(db.get_one(Registration, registration_id), world.event(db))
        registrations.want_reminders(db, held, wanted=False)

    assert world.round(STARTS_AT - timedelta(hours=23)) == {"dropped": 1}
    assert world.round(STARTS_AT - timedelta(hours=1)) == {}
    world.change(STARTS_AT - timedelta(hours=1), venue=Translated.of("en", en="Room 13"))
    assert world.round(STARTS_AT - timedelta(minutes=50)) == {"sent": 1}


def test_a_place_given_back_meanwhile_gets_no_letter(world: World) -> None:
    registration_id = world.sign_up()
    with world.database.writing() as db:
        held = Pass(db.get_one(Registration, registration_id), world.event(db))
        registrations.cancel(db, held, NOW)

    assert world.round() == {"dropped": 2}
    assert world.letters() == []


def test_a_hold_that_ran_out_frees_the_place_and_gets_no_letter(world: World) -> None:
    world.sign_up(confirmed=False)

    assert world.round(NOW + HELD_FOR) == {"released": 1, "dropped": 1}
    with world.database.reading() as db:
        assert world.event(db).taken == 0


def test_nobody_is_reminded_of_a_cancelled_event(world: World) -> None:
    world.sign_up()
    world.round()
    world.mailbox.refuse_next(451, "try later")
    world.round(STARTS_AT - timedelta(hours=24))
    soon = STARTS_AT - timedelta(hours=23)
    world.in_event(lambda db, event: consequences.cancel_event(db, event, soon))

    assert world.round(soon) == {"sent": 1, "dropped": 1}
    assert world.last().subject == "Cancelled: Dombra evening"


def test_a_member_without_an_address_gets_no_letter_and_stops_nobody_elses(world: World) -> None:
    with world.database.writing() as db:
        person = people.welcome(db, people.Claims("https://id.example", "8", "Ая"), "kk", NOW)
        registrations.register_member(db, person, world.event(db), NOW)
        claims = people.Claims("https://id.example", "9", "Б", "a@b.example, c@d.example")
        person = people.welcome(db, claims, "kk", NOW)
        registrations.register_member(db, person, world.event(db), NOW)
    world.sign_up()

    assert world.round() == {"sent": 1, "dropped": 3}


def test_feedback_is_asked_for_again_only_where_none_was_given(world: World) -> None:
    silent, open_hearted = world.sign_up(), world.sign_up(email="open@example.org")
    world.round()
    assert world.round(ENDS_AT + timedelta(minutes=30)) == {"owed": 2, "sent": 2}
    letter = world.last("open@example.org")
    assert letter.subject == "How was it? Dombra evening"
    assert "The form is open until 1 May 2027, 23:00 (Almaty, UTC+5)." in letter.text
    assert f"{ADDRESS}/en/passes/{key_in(letter)}/feedback" in letter.links
    with world.database.writing() as db:
        held = pass_for(db, None, key_in(letter), ENDS_AT)
        assert held.registration.id == open_hearted != silent
        give(db, held, Given(5, 10, "", "", may_quote=False, language="en"), ENDS_AT)

    assert world.round(ENDS_AT + timedelta(days=3)) == {"owed": 1, "sent": 1}
    assert len(world.letters("open@example.org")) == 2
    assert world.last().subject == "Will you tell us how it was? Dombra evening"


# Words of strangers

HOSTILE = "www.evil.example http://evil.example me@evil.example <b>x</b> {{ 7 * 7 }} %(pass_url)s"


def test_a_hostile_name_makes_no_link_and_no_markup(world: World) -> None:
    world.sign_up(name=HOSTILE)
    world.change(title=Translated.of("en", en=HOSTILE), venue=Translated.of("en", en=HOSTILE))
    world.round()

    letter = world.last()
    assert letter.links
    assert all(link.startswith(f"{ADDRESS}/en/") for link in letter.links)
    page = parser.fromstring(letter.html)
    assert all(link.startswith(f"{ADDRESS}/en/") for link in page.xpath("//@href | //@src"))
    assert not page.xpath("//b")
    for shown in (letter.text, letter.html, letter.subject):
        assert "evil.example" not in shown
        assert "49" not in shown.replace(letter.message["Message-ID"], "")
    assert "me@" not in letter.text + letter.html
    assert "{{ 7 * 7 }}" in letter.text.replace(WORD_JOINER, "")


def test_no_name_or_title_can_write_headers_or_other_recipients(world: World) -> None:
    with world.database.writing() as db:
        organization = db.scalars(select(Organization)).one()
        organization.name = Translated.of("en", en='"A", <x@evil.example>\r\nBcc: y@evil.example ' * 3)
        event = world.event(db)
        event.title = Translated.of("en", en="=?utf-8?q?=0D=0ABcc:_z=40evil.example?= ә\r\nBcc: q")
    world.sign_up()
    world.round()

    message = world.last().message
    assert world.last().recipients == ("aigerim@example.org",)
    assert message["Bcc"] is None
    assert [a.addr_spec for a in message["To"].addresses] == ["aigerim@example.org"]
    assert [a.addr_spec for a in message["From"].addresses] == ["portal@portal.example"]


# Headers


def test_every_letter_goes_to_one_person_and_says_what_it_is(world: World) -> None:
    world.sign_up()
    world.sign_up(email="second@example.org")
    world.round()

    assert len(world.mailbox.letters()) == 2
    for letter in world.mailbox.letters():
        message = letter.message
        assert letter.recipients == (message["To"],)
        assert message["From"] == "Kazakhs of Berlin · Shanyraq <portal@portal.example>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<{ADDRESS}/en/passes/{key_in(letter)}>"
        assert message["Message-ID"].endswith("@portal.example>")
        assert message["Date"].datetime.replace(microsecond=0) == NOW
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
        ]
        assert not message.defects
    first, second = world.mailbox.letters()
    assert first.message["Message-ID"] != second.message["Message-ID"]


# Delivery


def test_a_mail_server_that_is_down_loses_nothing(world: World, settings: Settings) -> None:
    world.sign_up(confirmed=False)
    world.sign_up(email="second@example.org", confirmed=False)
    world.settings = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    assert world.round() == {"failed": 2}
    assert world.states()["confirm"] == ("queued", "no connection")

    world.settings = settings
    assert world.round(NOW + timedelta(seconds=50)) == {}
    assert world.round(NOW + timedelta(minutes=2)) == {"sent": 2}
    assert world.states()["confirm"] == ("sent", None)


def test_pauses_between_attempts_grow(world: World) -> None:
    world.sign_up(confirmed=False)
    now, waits = NOW, []
    for _attempt in range(4):
        world.mailbox.refuse_next(451, "aigerim@example.org is over quota")
        assert world.round(now) == {"failed": 1}
        with world.database.reading() as db:
            letter = db.scalars(select(Letter)).one()
            assert letter.failure == "deferred 451"
            waits.append((letter.due_at - now).total_seconds() // 60)
            now = letter.due_at
    assert waits == [1, 5, 15, 60]
    assert world.round(now + timedelta(seconds=1)) == {"sent": 1}


def test_attempts_share_one_message_id(world: World, settings: Settings) -> None:
    world.sign_up(confirmed=False)
    world.round()
    with world.database.writing() as db:
        db.scalars(select(Letter)).one().state = State.QUEUED.value
    world.round(NOW + timedelta(minutes=10))

    first, again = (letter.message["Message-ID"] for letter in world.letters())
    assert first == again


def test_a_permanent_refusal_is_final_and_reaches_nobody_elses_letter(world: World) -> None:
    world.sign_up(email="gone@example.org", confirmed=False)
    world.sign_up(confirmed=False)
    world.mailbox.refuse_address("gone@example.org", 550)

    assert world.round() == {"sent": 1, "failed": 1}
    with world.database.reading() as db:
        gone, _sent = db.scalars(select(Letter).order_by(Letter.id)).all()
        assert (gone.state, gone.failure) == ("undelivered", "refused 550")
    assert world.round(NOW + timedelta(days=1)) == {"released": 2}


def test_a_refused_body_is_final_too(world: World) -> None:
    world.sign_up(confirmed=False)
    world.mailbox.refuse_next(554, "looks like spam")

    world.round()
    assert world.states()["confirm"] == ("undelivered", "refused 554")


def test_a_letter_leased_by_a_dead_worker_is_sent_by_the_next(world: World) -> None:
    world.sign_up(confirmed=False)
    with world.database.writing() as db:
        assert len(take(db, NOW)) == 1

    assert world.round(NOW + LEASE - timedelta(seconds=5)) == {}
    assert world.round(NOW + LEASE) == {"sent": 1}


def test_a_broken_letter_stops_no_other(world: World) -> None:
    broken = world.sign_up(email="broken@example.org", confirmed=False)
    with world.database.writing() as db:
        db.get_one(Registration, broken).email_sealed = b"not sealed by us"
    world.sign_up(confirmed=False)

    assert world.round() == {"sent": 1, "failed": 1}
    with world.database.reading() as db:
        letters = db.scalars(select(Letter).order_by(Letter.id)).all()
        assert [(x.state, x.failure) for x in letters] == [
            ("queued", "not composed"),
            ("sent", None),
        ]


def test_without_a_mail_server_letters_wait_and_the_log_says_so_once(
    world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    world.sign_up(confirmed=False)
    worker = Worker(world.database, LINKS, settings.model_copy(update={"smtp_url": ""}))
    worker.round(NOW)
    worker.round(NOW + timedelta(seconds=2))

    assert [r.getMessage() for r in caplog.records] == ["letters wait: PORTAL_SMTP_URL is not set"]
    assert world.states()["confirm"] == ("queued", None)


def test_the_log_counts_and_names_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "portal")
    world.sign_up()
    world.mailbox.refuse_next(451, "aigerim@example.org is busy")
    world.round()

    (record,) = caplog.records
    assert record.getMessage() == "round"
    assert record.__dict__["fields"] == {"failed": 1, "dropped": 1}


def test_two_workers_send_each_letter_once(world: World) -> None:
    for number in range(12):
        world.sign_up(email=f"guest{number}@example.org", confirmed=False)
    threads = [threading.Thread(target=world.round) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    recipients = [letter.recipients[0] for letter in world.mailbox.letters()]
    assert sorted(recipients) == sorted(f"guest{number}@example.org" for number in range(12))


def test_a_worker_in_a_thread_delivers_and_stops(world: World) -> None:
    with world.database.writing() as db:
        event = world.event(db)
        moved = timedelta(days=10_000)  # the thread asks the real clock
        event.starts_at, event.ends_at = event.starts_at + moved, event.ends_at + moved
    world.sign_up()
    stop = threading.Event()
    worker = threading.Thread(
        target=Worker(world.database, LINKS, world.settings).run, args=(stop, 0.01)
    )
    with world.database.writing() as db:
        for letter in db.scalars(select(Letter)):
            letter.due_at = datetime(2020, 1, 1, tzinfo=UTC)
    worker.start()
    for _wait in range(500):
        if world.letters():
            break
        stop.wait(0.01)
    stop.set()
    worker.join(10)
    assert not worker.is_alive()
    assert len(world.letters()) == 1


# Other rounds


def test_feedback_is_poured_out_and_leaves_nothing_in_the_log(world: World) -> None:
    world.change(capacity=None)
    ids = [world.sign_up(email=f"guest{number}@example.org") for number in range(5)]
    with world.database.writing() as db:
        for registration_id in ids:
            held = Pass(db.get_one(Registration, registration_id), world.event(db))
            give(db, held, Given(4, 9, "Күй", "", may_quote=True, language="kk"), ENDS_AT)
    world.round()

    assert world.round(ENDS_AT) == {"poured": 1}
    with world.database.reading() as db:
        assert len(db.scalars(select(Answer)).all()) == 5
        assert db.scalars(select(BoxedAnswer)).all() == []
    log = Path(f"{world.database.url.database}-wal")
    assert log.stat().st_size == 0
    with world.database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 15_000


def test_participants_are_forgotten_thirty_days_after(world: World) -> None:
    world.sign_up()
    world.round()

    assert world.round(ENDS_AT + KEPT_AFTER_EVENT)["forgotten"] == 1
    with world.database.reading() as db:
        registration = db.scalars(select(Registration)).one()
        assert registration.email_sealed is None
        assert registration.status == Status.CONFIRMED
        assert db.scalars(select(Letter)).all() == []


# The conversation with the mail server


def self_signed(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


class Desk:
    """Takes every letter."""

    taken = 0

    async def handle_DATA(self, *_asked: object) -> str:  # noqa: N802 - aiosmtpd names it
        self.taken += 1
        return "250 2.0.0 Kept"


@pytest.fixture
def message(world: World) -> object:
    world.sign_up()
    world.round()
    return world.last().message


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_an_encrypted_server_must_show_a_certificate_we_trust(
    scheme: str, message: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = self_signed(tmp_path)
    desk = Desk()
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    server = Controller(desk, "127.0.0.1", 0, server_hostname="mail.invalid", **options)
    # aiosmtpd asks its own port whether it has started, and must be told the free one it took.
    server.port = free_port()
    server.start()
    try:
        settings = Settings(base_url=ADDRESS, smtp_url=f"{scheme}://127.0.0.1:{server.port}")
        with Postman(settings) as postman:
            with pytest.raises(NotDeliveredError, match="certificate refused") as failure:
                postman.send(message)  # type: ignore[arg-type]
            assert failure.value.is_away
            assert not failure.value.is_final
            monkeypatch.setenv("SSL_CERT_FILE", str(path))
            postman.send(message)  # type: ignore[arg-type]
            postman.send(message)  # type: ignore[arg-type]
    finally:
        server.stop()
    assert desk.taken == 2


def free_port() -> int:
    import socket  # noqa: PLC0415 - here only

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_letter_never_leaves_in_plain_text_where_starttls_was_asked_for(
    message: object, mailbox: Mailbox, settings: Settings
) -> None:
    mailbox.clear()
    insisting = settings.smtp_url.replace("smtp:", "smtp+starttls:")
    with (
        Postman(settings.model_copy(update={"smtp_url": insisting})) as postman,
        pytest.raises(NotDeliveredError, match="no encryption"),
    ):
        postman.send(message)  # type: ignore[arg-type]
    assert mailbox.letters() == []


def test_a_password_that_the_server_does_not_want_is_no_fault_of_the_recipient(
    message: object, settings: Settings
) -> None:
    with_password = settings.smtp_url.replace("://", "://me%40example.org:p%2Fw@")
    with (
        Postman(settings.model_copy(update={"smtp_url": with_password})) as postman,
        pytest.raises(NotDeliveredError) as failure,
    ):
        postman.send(message)  # type: ignore[arg-type]
    assert failure.value.is_away
    assert not failure.value.is_final


def test_a_server_that_hung_up_between_letters_is_called_again(
    message: object, mailbox: Mailbox, settings: Settings
) -> None:
    mailbox.clear()
    with Postman(settings) as postman:
        postman.send(message)  # type: ignore[arg-type]
        postman._server.sock.close()  # type: ignore[union-attr]  # noqa: SLF001 - as a network does
        postman.send(message)  # type: ignore[arg-type]
    assert len(mailbox.letters()) == 2


def test_every_kind_of_letter_has_its_two_texts() -> None:
    from portal import HOME  # noqa: PLC0415 - here only

    folder = HOME / "templates" / "letters"
    written = {path.name for path in folder.iterdir()} - {"base.txt", "base.html"}
    assert written == {f"{kind.value}.{form}" for kind in Kind for form in ("txt", "html")}
