"""Notices reach the people they are for, say what happened and lead nowhere else."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from portal.app import declared_links
from portal.core import clock
from portal.domain.emails.actions import lease_notifications, notify
from portal.domain.emails.models import Notification, NotificationKind
from portal.domain.initiatives import follower_updates, following
from portal.i18n.translated import Translated
from portal.mail.notifications import compose_notification
from tests.conftest import ADDRESS
from tests.emails.programme import EMAIL, NOW
from tests.emails.test_safe_emails import HOSTILE
from tests.factories import make_initiative, make_organization, make_person

URL = f"{ADDRESS}/en/invitations/secret"


@pytest.fixture
def invite(world):
    def owe(**changes):
        with world.database.writing() as db:
            given = {"language": "en", "address": EMAIL, "organization": "Altyn saqa"} | changes
            notify(db, NotificationKind.INVITATION, now=NOW, role="editor", url=URL, **given)

    return owe


def rows(world):
    with world.database.reading() as db:
        return list(db.scalars(select(Notification).order_by(Notification.id)))


def test_a_notice_reaches_an_address_and_is_forgotten(world, invite):
    invite()
    (row,) = rows(world)
    assert EMAIL.encode() not in row.address_sealed
    assert b"secret" not in row.payload_sealed
    assert world.round() == {"sent": 1}
    letter = world.last()
    assert letter.subject == "Invitation: Altyn saqa"
    assert URL in letter.links
    assert URL in letter.text
    assert letter.message["List-Unsubscribe"] is None
    (row,) = rows(world)
    assert (row.state, row.address_sealed, row.payload_sealed) == ("sent", None, None)
    assert world.round() == {}


def test_a_notice_to_a_person_goes_to_the_address_they_have_by_then(world, invite):
    with world.database.writing() as db:
        person = make_person(db, "Айгерім", email="old@example.org").id
        nobody = make_person(db, "Нұрлан", email=None).id
    invite(address=None, person_id=person, language="kk")
    invite(address=None, person_id=nobody)
    with world.database.writing() as db:
        make_person(db, "Other", email="old@example.org")
    assert world.round() == {"sent": 1, "dropped": 1}
    letter = world.received("old@example.org")[-1]
    assert letter.subject == "Шақыру: Altyn saqa"
    assert "Айгерім" in letter.text
    assert [row.payload_sealed for row in rows(world)] == [None, None]


def test_a_notice_is_tried_again_under_one_name_until_it_is_refused_for_good(world, invite):
    invite()
    world.mailbox.refuse_next(451, "later")
    assert world.round() == {"failed": 1}
    (row,) = rows(world)
    assert (row.state, row.failure) == ("queued", "deferred 451")
    assert row.payload_sealed is not None
    world.mailbox.refuse_next(550, "no such user")
    assert world.round(NOW + timedelta(minutes=2)) == {"failed": 1}
    (row,) = rows(world)
    assert (row.state, row.failure) == ("undelivered", "refused 550")
    assert (row.address_sealed, row.payload_sealed) == (None, None)


def test_attempts_share_one_message_id_and_notices_none(world, invite):
    invite()
    invite()
    with world.database.writing() as db:
        names = [
            compose_notification(db, row, world.links, world.settings, now)["Message-ID"]
            for now in (NOW, NOW + timedelta(hours=1))
            for row in db.scalars(select(Notification).order_by(Notification.id))
        ]
    assert names[:2] == names[2:]
    assert len(set(names)) == 2


def test_strangers_words_make_no_link(world, invite):
    invite(organization=HOSTILE)
    world.round()
    letter = world.last()
    page = html.fromstring(letter.html)
    assert {*page.xpath("//@href | //@src")} == {URL, f"{ADDRESS}/en"}
    assert not page.xpath("//b")
    for shown in (letter.text, letter.html, letter.subject):
        assert "evil.example" not in shown


def test_followers_read_what_has_come_and_find_the_way_out_in_every_letter(world):
    with world.database.writing() as db:
        person = make_person(db, "Айгерім", email="reader@example.org")
        line = make_initiative(db, make_organization(db))
        following.follow(db, person, line, NOW)
        db.flush()
        follower_updates.announce(db, line, Translated.of("en", en="Dombyra evening"), NOW)
        key = following.key_of(db, line.id, person.id)
    assert world.round() == {"notified": 1, "sent": 1}
    letter = world.received("reader@example.org")[-1]
    assert letter.subject == "What came of it: Ана тілі"
    assert "“Dombyra evening”" in letter.text
    assert f"{ADDRESS}/en/initiatives/ana-tili" in letter.links
    assert f"{ADDRESS}/en/following/{key}" in letter.links
    assert f"{ADDRESS}/en/following/{key}" in letter.text


def test_editors_are_asked_how_a_quiet_initiative_goes_on_and_not_told_by_whom(world):
    with world.database.writing() as db:
        person = make_person(db, "Марат", email="editor@example.org", is_discreet=True).id
        words = {"title": "Ана тілі", "organization": "Altyn saqa", "slug": "ana-tili"}
        notify(db, NotificationKind.QUIET, now=NOW, language="en", person_id=person, **words)
    assert world.round() == {"sent": 1}
    letter = world.received("editor@example.org")[-1]
    assert letter.subject == "A notice for you"
    assert "Ана тілі" in letter.text
    assert f"{ADDRESS}/en/manage/initiatives/ana-tili" in letter.links


SUBJECTS = {
    (NotificationKind.NEW_SIGN_IN, "en"): "You signed in from a new browser",
    (NotificationKind.NEW_SIGN_IN, "ru"): "Вход из нового браузера",
    (NotificationKind.NEW_SIGN_IN, "kk"): "Жаңа браузерден кірдіңіз",
    (NotificationKind.SECOND_FACTOR_ADDED, "en"): "Your account has a new second factor",
    (NotificationKind.SECOND_FACTOR_RESET, "en"): "Your second factor was removed",
}


@pytest.mark.parametrize(("about", "language"), SUBJECTS)
def test_a_notice_says_what_happened(about, language, database, settings):
    happened = {
        NotificationKind.NEW_SIGN_IN: {
            "browser": "Firefox, Android",
            "moment": "1 April",
            "url": "https://testserver/en/profile/sessions",
        }
    }.get(about, {})
    with database.writing() as db:
        person = make_person(db, "Дина", email="dina@example.org", language=language)
        now = clock.now()
        notify(db, about, now=now, language=language, person_id=person.id, **happened)
        (notice,) = lease_notifications(db, now)
        letter = compose_notification(db, notice, declared_links(settings), settings, now)
    assert letter["subject"] == SUBJECTS[about, language]
    assert letter["to"] == "dina@example.org"
    for part in ("plain", "html"):
        text = letter.get_body((part,)).get_content()
        assert "Дина" in text
        assert "profile/sessions" in text or about is not NotificationKind.NEW_SIGN_IN
        assert "Firefox, Android" in text or about is not NotificationKind.NEW_SIGN_IN


STORY_URL = f"{ADDRESS}/kk/writing/stories/kokpar"
TITLE = "Көкпар https://lure.example.org/ Берлинде"


@pytest.mark.parametrize(
    ("about", "language", "words"),
    [
        (NotificationKind.STORY_WAITING, "kk", "жариялауыңызды сұрайды"),
        (NotificationKind.STORY_ACCEPTED, "ru", "принята"),
        (NotificationKind.STORY_RETURNED, "ru", "Редакторы пишут"),
        (NotificationKind.STORY_RETURNED, "en", "The editors say"),
        (NotificationKind.COMMENTS_WAITING, "en", "once a day at most"),
    ],
)
def test_a_notice_about_a_story_leads_to_it_and_nowhere_else(world, about, language, words):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        given = {"note": "Дереккөз керек:\nhttps://lure.example.org/"}
        notify(
            db,
            about,
            now=NOW,
            language=language,
            person_id=person,
            url=STORY_URL,
            title=TITLE,
            **(given if about is NotificationKind.STORY_RETURNED else {}),
        )
    assert world.round() == {"sent": 1}
    letter = world.received("samal@example.org")[-1]
    assert words in letter.text
    assert STORY_URL in letter.links
    assert not any("lure.example.org" in link for link in letter.links)
    if about is NotificationKind.STORY_RETURNED:
        assert "Дереккөз керек:" in letter.text


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (NotificationKind.STORY_WAITING, "өзгерістерін қабылдауыңызды сұрайды"),
        (NotificationKind.STORY_ACCEPTED, "өзгерістеріңіз қабылданды"),
        (NotificationKind.STORY_RETURNED, "өзгерістеріңіз қабылданбады"),
    ],
)
def test_a_notice_about_changes_of_an_accepted_story_speaks_of_them(world, about, words):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        given = {"note": "Дереккөз керек"} if about is NotificationKind.STORY_RETURNED else {}
        said = {"url": STORY_URL, "title": TITLE, "change": "yes", **given}
        notify(db, about, now=NOW, language="kk", person_id=person, **said)
    assert world.round() == {"sent": 1}
    letter = world.last("samal@example.org")
    assert words in letter.text
    assert words in letter.html


def test_editors_of_the_portal_are_led_to_what_has_changed_at_once(world):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        said = {"title": TITLE, "slug": "kokpar"}
        notify(db, NotificationKind.STORY_CHANGED, now=NOW, language="ru", person_id=person, **said)
    assert world.round() == {"sent": 1}
    letter = world.last("samal@example.org")
    assert "их уже видят все" in letter.text
    assert f"{ADDRESS}/ru/stories/kokpar/history" in letter.links
    assert not any("lure.example.org" in link for link in letter.links)
