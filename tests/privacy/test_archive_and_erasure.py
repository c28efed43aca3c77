"""Everybody takes along what is held about them, and nothing is left after erasure."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html
from sqlalchemy import LargeBinary, select

from portal.core import clock
from portal.core.encryption import Seal
from portal.core.tokens import digest
from portal.db.engine import Base
from portal.domain.accounts.consents import actions as consents
from portal.domain.accounts.consents.models import Purpose
from portal.domain.accounts.identities import actions as identities
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims, Profile
from portal.domain.accounts.people.models import Person
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.events.models import Event
from portal.domain.feedback import actions as feedback
from portal.domain.feedback.actions import Given
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.models import Invitation, Method, Role
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import PassToken, Registration
from portal.domain.registrations.queries import Pass
from portal.i18n.locale import LANGUAGES
from portal.worker.jobs import clear_log
from portal.worker.loop import Worker
from tests.factories import (
    make_event,
    make_organization,
    make_passkey,
    make_person,
    pass_key,
    sign_up_guest,
)
from tests.processes import serving

pytestmark = pytest.mark.both_engines


def opened(answer):
    """The page and the records of an archive."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["everything.json", "index.html"]
        page = archive.read("index.html").decode()
        return html.document_fromstring(page), json.loads(archive.read("everything.json"))


@pytest.fixture
def person(database):
    """An editor with a sign-up, beside others of whom nothing may be said."""
    with database.writing() as db:
        claims = Claims("https://id.example.org", "subject-of-dina", "Дина", "dina@example.org")
        person = privacy.welcome(db, claims, "kk", clock.now())
        profile = Profile("Дина", "kk", "Asia/Hovd", "MN", "Өлгий", ("kk", "mn"), ("music",))
        people.change_profile(db, person, profile)
        other = make_person(db, "Басқа адам", email="other@example.org")
        organization = make_organization(db, owner=other, editor=person)
        event = make_event(db, organization, starts_at=clock.now() - timedelta(hours=1))
        early = event.starts_at - timedelta(hours=30)
        held = registrations.register_member(db, person, event, early)
        held.attended_at = clock.now()
        registrations.register_member(db, other, event, early)
        sign_up_guest(db, event, name="Бөтен қонақ", email="guest@example.org")
        db.flush()
        db.expunge(person)
        return person


def test_a_member_gets_everything_in_one_answer(browser_of, settings, app, person):
    Worker(app.state.site.database, app.state.site.links, settings).round(clock.now())
    page, records = opened(browser_of(person).post("/en/profile/data"))

    (profile,) = records["profile"]
    assert (profile["name"], profile["address"]) == ("Дина", "dina@example.org")
    assert (profile["city"], profile["country"]) == ("Өлгий", "MN")
    assert (profile["spoken"], profile["interests"]) == (["kk", "mn"], ["music"])
    (identity,) = records["identities"]
    assert (identity["way"], identity["issuer"]) == ("oidc", "https://id.example.org")
    assert identity["subject"] == "subject-of-dina"
    assert records["second_factors"] == [{"app": False, "recovery_codes": 0}]
    assert len(records["sessions"]) == 1
    assert [each["role"] for each in records["memberships"]] == ["editor"]
    (sign_up,) = records["sign_ups"]
    assert (sign_up["event"], sign_up["status"]) == ("Dombyra evening", "confirmed")
    assert sign_up["took_part_at"] is not None
    assert [each["language"] for each in records["consents"]] == ["en"]
    assert [each["about"] for each in records["letters"]] == ["confirmed"]
    read = page.text_content()
    assert all(word in read for word in ("Дина", "Mongolia", "Kazakh", "Music", "Dombyra evening"))


def test_nothing_in_it_is_about_anybody_else(browser_of, person):
    answer = browser_of(person).post("/en/profile/data")
    with ZipFile(BytesIO(answer.content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    for foreign in ("Басқа", "other@", "Бөтен", "guest@", "person-"):
        assert foreign not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_it_speaks_the_readers_language(browser_of, person, language):
    page, _records = opened(browser_of(person).post(f"/{language}/profile/data"))
    assert page.get("lang") == language
    place = {"kk": "Моңғолия", "ru": "Монголия", "en": "Mongolia"}[language]
    assert place in page.text_content()
    assert page.xpath("//*[@src or @href]") == []


def test_a_guest_gets_the_same_about_the_sign_up_through_the_pass(client, database, person):
    with database.writing() as db:
        event = db.query(Event).one()
        guest = sign_up_guest(db, event, name="Жұпар", email="zhupar@example.org")
        key = pass_key(db, guest, event)
    page, records = opened(client.post(f"/en/passes/{key}/data"))

    assert records.keys() == {"sign_ups", "consents", "letters"}
    (sign_up,) = records["sign_ups"]
    assert (sign_up["name"], sign_up["address"]) == ("Жұпар", "zhupar@example.org")
    assert {each["about"] for each in records["letters"]} == {"confirm", "confirmed"}
    (consent,) = records["consents"]
    assert (consent["language"], consent["withdrawn_at"]) == ("en", None)
    assert consent["text"].startswith("By signing up you agree")
    assert "Жұпар" in page.text_content()
    assert "Дина" not in page.text_content()


def test_an_archive_is_nobody_elses(browser_of, client, database, person):
    assert client.post("/en/profile/data").headers["location"].startswith("/en/sign-in")
    with database.writing() as db:
        other = make_person(db)
    _page, records = opened(browser_of(other).post("/en/profile/data"))
    assert records["sign_ups"] == []
    with database.reading() as db:
        assert db.get_one(Person, person.id).closed_at is None


ISSUER = "https://id.example.org"
# In no other row: nobody else lives by the clock of this station.
ZONE = "Antarctica/Troll"


def plant(db):
    """An account with a trace in every table; the thirteen strings that are to be found of it."""
    now = clock.now()
    claims = Claims(
        ISSUER, "subject-of-somebody-9931", "Қалампыр-7261", "kalampyr-7261@example.org"
    )
    person = privacy.welcome(db, claims, "kk", now)
    second_way = Claims(ISSUER, "second-way-in-9932", provider="other")
    people.add_identity(db, person, second_way, now)
    profile = Profile("Қалампыр-7261", "kk", ZONE, "MN", "Өлгий-7261", ("kk",), ("music",))
    people.change_profile(db, person, profile)
    consents.record_consent(db, person, Purpose.OTHER_EVENTS, now)
    organization = make_organization(db, owner=make_person(db), editor=person)
    elsewhere = make_organization(db, owner=make_person(db))
    organizations.invite(db, elsewhere, Role.EDITOR, now, "kalampyr-7261@example.org")
    coming = make_event(db, organization)
    held = registrations.register_member(db, person, coming, now)
    address = "kalampyr-7261@example.org"
    past = make_event(db, organization, starts_at=now - timedelta(days=2))
    guest = sign_up_guest(db, past, name="Қонақ-7261", email=address, time_zone=ZONE)
    token = pass_key(db, guest, past)
    notify(db, NotificationKind.STILL_THERE, now=now, language="kk", person_id=person.id)
    session = people.start_session(db, person, now)
    passkey = make_passkey(db, person, name="Кілт-7261")
    identities.request_link(db, address, "browser-7261", language="kk", url=str, now=now)
    db.flush()
    link = db.scalars(select(SignInLink)).one()
    invitation = db.scalars(select(Invitation)).one()
    assert held.person_id == person.id
    return person.id, [
        person.name_sealed,
        person.email_sealed,
        person.city_sealed,
        person.email_index.encode(),
        b"subject-of-somebody-9931",
        b"second-way-in-9932",
        ZONE.encode(),
        digest(session).encode(),
        digest(token).encode(),
        guest.name_sealed,
        passkey.name_sealed,
        link.email_sealed,
        invitation.email_sealed,
    ]


PLAIN = ("Қалампыр-7261", "kalampyr-7261", "Өлгий-7261", "Қонақ-7261")


def everything(database):
    """Every value of every table, as bytes."""
    values = bytearray()
    with database.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    is_binary = isinstance(column.type, LargeBinary) and value is not None
                    values += bytes(value) if is_binary else str(value).encode()
    return bytes(values)


def files_of(database):
    """The database file and its write-ahead log, as they lie on the disk."""
    path = Path(database.url.database)
    log = path.with_name(f"{path.name}-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")


def found_in(haystack, planted):
    return [needle for needle in planted if needle in haystack]


@pytest.mark.processes
def test_planted_strings_are_found_nowhere_after_erasure(app, database, settings, tmp_path, mailed):
    with serving(
        tmp_path,
        database_url=settings.database_url,
        seal_key_file=settings.seal_key_path,
        log_level="INFO",
    ) as server:
        with database.writing() as db:
            person_id, planted = plant(db)
            session = people.start_session(db, db.get_one(Person, person_id), clock.now())
        assert len(planted) == 13
        assert found_in(everything(database), planted) == planted
        if database.is_sqlite:
            assert found_in(files_of(database), planted) == planted
        with server.browser() as browser:
            answer = browser.post("/kk/profile/deletion", headers={"cookie": f"session={session}"})
            assert answer.headers["location"] == "/kk/account-closed"
    worker = Worker(database, app.state.site.links, mailed)
    report = worker.round(clock.now() + REACTIVATION_PERIOD)
    # The last letter needs the address until it is sent, which is a moment later.
    assert (report.erased, report.failed) == (1, 0)
    assert clear_log(database)

    assert found_in(everything(database), planted) == []
    if database.is_sqlite:
        assert found_in(files_of(database), planted) == []
    log = server.log.read_bytes()
    assert log
    assert found_in(log, [*planted, *(text.encode() for text in PLAIN)]) == []
    with database.reading() as db:
        # Of both sign-ups the numbers stay, and nothing else.
        rows = db.query(Registration).order_by(Registration.id).all()
        assert [row.status for row in rows] == ["cancelled", "confirmed"]
        assert db.query(PassToken).count() == 0
        # Nobody proves the address that this one was for any more, so it has ended.
        assert db.scalars(select(Invitation)).one().withdrawn_at is not None


@pytest.fixture
def mailed(settings):
    """Settings with a mail server that takes every letter."""
    from portal.demo.services.mailbox import Mailbox

    mailbox = Mailbox()
    port = mailbox.start()
    yield settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    mailbox.stop()


def test_a_guests_strings_are_gone_as_soon_as_the_guest_deletes_them(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        guest = sign_up_guest(db, event, name="Жұпар", email="zhupar@example.org", time_zone=ZONE)
        key = pass_key(db, guest, event)
        planted = [
            guest.name_sealed,
            guest.email_sealed,
            guest.email_index.encode(),
            ZONE.encode(),
            digest(key).encode(),
        ]
    assert found_in(everything(database), planted) == planted
    assert client.post(f"/en/passes/{key}/deletion").status_code == 303
    assert clear_log(database)
    assert found_in(everything(database), planted) == []
    if database.is_sqlite:
        assert found_in(files_of(database), planted) == []


def test_a_stolen_copy_without_the_key_gives_no_name_address_or_answer(database):
    secrets = ("Қалампыр-7261", "kalampyr-7261", "Өлгий-7261", "Жұпар-7261", "zhupar-7261")
    remark = "Бізді Сәбира-7261 растай алады"
    answer = "Күй керемет болды-7261"
    with database.writing() as db:
        plant(db)
        event = make_event(
            db, make_organization(db), starts_at=clock.now() - timedelta(hours=3), capacity=None
        )
        for number in range(6):
            name, email = f"Жұпар-7261 {number}", f"zhupar-7261-{number}@example.org"
            guest = sign_up_guest(db, event, name=name, email=email)
            given = Given(5, 10, answer, answer, may_quote=True, language="kk")
            feedback.submit(db, Pass(guest, event), given, clock.now())
        event_id = event.id
        hopeful = make_organization(db, verified=False)
        verification.request_verification(db, hopeful, Method.DOCUMENT, clock.now(), remark=remark)
    stolen = everything(database)
    with database.writing() as db:
        feedback.empty_box(db, event_id, clock.now())
        organization = make_organization(db)
        late = make_event(db, organization)
        notify(
            db,
            NotificationKind.INVITATION,
            now=clock.now(),
            language="kk",
            address="zhupar-7261@example.org",
            organization="Жұпар-7261",
            role="editor",
        )
        sign_up_guest(db, late, name="Жұпар-7261", email="zhupar-7261@example.org")
    stolen += everything(database)
    if database.is_sqlite:
        stolen += files_of(database)
    assert b"Dombyra evening" in stolen  # the twin: what is public is legible
    for secret in (*secrets, answer, remark):
        for spelling in {secret, secret.lower(), secret.upper()}:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert spelling.encode(encoding) not in stolen, secret
    # Nor is an address looked up without the key: the index is keyed, not a bare hash.
    with database.reading() as db:
        keyed = db.scalars(select(Registration.email_index)).all()
    foreign = Seal([bytes(32)]).index("zhupar-7261@example.org")
    assert foreign not in keyed
