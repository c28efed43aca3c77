"""The form of an event: what it keeps, what it refuses, and how it says so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.domain.events.models import Event, JoinLink
from tests.events.editing import CREATE, draft, published, save, stored
from tests.factories import sign_up_guest
from tests.forms import event_fields
from tests.pages import errors_of, page_of, value_of, words


def test_what_was_typed_stands_in_the_form_again(browser, database):
    typed = event_fields(
        title_ru="Вечер",
        venue_kk="Абай алаңы 1",
        attendance_mode="mixed",
        tags=["music", "youth"],
        languages=["kk", "de"],
        remark_1_kk="Қытайда да ашылады",
        link_2="https://second.example.org/",
        visibility="private",
    )
    slug = browser.post(CREATE, data=typed).headers["location"].split("/")[-2]
    form = browser.get(f"/en/manage/events/{slug}/edit")
    for name in typed.keys() - {"tags", "languages", "revision"}:
        assert value_of(form, name) == typed[name], name
    for name in ("tags", "languages"):
        chosen = page_of(form).xpath(f"//input[@name='{name}'][@checked]/@value")
        assert sorted(chosen) == sorted(typed[name])
    assert value_of(form, "revision") == str(stored(database, slug).revision)


REFUSED = {
    "no title in the original language": ({"title_kk": None, "title_ru": "Вечер"}, "title_kk"),
    "a title of spaces": ({"title_kk": "  \t "}, "title_kk"),
    "a title that is too long": ({"title_kk": "Ә" * 141}, "title_kk"),
    "a summary that is too long": ({"summary_kk": "Ә" * 301}, "summary_kk"),
    "a description that is too long": ({"description_kk": "Ә" * 20_001}, "description_kk"),
    "a place that is too long": ({"venue_ru": "Ә" * 301}, "venue_ru"),
    "a remark that is too long": ({"remark_1_kk": "Ә" * 141}, "remark_1_kk"),
    "a NUL": ({"title_kk": "Кеш\0"}, "title_kk"),
    "a bell": ({"summary_kk": "Кеш\a!"}, "summary_kk"),
    "text that runs backwards": ({"title_kk": "Кеш \u202egnp.exe"}, "title_kk"),
    "a line break in the title": ({"title_kk": "Кеш\nBEGIN:VALARM"}, "title_kk"),
    "the end before the start": (
        {"starts": "2027-05-05T19:00", "ends": "2027-05-05T18:00"},
        "ends",
    ),
    "the end at the start": ({"starts": "2027-05-05T19:00", "ends": "2027-05-05T19:00"}, "ends"),
    "a month and more": ({"starts": "2027-05-05T19:00", "ends": "2027-06-06T19:00"}, "ends"),
    "no start": ({"starts": ""}, "starts"),
    "a start that is no time": ({"starts": "tomorrow"}, "starts"),
    "a start with a zone of its own": ({"starts": "2027-05-05T19:00+05:00"}, "starts"),
    "a start before the calendar began": ({"starts": "0001-01-01T00:00"}, "starts"),
    "an hour the clocks jump over": (
        {"time_zone": "Europe/Berlin", "starts": "2027-03-28T02:30", "ends": "2027-03-28T05:00"},
        "starts",
    ),
    "an hour the clocks show twice": (
        {"time_zone": "Europe/Berlin", "starts": "2027-10-31T02:30", "ends": "2027-10-31T05:00"},
        "starts",
    ),
    "an end the clocks jump over": (
        {"time_zone": "Europe/Berlin", "starts": "2027-03-28T01:00", "ends": "2027-03-28T02:00"},
        "ends",
    ),
    "an end the clocks show twice": (
        {"time_zone": "Europe/Berlin", "starts": "2027-10-31T01:00", "ends": "2027-10-31T02:59"},
        "ends",
    ),
    "an unknown zone": ({"time_zone": "Mars/Phobos"}, "time_zone"),
    "an abbreviation for a zone": ({"time_zone": "EST"}, "time_zone"),
    "a path for a zone": ({"time_zone": "../../etc/passwd"}, "time_zone"),
    "no places": ({"capacity": "0"}, "capacity"),
    "places that are no number": ({"capacity": "many"}, "capacity"),
    "a part of a place": ({"capacity": "2.5"}, "capacity"),
    "more places than there are chairs": ({"capacity": "1000000"}, "capacity"),
    "a number of places with thousands of digits": ({"capacity": "9" * 5_000}, "capacity"),
    "a link without encryption": ({"link_1": "http://meet.example.org/x"}, "link_1"),
    "a script for a link": ({"link_1": "javascript:alert(1)"}, "link_1"),
    "a link to a user at a host": ({"link_1": "https://a:b@evil.example/"}, "link_1"),
    "a link without a host": ({"link_1": "https:///x"}, "link_1"),
    "a link with a space": ({"link_1": "https://meet.example.org/a b"}, "link_1"),
    "a link with a backslash": ({"link_1": "https://meet.example.org\\@evil.example"}, "link_1"),
    "a link that hides something": ({"link_1": "https://meet.example.org/\u200b"}, "link_1"),
    "a link that is too long": ({"link_1": "https://meet.example.org/" + "a" * 2_000}, "link_1"),
    "a remark without a link": ({"remark_2_kk": "Қытайда ашылады"}, "link_2"),
    "a remark in another language without a link": ({"remark_3_en": "Works"}, "link_3"),
    "a bad link after one left empty": (
        {"link_1": None, "link_2": "http://meet.example.org/x"},
        "link_2",
    ),
    "an unknown way of taking part": ({"attendance_mode": "by-dream"}, "attendance_mode"),
    "an unknown original language": ({"original": "de"}, "original"),
    "an unknown visibility": ({"visibility": "secret"}, "visibility"),
}


def test_what_cannot_be_is_refused_beside_its_field_with_everything_typed_kept(browser, database):
    surprises = {}
    for reason, (changes, field) in REFUSED.items():
        typed = event_fields(**changes)
        answer = browser.post(CREATE, data=typed)
        errors = errors_of(answer) if answer.status_code == 422 else {}
        if list(errors) != [field]:
            surprises[reason] = (answer.status_code, errors)
            continue
        for name in ("title_kk", "description_kk", "starts", "ends", "link_1"):
            if name != field and typed.get(name) and (value_of(answer, name) or "") != typed[name]:
                surprises[reason] = name
        if field in {"starts", "ends", "capacity", "link_1"} and "\\" not in typed[field]:
            shown = value_of(answer, field) or ""
            if shown != typed[field]:
                surprises[reason] = shown
    assert surprises == {}
    with database.reading() as db:
        assert db.scalars(select(Event)).all() == []


def test_the_reasons_for_impossible_hours_are_said(browser):
    for reason, said in (
        ("an hour the clocks jump over", "does not exist in that place"),
        ("an hour the clocks show twice", "comes twice in that place"),
        ("an unknown zone", "Choose a time zone from the list"),
        ("a link without encryption", "must start with https://"),
        ("the end before the start", "must come after the start"),
    ):
        changes, field = REFUSED[reason]
        assert said in errors_of(browser.post(CREATE, data=event_fields(**changes)))[field]


@pytest.mark.parametrize(
    ("zone", "starts", "instant"),
    [
        ("Europe/Berlin", "2027-03-28T03:00", datetime(2027, 3, 28, 1, tzinfo=UTC)),
        ("Europe/Berlin", "2027-10-31T03:00", datetime(2027, 10, 31, 2, tzinfo=UTC)),
        ("Asia/Almaty", "2027-01-05T19:00", datetime(2027, 1, 5, 14, tzinfo=UTC)),
        ("America/New_York", "2027-07-05T19:00", datetime(2027, 7, 5, 23, tzinfo=UTC)),
    ],
)
def test_what_was_typed_and_the_instant_it_means_are_both_kept(
    browser, database, zone, starts, instant
):
    ends = starts.replace("T03", "T05").replace("T19", "T21")
    slug = draft(browser, time_zone=zone, starts=starts, ends=ends)
    event = stored(database, slug)
    assert event.starts_at == instant
    assert event.starts_wall == datetime.fromisoformat(starts)


def test_the_end_may_lie_on_the_other_side_of_a_change_of_clocks(browser, database):
    slug = draft(
        browser, time_zone="Europe/Berlin", starts="2027-03-27T22:00", ends="2027-03-28T04:00"
    )
    event = stored(database, slug)
    assert event.ends_at - event.starts_at == timedelta(hours=5)


def test_a_text_in_another_language_than_the_original_does_not_break_the_form(browser, client):
    """A summary written in Russian alone, where the event was first written in Kazakh."""
    slug = published(browser, summary_kk=None, summary_ru="Один кюй, один рассказ.")
    assert browser.get(f"/en/manage/events/{slug}/edit").status_code == 200
    for language in ("kk", "ru", "en"):
        assert client.get(f"/{language}/events/{slug}").status_code == 200
    assert "Один кюй" in words(client.get(f"/ru/events/{slug}"))


def test_a_link_left_empty_before_another_leaves_no_gap(browser, database):
    slug = draft(browser, link_1=None, link_3="https://third.example.org/", remark_3_kk="Ашылады")
    form = browser.get(f"/en/manage/events/{slug}/edit")
    assert value_of(form, "link_1") == "https://third.example.org/"
    assert value_of(form, "remark_1_kk") == "Ашылады"
    with database.reading() as db:
        assert db.scalars(select(JoinLink.position)).all() == [0]


def test_a_remark_in_a_language_of_its_own_is_not_lost_by_saving_again(browser, database):
    slug = draft(browser, remark_1_ru="Открывается в Китае")
    form = browser.get(f"/en/manage/events/{slug}/edit")
    assert value_of(form, "remark_1_ru") == "Открывается в Китае"


MUCH_IS_WRONG = {
    "title_kk": "Ә" * 141,
    "title_ru": "Вечер\a",
    "summary_ru": "Ә" * 301,
    "link_1": "http://meet.example.org/x",
    "remark_2_kk": "Қытайда ашылады",
    "starts": "2027-03-28T02:30",
    "ends": "2027-10-31T02:30",
    "time_zone": "Europe/Berlin",
}
REFUSED_TOGETHER = {
    *("title_kk", "title_ru", "summary_ru", "link_1", "link_2", "starts", "ends"),
}


def test_all_that_is_wrong_is_said_at_once(browser):
    answer = browser.post(CREATE, data=event_fields(**MUCH_IS_WRONG))
    assert answer.status_code == 422
    assert set(errors_of(answer)) == REFUSED_TOGETHER


@pytest.mark.parametrize(
    ("unread", "known"),
    [
        ({"capacity": "many"}, REFUSED_TOGETHER),
        ({"funding": None, "attendance_mode": "by-dream"}, REFUSED_TOGETHER),
        ({"starts": "tomorrow"}, REFUSED_TOGETHER),
        ({"original": "de"}, REFUSED_TOGETHER),
        ({"starts": "", "ends": "", "time_zone": "EST"}, REFUSED_TOGETHER | {"time_zone"}),
    ],
)
def test_what_cannot_be_read_hides_nothing_else_that_is_wrong(browser, database, unread, known):
    typed = event_fields(**(MUCH_IS_WRONG | unread))
    slug = draft(browser)
    for path in (CREATE, f"/en/manage/events/{slug}"):
        answer = browser.post(path, data=typed)
        assert answer.status_code == 422
        assert set(errors_of(answer)) == known | unread.keys()
        assert value_of(answer, "remark_2_kk") == typed["remark_2_kk"]


@pytest.mark.parametrize(
    "changes",
    [{"starts": "tomorrow"}, {"ends": ""}, {"starts": "", "ends": ""}, {"original": "de"}],
)
def test_nothing_is_said_of_what_only_stands_in_for_the_unreadable(browser, changes):
    answer = browser.post(CREATE, data=event_fields(**changes))
    assert errors_of(answer).keys() == changes.keys()


def test_places_already_given_count_beside_what_cannot_be_read(browser, database, slug):
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        for _guest in range(2):
            sign_up_guest(db, event)
    answer = save(browser, database, slug, capacity="1", starts="tomorrow")
    assert errors_of(answer).keys() == {"capacity", "starts"}
    assert "2 places are already given" in errors_of(answer)["capacity"]


def test_fields_nobody_asked_for_are_not_read(browser, database):
    forged = {"organization_id": "1", "taken": "5", "status": "cancelled", "uid": "x", "slug": "x"}
    slug = draft(browser, **forged)
    event = stored(database, slug)
    assert (event.taken, event.status, event.published_at) == (0, "scheduled", None)
    assert (event.slug, event.uid) != ("x", "x")


def test_unknown_topics_and_languages_are_left_out(browser, client):
    slug = published(browser, tags=["music", "<script>"], languages=["kk", "tlh"])
    shown = client.get(f"/en/events/{slug}")
    assert "Music" in words(shown)
    assert "tlh" not in shown.text
    assert "<script>" not in shown.text.replace('<script type="module"', "")
