"""What a pass does with its place: held, confirmed, given back, reminded of, and gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.app import declared_links
from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.domain.events.models import Event
from portal.domain.feedback.models import SealedAnswer
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from portal.domain.registrations.models import PassToken, Registration
from portal.domain.registrations.queries import pass_for
from portal.i18n.translated import Translated
from portal.worker.loop import Worker
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.forms import feedback_fields, saved_fields
from tests.pages import addresses_of, tags_of, words
from tests.registrations.passes import event_with_pass, in_minutes

pytestmark = pytest.mark.both_engines


def held_place(database, **changes):
    """An event's slug and the key of a guest's pass whose address is not proved yet."""
    with database.writing() as db:
        event = make_event(db, make_organization(db), **changes)
        asked_at = event.ends_at - timedelta(minutes=30)
        guest = sign_up_guest(db, event, confirmed=False, now=asked_at)
        return event.slug, pass_key(db, guest, event)


def test_a_held_place_can_be_confirmed_until_the_end_and_not_after(client, database):
    running, over = (held_place(database, starts_at=in_minutes(m))[1] for m in (-110, -130))
    assert "Confirm my place" in words(client.get(f"/en/passes/{running}"))
    assert client.post(f"/en/passes/{running}/confirmation").status_code == 303
    shown = client.get(f"/en/passes/{over}")
    assert "it was not confirmed in time" in words(shown)
    for missing in ("Thank you for being there", "Confirm my place", "Feedback can be given"):
        assert missing not in words(shown)
    answer = client.post(f"/en/passes/{over}/confirmation")
    assert answer.status_code == 409
    assert "This event is over" in words(answer)
    # Whoever never confirmed was not there, so nothing is asked of them.
    given = client.post(f"/en/passes/{over}/feedback", data=feedback_fields())
    assert given.status_code == 409
    with database.reading() as db:
        proved = select(Registration.confirmed_at.is_not(None)).order_by(Registration.id)
        assert db.scalars(proved).all() == [True, False]
        assert db.scalar(select(func.count()).select_from(SealedAnswer)) == 0


def test_a_held_place_at_a_cancelled_event_cannot_be_confirmed(client, database):
    slug, key = held_place(database, starts_at=in_minutes(-60))
    with database.writing() as db:
        event = db.scalars(select(Event).where(Event.slug == slug)).one()
        event_changes.cancel_event(db, event, clock.now())
    shown = client.get(f"/en/passes/{key}")
    assert "This event was cancelled" in words(shown)
    assert f"/en/passes/{key}/confirmation" not in addresses_of(shown)
    answer = client.post(f"/en/passes/{key}/confirmation")
    assert answer.status_code == 409
    assert "This event was cancelled, so nobody can sign up" in words(answer)


def test_confirming_twice_is_once_even_after_the_end(client, database):
    _slug, key = event_with_pass(database, starts_at=in_minutes(-130))
    assert client.post(f"/en/passes/{key}/confirmation").status_code == 303
    assert client.get(f"/en/passes/{key}/feedback").status_code == 200


def test_a_place_is_given_back_until_the_end_and_not_after(client, database):
    for minutes, status in ((-119, 303), (-121, 409)):
        _slug, key = event_with_pass(database, starts_at=in_minutes(minutes))
        assert client.post(f"/en/passes/{key}/cancellation").status_code == status
    with database.reading() as db:
        kept = db.scalars(select(Registration.status).order_by(Registration.id)).all()
        assert kept == ["cancelled", "confirmed"]


def test_reminders_are_turned_off_and_on(client, database):
    _slug, key = event_with_pass(database)

    def wants():
        with database.reading() as db:
            return db.scalar(select(Registration.wants_reminders))

    client.post(f"/en/passes/{key}/reminders")
    assert wants() is False
    assert "You get no reminders" in words(client.get(f"/en/passes/{key}"))
    client.post(f"/en/passes/{key}/reminders", data={"wanted": "yes"})
    assert wants() is True


def test_a_member_finds_all_passes_in_one_list(browser_of, database):
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db)
        titles = []
        for number, minutes in enumerate((60, 5, -300)):
            title = f"Evening {number}"
            event = make_event(
                db,
                organization,
                starts_at=in_minutes(minutes),
                title=Translated.of("en", en=title),
            )
            early = event.starts_at - timedelta(hours=30)
            registrations.register_member(db, person, event, early)
            titles.append(title)
        make_event(db, organization, title=Translated.of("en", en="Somebody else’s"))
    shown = words(browser_of(person).get("/en/passes"))
    assert shown.index("Evening 1") < shown.index("Evening 0") < shown.index("Evening 2")
    assert "Somebody else" not in shown


def test_who_has_a_place_or_waits_for_one_is_told_so_once_and_not_that_all_is_full(
    client, browser_of, database
):
    with database.writing() as db:
        organization, member, late = make_organization(db), make_person(db), make_person(db)
        event = make_event(db, organization, capacity=2, starts_at=in_minutes(5))
        early = event.starts_at - timedelta(hours=30)
        guest = pass_key(db, sign_up_guest(db, event), event)
        registrations.register_member(db, member, event, early)
        in_line = pass_key(db, sign_up_guest(db, event), event)
        registrations.register_member(db, late, event, early)
    assert tags_of(client.get("/en/events")) == ["Full, waiting list"]
    assert tags_of(browser_of(member).get("/en/passes")) == ["You take part"]
    assert tags_of(browser_of(late).get("/en/passes")) == ["You are on the waiting list"]
    for key in (guest, in_line):
        assert tags_of(client.get(f"/en/passes/{key}")) == []
    client.post(f"/en/passes/{in_line}/cancellation")
    assert tags_of(client.get(f"/en/passes/{in_line}")) == ["Full, waiting list"]


def test_a_pass_says_once_that_the_event_is_on_now_and_always_that_its_organiser_is_unknown(
    client, database
):
    with database.writing() as db:
        unknown = make_organization(db, verified=False)
        event = make_event(db, unknown, starts_at=in_minutes(-5))
        key = pass_key(db, sign_up_guest(db, event), event)
    shown = client.get(f"/en/passes/{key}")
    assert words(shown).count("On now") == 1
    assert tags_of(shown) == ["Organiser not verified"]


def test_a_letters_link_still_opens_when_the_event_was_moved_by_months(browser_of, database):
    """“Keep the letter: its link is your pass”, whatever becomes of the date."""
    with database.writing() as db:
        editor = make_person(db)
        event = make_event(db, make_organization(db, editor=editor))
        slug, key = event.slug, pass_key(db, sign_up_guest(db, event), event)
    later = (clock.now() + timedelta(days=120)).date()
    typed = saved_fields(database, slug, starts=f"{later}T19:00", ends=f"{later}T21:00")
    assert browser_of(editor).post(f"/en/manage/events/{slug}", data=typed).status_code == 303
    with database.reading() as db:
        ends_at = db.scalar(select(Event.ends_at))
        for instant in (clock.now(), ends_at, ends_at + timedelta(days=29)):
            assert pass_for(db, None, key, instant).event.slug == slug
        with pytest.raises(NotFoundError):
            pass_for(db, None, key, ends_at + timedelta(days=31))


def test_thirty_days_after_the_event_the_pass_is_gone_with_everything_about_its_holder(
    settings, client, database
):
    with database.writing() as db:
        ended = clock.now() - timedelta(days=31)
        person = make_person(db)
        event = make_event(db, make_organization(db), starts_at=ended)
        guest = sign_up_guest(db, event)
        key = pass_key(db, guest, event)
        early = event.starts_at - timedelta(hours=30)
        registrations.register_member(db, person, event, early)
        fresh = make_event(db, make_organization(db), starts_at=clock.now() - timedelta(days=29))
        kept = pass_key(db, sign_up_guest(db, fresh), fresh)
    assert client.get(f"/en/passes/{key}").status_code == 404
    worker = Worker(database, declared_links(settings), settings)
    assert worker.round(clock.now()).forgotten == 2
    assert client.get(f"/en/passes/{kept}").status_code == 200
    with database.reading() as db:
        rows = db.execute(
            select(
                Registration.person_id,
                Registration.name_sealed,
                Registration.email_sealed,
                Registration.email_index,
            )
            .join(Event, Event.id == Registration.event_id)
            .where(Event.ends_at < clock.now() - timedelta(days=30))
        ).all()
        assert [tuple(row) for row in rows] == [(None, None, None, None)] * 2
        # The numbers stay, and so does the other event's guest.
        assert db.scalar(select(func.count()).select_from(Registration)) == 3
        assert db.scalar(select(func.count()).select_from(PassToken)) == 1
