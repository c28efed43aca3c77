"""Signing up through the pages, by guests and by members."""

from tests.factories import make_event, make_organization, make_person
from portal.domain.registrations.models import Registration


def test_a_guest_gets_a_held_place_and_a_neutral_answer(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        slug = event.slug
    answer = client.post(
        f"/en/events/{slug}/registration", data={"name": "Dana", "email": "dana@example.org"}
    )
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/en/events/{slug}/registration",
    )
    with database.reading() as db:
        registration = db.query(Registration).one()
        assert registration.status == "confirmed"
        assert registration.held_until is not None


def test_a_member_signs_up_with_one_click_and_stands_on_the_pass(client, browser_of, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug
        person = make_person(db, "Ержан")
    browser = browser_of(person)
    answer = browser.post(f"/en/events/{slug}/registration")
    assert answer.status_code == 303
    shown = browser.get(answer.headers["location"])
    assert shown.status_code == 200
    assert "We expect you, Ержан" in shown.text
