"""Lists of participants are whole as files, cost little, and whoever takes them is noted."""

import csv
import io
import json
import re
import tempfile
import tracemalloc
from datetime import timedelta

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.privacy import actions as privacy
from portal.domain.registrations import listing
from portal.domain.registrations.exports import forget_takings, record_export
from portal.domain.registrations.models import ParticipantExport
from portal.domain.registrations.rules import EXPORT_RETENTION
from portal.web.http.spreadsheets import to_csv, to_xlsx
from portal.web.registrations import participants
from tests.factories import make_event, make_organization, make_person, sign_up_guest
from tests.pages import page_of, words
from tests.processes import run_all
from tests.queries import queries_of

pytestmark = pytest.mark.both_engines


@pytest.fixture
def crowd(browser_of, database):
    """An organiser's browser, and the path of an event of two places and seven people."""
    with database.writing() as db:
        editor = make_person(db)
        event = make_event(db, make_organization(db, editor=editor), capacity=2)
        for number in range(7):
            sign_up_guest(db, event, name=f"Guest {number}")
        path = f"/en/manage/events/{event.slug}/participants"
    return browser_of(editor), path


def cells(file, form):
    if form == "csv":
        return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("at_once", [1, 3, 7, 500])
def test_files_hold_everybody_however_few_are_read_at_once(crowd, monkeypatch, form, at_once):
    monkeypatch.setattr(listing, "AT_ONCE", at_once)
    browser, path = crowd
    rows = cells(browser.post(f"{path}.{form}"), form)
    assert [row[0] for row in rows[1:]] == [f"Guest {number}" for number in range(7)]
    assert [row[2] for row in rows[1:]] == ["", "", "1", "2", "3", "4", "5"]


def test_the_page_shows_some_at_a_time_and_counts_the_line_on(crowd, monkeypatch):
    monkeypatch.setattr(participants, "ON_A_PAGE", 3)
    browser, path = crowd
    for page, shown in ((1, "012"), (2, "345"), (3, "6")):
        text = words(browser.get(f"{path}?page={page}"))
        assert "".join(re.findall(r"Guest (\d)", text)) == shown
    assert "Waiting list (5)" in text
    assert browser.get(f"{path}?page=4").status_code == 404


def test_more_people_are_no_more_questions(crowd, database):
    browser, path = crowd
    with queries_of(database) as sent:
        browser.post(f"{path}.csv")
    # Who is in it, and how many they are, which is noted.
    assert len([each for each in sent if "registrations" in each]) == 2


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**9), 10**9), st.none()), max_size=6))
@example([("=1+1", 1, None), ("_x0041_ \x07 <&> \ufffe", 2, None), (" a\tb ", 3, None)])
def test_workbooks_come_back_as_they_were_and_no_cell_is_live(rows):
    made = b"".join(to_xlsx(["one", "=two"], rows))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(made)).worksheets
    header, *read = sheet.iter_rows()
    assert [cell.value for cell in header[:2]] == ["one", "=two"]
    assert all(cell.font.b for cell in header[:2])
    assert {cell.data_type for row in [header, *read] for cell in row} <= {"s", "n", "inlineStr"}
    for (text, number, _none), cell in zip(rows, read, strict=True):
        assert re.sub(r"\r\n?", "\n", unescaped(cell[0].value or "")) == re.sub(
            r"\r\n?", "\n", text
        )
        assert cell[1].value == number


def unescaped(text):
    """What a spreadsheet shows; openpyxl leaves that to whoever asks."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("rich", ["<r>", "<r><t>x</t></r>", "<r></r>", "<r>&<</r>", "<r>\n</r>"])
def test_no_text_becomes_xml_of_the_sheet(rich):
    """XlsxWriter copies texts between <r> and </r> as they are."""
    made = b"".join(to_xlsx(["one"], [[rich]]))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(made), rich_text=True).worksheets
    assert sheet["A2"].value.strip() == rich


def test_the_longest_text_is_cut_and_the_file_still_opens():
    made = b"".join(to_xlsx(["one"], [["я" * 40_000, 1]]))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(made)).worksheets
    assert (sheet["A2"].value, sheet["B2"].value) == ("я" * 32_767, 1)
    assert sheet.freeze_panes == "A2"


def test_nothing_is_left_of_a_workbook_however_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken():
        yield ["one"]
        raise LookupError

    assert b"".join(to_xlsx(["one"], [["two"]]))
    with pytest.raises(LookupError):
        next(to_xlsx(["one"], broken()))
    unread = to_xlsx(["one"], [["two"]])
    assert next(unread)
    assert list(tmp_path.iterdir())
    unread.close()
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_of_many_rows_takes_no_memory():
    tracemalloc.start()
    try:
        size = sum(map(len, to_xlsx(["one"], ([f"{number:0100}"] for number in range(20_000)))))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 50_000
    # The rows alone are 2 MB.
    assert most < 1_000_000


def test_csv_begins_before_the_first_row_is_read_and_keeps_little():
    asked = []

    def rows():
        for number in range(5_000):
            asked.append(number)
            yield [f"{hash(str(number))}", number]

    pieces = to_csv(["one", "two"], rows())
    assert next(pieces)
    assert asked == []
    assert max(len(piece) for piece in pieces) < 100_000
    assert len(asked) == 5_000


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
    return *map(browser_of, people), f"/en/manage/events/{slug}/participants"


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
        assert db.scalars(select(ParticipantExport)).all() == []


def test_closing_the_account_takes_the_name_and_not_the_note(organisers, database):
    owner, editor, page = organisers
    editor.post(f"{page}.csv")
    with database.writing() as db:
        taker = db.get_one(Person, db.scalars(select(ParticipantExport.person_id)).one())
        privacy.close(db, taker, clock.now())
    assert [row[0] for row in taken(owner.get(page))] == ["A closed account"]
    with database.writing() as db:
        db.delete(db.get_one(Person, db.scalars(select(ParticipantExport.person_id)).one()))
    assert [row[0] for row in taken(owner.get(page))] == ["A closed account"]


def test_what_was_noted_is_forgotten_after_a_year(organisers, database):
    _owner, editor, page = organisers
    editor.post(f"{page}.csv")
    with database.writing() as db:
        assert forget_takings(db, clock.now() + EXPORT_RETENTION - timedelta(minutes=1)) == 0
        assert forget_takings(db, clock.now() + EXPORT_RETENTION) == 1
        assert db.scalars(select(ParticipantExport)).all() == []


@pytest.mark.processes
def test_an_operator_lists_what_left_the_portal(organisers, database, settings):
    _owner, editor, page = organisers
    editor.post(f"{page}.csv")
    now = clock.now()
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        before = now - timedelta(days=40)
        record_export(db, event, db.scalars(select(Person)).first(), "xlsx", before)
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
