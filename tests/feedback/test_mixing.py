"""Answers that lead to nobody: sealed at first, poured out together, in an order of chance."""

import re

import pytest
from sqlalchemy import func, inspect, select, text

from portal.domain.events.models import Event
from portal.domain.feedback.models import Answer, SealedAnswer
from portal.domain.feedback.rules import may_empty_box
from portal.domain.registrations.models import Registration
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from tests.feedback.feedback_forms import answer, results
from tests.pages import figures_of, words

pytestmark = pytest.mark.both_engines


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
        path = f"/en/manage/events/{slug}/answers.{form}"
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


def test_in_the_box_an_answer_is_sealed_and_without_a_name_or_a_time(client, finished, database):
    _slug, keys = finished(3)
    for key in keys:
        answer(client, key, good="Домбыра", rating="4", recommend="7")
    with database.reading() as db:
        columns = set(SealedAnswer.__table__.columns.keys())
        assert columns == {"id", "event_id", "sealed"}
        for row in db.execute(select(SealedAnswer.__table__)):
            assert "Домбыра".encode() not in bytes(row.sealed)
            assert len(row.id) == 22
        lengths = set(db.scalars(select(func.length(SealedAnswer.sealed))))
    assert len(lengths) == 1


def test_no_column_of_an_answer_leads_to_anybody(database):
    for table in ("feedback_answers", "sealed_answers"):
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
                    "SELECT xmin::text FROM registrations UNION SELECT xmin::text FROM emails "
                    "UNION SELECT xmin::text FROM events"
                )
            ).all()
            assert not set(stamps) & set(others)
            order = db.scalars(text("SELECT recommend FROM feedback_answers ORDER BY ctid")).all()
            assert list(order) not in (list(range(10)), list(range(10))[::-1])
        assert db.scalar(select(func.count()).select_from(SealedAnswer)) == 0


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
