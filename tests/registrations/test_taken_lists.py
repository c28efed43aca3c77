"""Who took a list of participants along: noted with the file, told to those who hold the event."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.privacy import actions as accounts
from portal.domain.registrations.exports import forget_takings, note_taking
from portal.domain.registrations.models import TakenList
from portal.domain.registrations.rules import TAKEN_KEPT
from tests.factories import make_event, make_organization, make_person, sign_up_guest
from tests.pages import page_of, words
from tests.processes import run_all

pytestmark = pytest.mark.both_engines


@pytest.fixture
def organisers(database, browser_of):
    """Browsers of an owner and an editor of one organisation, and the address of its event."""
    with database.writing() as db:
        owner, editor = make_person(db, "Иесі"), make_person(db, "Айсұлу")
        event = make_event(db, make_organization(db, owner=owner, editor=editor), capacity=1)
        for name in ("Жанболат", "Қонақ"):
            sign_up_guest(db, event, name=name, email=f"{len(name)}@example.org")
        slug, ids = event.slug, (owner.id, editor.id)
    with database.reading() as db:
        people = [db.get_one(Person, each) for each in ids]
    return *map(browser_of, people), f"/en/organizing/events/{slug}/participants"


def taken(page):
    """Rows of the table of lists taken along."""
    rows = page_of(page).xpath("//*[@aria-labelledby='taken']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_whoever_takes_the_list_is_seen_by_those_who_hold_the_event(organisers):
    owner, editor, page = organisers
    assert taken(owner.get(page)) == []
    for form in ("csv", "xlsx"):
        assert editor.post(f"{page}.{form}").status_code == 200
    shown = owner.get(page)
    assert [(row[0], row[2], row[3]) for row in taken(shown)] == [
        ("Айсұлу", "XLSX", "2"),
        ("Айсұлу", "CSV", "2"),
    ]
    assert "the portal cannot" in words(shown)


def test_a_list_is_not_to_be_had_without_being_noted(organisers, database):
    _owner, editor, page = organisers
    assert editor.get(f"{page}.csv").status_code == 405
    assert editor.post(f"{page}.pdf").status_code == 404
    from_elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert editor.post(f"{page}.csv", headers=from_elsewhere).status_code == 403
    with database.reading() as db:
        assert db.scalars(select(TakenList)).all() == []


def test_closing_the_account_takes_the_name_and_not_the_note(organisers, database):
    owner, editor, page = organisers
    editor.post(f"{page}.csv")
    with database.writing() as db:
        taker = db.get_one(Person, db.scalars(select(TakenList.person_id)).one())
        accounts.close(db, taker, clock.now())
    assert [row[0] for row in taken(owner.get(page))] == ["A closed account"]
    with database.writing() as db:
        db.delete(db.get_one(Person, db.scalars(select(TakenList.person_id)).one()))
    assert [row[0] for row in taken(owner.get(page))] == ["A closed account"]


def test_what_was_noted_is_forgotten_after_a_year(organisers, database):
    _owner, editor, page = organisers
    editor.post(f"{page}.csv")
    with database.writing() as db:
        assert forget_takings(db, clock.now() + TAKEN_KEPT - timedelta(minutes=1)) == 0
        assert forget_takings(db, clock.now() + TAKEN_KEPT) == 1
        assert db.scalars(select(TakenList)).all() == []


@pytest.mark.processes
def test_an_operator_lists_what_left_the_portal(organisers, database, settings):
    _owner, editor, page = organisers
    editor.post(f"{page}.csv")
    now = clock.now()
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        before = now - timedelta(days=40)
        note_taking(db, event, db.scalars(select(Person)).first(), "xlsx", before)
        slug = event.slug
    day = (now - timedelta(days=2)).date().isoformat()
    lately, ever, wrong = run_all(
        settings.data_dir,
        ["list-taken-lists", "--since", day],
        ["list-taken-lists"],
        ["list-taken-lists", "--since", "yesterday"],
        database_url=settings.database,
    )
    (told,) = json.loads(lately.out)
    assert (told["by"], told["event"], told["file"], told["people"]) == ("Айсұлу", slug, "csv", 2)
    assert [each["file"] for each in json.loads(ever.out)] == ["csv", "xlsx"]
    assert wrong.code == 2
    assert "--since" in wrong.err
