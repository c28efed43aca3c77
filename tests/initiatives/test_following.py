"""Following initiatives: who hears what, how it ends, and asking when all is quiet."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.emails.models import NotificationKind
from portal.domain.initiatives import closing, follower_updates, following
from portal.domain.initiatives.models import ActivityRequest, Follow, Initiative
from portal.domain.organizations.queries import organization_named
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.export import holdings_of
from portal.domain.publishing.publication import Visibility
from portal.domain.results.actions import ResultDetails
from portal.i18n.translated import Translated
from portal.worker import jobs
from tests.factories import (
    make_event,
    make_initiative,
    make_organization,
    make_person,
)
from tests.notifications import notifications
from tests.pages import words

TOLD = ResultDetails(
    Translated.of("kk", kk="Бәрі болды."), Translated.of("kk"), Translated.of("kk")
)


def kept(db, person):
    """The same person, whose id can be read after the transaction."""
    db.flush()
    db.expunge(person)
    return person


@pytest.fixture
def reader(database):
    with database.writing() as db:
        return kept(db, make_person(db, "Дана"))


@pytest.fixture
def editor(database):
    with database.writing() as db:
        person = make_person(db, "Марат")
        make_organization(db, "ours", editor=person, analyst=make_person(db, "Айша"))
        return kept(db, person)


@pytest.fixture
def slug(database, editor):
    with database.writing() as db:
        return make_initiative(db, organization_named(db, "ours")).slug


def initiative_of(db, slug):
    return db.scalars(select(Initiative).where(Initiative.slug == slug)).one()


def notices(db, about):
    """Whom notices are owed to, and what they say."""
    return [(row.person_id, said) for row, said in notifications(db, about)]


def quieten(database, slug):
    with database.writing() as db:
        initiative_of(db, slug).published_at = clock.now() - timedelta(days=91)


def test_a_follower_is_led_to_sign_in_follows_and_stops(client, browser_of, reader, slug):
    assert "Sign in to follow" in words(client.get(f"/en/initiatives/{slug}"))
    assert client.post(f"/en/initiatives/{slug}/following").status_code == 303
    browser = browser_of(reader)
    for _twice in range(2):
        assert browser.post(f"/en/initiatives/{slug}/following").status_code == 303
    assert "You follow it" in words(browser.get(f"/en/initiatives/{slug}"))
    assert "Ана тілі" in words(browser.get("/en/profile/initiatives"))
    browser.post(f"/en/initiatives/{slug}/following/end")
    assert "You follow it" not in words(browser.get(f"/en/initiatives/{slug}"))
    assert "You follow nothing yet" in words(browser.get("/en/profile/initiatives"))


def test_how_many_follow_is_said_from_five_on_and_rounded_down(client, slug, database):
    for count, said in ((4, False), (3, True)):
        with database.writing() as db:
            for _each in range(count):
                following.follow(db, make_person(db), initiative_of(db, slug), clock.now())
        page = words(client.get(f"/en/initiatives/{slug}"))
        assert ("5 or more follow it" in page) is said


def announced(database, slug, *titles):
    """Announces something by each title; its followers have yet to hear."""
    with database.writing() as db:
        for title in titles:
            said = Translated.of("kk", kk=title)
            follower_updates.announce(db, initiative_of(db, slug), said, clock.now())


def test_two_workers_who_tell_at_once_write_one_letter(slug, reader, database):
    with database.writing() as db:
        following.follow(db, db.get_one(Person, reader.id), initiative_of(db, slug), clock.now())
    announced(database, slug, "Бірінші", "Екінші")
    begun = threading.Event()

    def tell_slowly():
        with database.writing() as db:
            assert follower_updates.notify_followers(db, clock.now()) == 1
            begun.set()
            time.sleep(0.5)

    first = threading.Thread(target=tell_slowly)
    first.start()
    assert begun.wait(30)
    jobs.notify_followers(database, clock.now())
    first.join(30)
    jobs.notify_followers(database, clock.now())
    with database.reading() as db:
        ((person_id, said),) = notices(db, NotificationKind.INITIATIVE)
    assert (person_id, said["what"]) == (reader.id, "Бірінші\nЕкінші")


def test_a_crowd_is_told_in_portions_and_nobody_twice(slug, database, monkeypatch):
    monkeypatch.setattr(follower_updates, "PORTION", 2)
    with database.writing() as db:
        initiative = initiative_of(db, slug)
        crowd = [make_person(db) for _each in range(5)]
        for person in crowd:
            following.follow(db, person, initiative, clock.now())
        crowd[1].banned_at = clock.now()
        heard_by = [person.id for person in crowd if person.banned_at is None]
    announced(database, slug, "Бірінші", "Екінші")
    with database.writing() as db:
        late = make_person(db)
        following.follow(db, late, initiative_of(db, slug), clock.now())
    with database.writing() as db:
        assert follower_updates.notify_followers(db, clock.now()) == 2

    def die_at_it():
        with database.writing() as db:
            follower_updates.notify_followers(db, clock.now())
            raise KeyboardInterrupt

    # A worker ends in the midst of the second portion, and another goes on.
    with pytest.raises(KeyboardInterrupt):
        die_at_it()
    assert jobs.notify_followers(database, clock.now()) == 2 + 4
    assert jobs.notify_followers(database, clock.now()) == 0
    with database.reading() as db:
        told = notices(db, NotificationKind.INITIATIVE)
        assert not follower_updates.is_owed(db)
    assert [person_id for person_id, _said in told] == heard_by
    assert {said["what"] for _person, said in told} == {"Бірінші\nЕкінші"}


def test_nobody_hears_of_what_is_hidden_before_they_are_told(slug, reader, database):
    with database.writing() as db:
        following.follow(db, db.get_one(Person, reader.id), initiative_of(db, slug), clock.now())
    announced(database, slug, "Бірінші")
    with database.writing() as db:
        initiative_of(db, slug).visibility = "hidden"
    assert jobs.notify_followers(database, clock.now()) == 0
    with database.reading() as db:
        assert notices(db, NotificationKind.INITIATIVE) == []
        assert not follower_updates.is_owed(db)


def test_whoever_stops_while_they_are_told_hears_nothing(slug, reader, database):
    with database.writing() as db:
        following.follow(db, db.get_one(Person, reader.id), initiative_of(db, slug), clock.now())
    announced(database, slug, "Бірінші")
    with database.writing() as db:
        following.stop(db, reader.id, initiative_of(db, slug).id)
    jobs.notify_followers(database, clock.now())
    with database.reading() as db:
        assert notices(db, NotificationKind.INITIATIVE) == []


def test_followers_hear_once_when_it_closes_and_when_a_result_is_told(slug, reader, database):
    with database.writing() as db:
        initiative = initiative_of(db, slug)
        following.follow(db, db.get_one(Person, reader.id), initiative, clock.now())
        starts_at = clock.now() - timedelta(days=3)
        ours = organization_named(db, "ours")
        event = make_event(db, ours, starts_at=starts_at)
        private = make_event(db, ours, starts_at=starts_at, visibility=Visibility.PRIVATE)
        event.initiative_id = private.initiative_id = initiative.id
        closing.publish_result(db, private, TOLD, 0, clock.now())
        closing.publish_result(db, event, TOLD, 0, clock.now())
        closing.publish_result(db, event, TOLD, 1, clock.now())
        closing.close(db, initiative, TOLD, 0, clock.now())
        closing.close(db, initiative, TOLD, 1, clock.now())
    jobs.notify_followers(database, clock.now())
    with database.reading() as db:
        owed = notices(db, NotificationKind.INITIATIVE)
    assert [(person, said["what"]) for person, said in owed] == [
        (reader.id, "Dombyra evening\nАна тілі"),
    ]


def test_nobody_hears_of_a_private_initiative(slug, reader, database):
    with database.writing() as db:
        initiative = initiative_of(db, slug)
        following.follow(db, db.get_one(Person, reader.id), initiative, clock.now())
        initiative.visibility = "private"
        db.flush()
        closing.close(db, initiative, TOLD, 0, clock.now())
        assert not follower_updates.is_owed(db)


def test_a_letters_link_ends_it_without_signing_in_but_only_when_the_button_is_pressed(
    client, slug, reader, database
):
    with database.writing() as db:
        initiative = initiative_of(db, slug)
        following.follow(db, db.get_one(Person, reader.id), initiative, clock.now())
        other = make_person(db)
        following.follow(db, other, initiative, clock.now())
        key = following.key_of(db, initiative.id, reader.id)
        forged = f"{initiative.id}-{other.id}-{key.rsplit('-', 1)[1]}"
    assert "Ана тілі" in words(client.get(f"/en/following/{key}"))
    for wrong in (forged, key[:-1], "1-1-x"):
        assert client.get(f"/en/following/{wrong}").status_code == 404
        assert client.post(f"/en/following/{wrong}").status_code == 404
    with database.reading() as db:
        assert len(db.scalars(select(Follow)).all()) == 2
    assert client.post(f"/en/following/{key}").headers["location"] == "/en/following-ended"
    with database.reading() as db:
        (left,) = db.scalars(select(Follow))
        assert left.person_id != reader.id
    assert client.get(f"/en/following/{key}").status_code == 404


def test_followers_of_a_quiet_initiative_ask_once_and_its_editors_hear_of_the_first(
    browser_of, slug, reader, editor, database
):
    ask = f"/en/initiatives/{slug}/questions"
    browser = browser_of(reader)
    assert browser.post(ask).status_code == 409
    browser.post(f"/en/initiatives/{slug}/following")
    assert browser.post(ask).status_code == 409
    quieten(database, slug)
    assert "Ask how it goes on" in words(browser.get(f"/en/initiatives/{slug}"))
    assert browser.post(ask).status_code == 303
    assert "You have asked" in words(browser.get(f"/en/initiatives/{slug}"))
    assert browser.post(ask).status_code == 409
    with database.writing() as db:
        for _each in range(3):
            other = make_person(db)
            following.follow(db, other, initiative_of(db, slug), clock.now())
            following.request_activity(db, other, initiative_of(db, slug), clock.now())
    with database.reading() as db:
        assert [person for person, _said in notices(db, NotificationKind.QUIET)] == [editor.id]
    page = browser_of(editor).get(f"/en/manage/initiatives/{slug}")
    assert "Followers ask how it goes on." in words(page)
    assert "4 followers" not in words(page)
    assert "Дана" not in page.text
    with database.writing() as db:
        last = make_person(db)
        following.follow(db, last, initiative_of(db, slug), clock.now())
        following.request_activity(db, last, initiative_of(db, slug), clock.now())
    page = browser_of(editor).get(f"/en/manage/initiatives/{slug}")
    assert "5 followers ask how it goes on." in words(page)


def test_a_file_of_ones_own_names_what_one_follows_and_deletion_takes_it(slug, reader, database):
    quieten(database, slug)
    with database.writing() as db:
        person, initiative = db.get_one(Person, reader.id), initiative_of(db, slug)
        other = make_person(db)
        left = other.id
        for each in (person, other):
            following.follow(db, each, initiative, clock.now())
        following.request_activity(db, person, initiative, clock.now())
        db.flush()
        held = holdings_of(db, person, clock.now())
        assert [row["initiative"] for row in held["following"]] == ["Ана тілі"]
        assert [row["initiative"] for row in held["questions"]] == ["Ана тілі"]
        assert holdings_of(db, other, clock.now())["questions"] == []
        privacy.erase(db, person, clock.now())
    with database.reading() as db:
        assert [each.person_id for each in db.scalars(select(Follow))] == [left]
        assert db.scalars(select(ActivityRequest)).all() == []
