"""Writing to an organisation: the letter, what is shown of whom, and how often."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import declared_links
from portal.core import clock
from portal.domain.accounts.people.queries import people_with_address
from portal.domain.emails.models import Notification
from portal.domain.organizations.models import ContactMessage
from portal.mail.notifications import compose_notification
from tests.factories import make_organization, make_person
from tests.pages import errors_of, page_of, value_of, words

CONTACT = "/en/organizations/ours/contact"


@pytest.fixture
def ours(database):
    with database.writing() as db:
        owner = make_person(db, "Иесі", email="owner@example.org", language="ru")
        editor = make_person(db, email="editor@example.org")
        make_organization(db, "ours", owner=owner, editor=editor)
        make_organization(db, "theirs", owner=make_person(db))


@pytest.fixture
def member(database, browser_of, ours):
    with database.writing() as db:
        person = make_person(db, "Dana", email="dana@example.org")
    return browser_of(person)


def letters(database, settings):
    with database.writing() as db:
        return [
            compose_notification(db, each, declared_links(settings), settings, clock.now())
            for each in db.scalars(select(Notification).order_by(Notification.id))
        ]


def written(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Notification))


def test_a_members_message_goes_to_the_owners_and_is_answered_to_the_member(
    member, database, settings
):
    message = "Сәлеметсіз бе!\nҚалай қосылуға болады? https://evil.example.org"
    answer = member.post(CONTACT, data={"message": message, "email": "forged@example.org"})
    assert answer.headers["location"] == f"{CONTACT}/sent"
    (letter,) = letters(database, settings)
    assert letter["To"] == "owner@example.org"
    assert letter["Reply-To"] == "dana@example.org"
    assert letter["Content-Language"] == "ru"
    text = letter.get_body(("plain",)).get_content()
    assert "> Сәлеметсіз бе!\n" in text
    assert "> Қалай қосылуға болады?" in text
    assert "Dana" in text
    assert "https://evil.example.org" not in text


def test_the_page_shows_nobodys_address(member, client):
    for shown in (client.get(CONTACT), member.get(CONTACT), client.get(f"{CONTACT}/sent")):
        assert shown.status_code == 200
        assert "@example.org" not in shown.text


def test_a_stranger_leaves_an_address_to_be_answered_at(client, ours, database, settings):
    answer = client.post(CONTACT, data={"message": "Hello"})
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"email"}
    assert value_of(answer, "message") == "Hello"
    assert written(database) == 0
    form = {"message": "Hello", "email": "guest@example.org", "name": "A\r\nBcc: x@example.org"}
    assert client.post(CONTACT, data=form).status_code == 303
    (letter,) = letters(database, settings)
    assert letter["Reply-To"] == "guest@example.org"
    assert letter["Bcc"] is None


def test_a_member_without_a_proved_address_gives_one(ours, database, browser_of, settings):
    with database.writing() as db:
        person = make_person(db, email=None)
    browser = browser_of(person)
    assert browser.post(CONTACT, data={"message": "Hello"}).status_code == 422
    form = {"message": "Hello", "email": "own@example.org"}
    assert browser.post(CONTACT, data=form).status_code == 303


@pytest.mark.parametrize("email", ["nobody", "a@b", "a@example.org\r\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(client, ours, database, email):
    answer = client.post(CONTACT, data={"message": "Hello", "email": email})
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"email"}
    assert written(database) == 0


def test_the_message_is_needed_and_short(client, ours, database):
    for message in ("", "   ", "x" * 2_001, "a\x00b"):
        form = {"message": message, "email": "guest@example.org"}
        answer = client.post(CONTACT, data=form)
        assert set(errors_of(answer)) == {"message"}
    assert written(database) == 0


def test_a_machine_that_fills_every_field_is_answered_alike_and_writes_nothing(
    client, ours, database
):
    form = {"message": "Buy", "email": "bot@example.org", "homepage": "https://example.org"}
    answer = client.post(CONTACT, data=form)
    assert answer.headers["location"] == f"{CONTACT}/sent"
    assert written(database) == 0
    assert client.post(CONTACT, data=form | {"homepage": ""}).status_code == 303
    assert written(database) == 1


def test_three_an_hour_from_one_person_to_all_organisations_together(member, database, monkeypatch):
    for path in (CONTACT, CONTACT, "/en/organizations/theirs/contact"):
        assert member.post(path, data={"message": "Hello"}).status_code == 303
    answer = member.post(CONTACT, data={"message": "Again"})
    assert answer.status_code == 422
    assert "enough for this hour" in words(answer)
    assert written(database) == 3
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert member.post(CONTACT, data={"message": "Again"}).status_code == 303
    with database.reading() as db:
        # What is older than an hour is not kept.
        assert db.scalar(select(func.count()).select_from(ContactMessage)) == 1


def test_strangers_with_ever_new_addresses_share_a_limit_and_members_do_not(
    client, member, database
):
    for number in range(20):
        form = {"message": "Hello", "email": f"guest-{number}@example.org"}
        assert client.post(CONTACT, data=form).status_code == 303
    form = {"message": "Hello", "email": "guest-20@example.org"}
    assert client.post(CONTACT, data=form).status_code == 422
    assert client.post("/en/organizations/theirs/contact", data=form).status_code == 303
    assert member.post(CONTACT, data={"message": "Hello"}).status_code == 303


def test_who_wrote_is_kept_as_a_keyed_hash_alone(member, database):
    member.post(CONTACT, data={"message": "Hello"})
    with database.reading() as db:
        (row,) = db.execute(select(ContactMessage.__table__)).all()
    assert "dana" not in repr(row)
    assert "Hello" not in repr(row)


def alter(database, email, **changes):
    """Changes people of one address."""
    with database.writing() as db:
        for person in people_with_address(db, email):
            for name, value in changes.items():
                setattr(person, name, value)


GONE = (
    {"email_index": None, "email_sealed": None},
    {"banned_at": clock.now()},
    {"closed_at": clock.now()},
)


@pytest.mark.parametrize("gone", GONE)
def test_where_no_owner_can_be_written_to_an_editor_is(member, database, settings, gone):
    alter(database, "owner@example.org", **gone)
    assert member.post(CONTACT, data={"message": "Сәлем"}).status_code == 303
    assert [letter["To"] for letter in letters(database, settings)] == ["editor@example.org"]


@pytest.mark.parametrize("gone", GONE)
def test_where_nobody_can_be_written_to_nothing_is_said_to_be_sent(member, client, database, gone):
    alter(database, "owner@example.org", **gone)
    alter(database, "editor@example.org", **gone)
    page = client.get(CONTACT)
    assert "cannot be written to" in words(page)
    assert page_of(page).xpath("//main//form") == []
    answer = member.post(CONTACT, data={"message": "Сәлем, достар!"})
    assert answer.status_code == 409
    assert "cannot be written to" in words(answer)
    assert value_of(answer, "message") == "Сәлем, достар!"
    assert written(database) == 0
    with database.reading() as db:
        assert db.scalars(select(ContactMessage)).all() == []
