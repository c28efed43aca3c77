"""The calendar of a month: which events stand on which of its days."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_event, make_organization, titled
from tests.pages import addresses_of, page_of, words

pytestmark = pytest.mark.both_engines


def test_the_calendar_shows_an_event_on_its_day_where_the_reader_is(client, database):
    with database.writing() as db:
        starts_at = datetime(2031, 5, 9, 20, 30, tzinfo=UTC)  # already the 10th in Almaty
        make_event(db, make_organization(db), title=titled("Түнгі"), starts_at=starts_at)

    def day_of(answer):
        cells = page_of(answer).xpath("//main//*[time[@datetime]]")
        return [
            cell.xpath(".//time/@datetime")[0] for cell in cells if "Түнгі" in cell.text_content()
        ]

    answer = client.get("/en/calendar/2031-05")
    assert "Түнгі" in words(answer)
    assert any(day.startswith("2031-05-10") for day in day_of(answer))
    client.post("/en/time-zone", data={"time_zone": "Europe/London"})
    assert any(day.startswith("2031-05-09") for day in day_of(client.get("/en/calendar/2031-05")))


def in_month(client, month, title):
    """What stands before a title in the month, by day."""
    cells = page_of(client.get(f"/en/calendar/{month}")).xpath("//main//td[time]")
    return {
        cell.xpath("./time/@datetime")[0]: link.xpath("string(b)")
        for cell in cells
        for link in cell.xpath(".//a")
        if title in link.text_content()
    }


def test_an_event_of_several_days_stands_on_each_of_them_and_begins_on_the_first(client, database):
    with database.writing() as db:
        organization = make_organization(db)
        make_event(
            db,
            organization,
            title=titled("Көрме"),
            starts_at=datetime(2031, 5, 8, 5, 0, tzinfo=UTC),  # 10:00 in Almaty
            lasts=timedelta(days=2, hours=3),
        )
        make_event(
            db,
            organization,
            title=titled("Түнге дейін"),
            starts_at=datetime(2031, 5, 8, 17, 0, tzinfo=UTC),
            lasts=timedelta(hours=2),
        )
    assert in_month(client, "2031-05", "Көрме") == {
        "2031-05-08": "10:00",
        "2031-05-09": "continues",
        "2031-05-10": "continues",
    }
    # It ends at midnight, when the next day has only begun.
    assert in_month(client, "2031-05", "Түнге дейін") == {"2031-05-08": "22:00"}


def test_days_of_the_months_before_and_after_say_which_they_are(client):
    cells = page_of(client.get("/ru/calendar/2031-05")).xpath("//main//td/time[@datetime]")
    told = {cell.get("datetime"): cell.xpath("string(*[@aria-hidden])") for cell in cells}
    assert (told["2031-04-30"], told["2031-05-01"]) == ("ср 30апреля", "чт 1")
    assert (told["2031-05-31"], told["2031-06-01"]) == ("сб 31", "вс 1июня")


def test_an_event_carried_over_into_a_month_does_not_begin_there(client, database):
    with database.writing() as db:
        starts_at = datetime(2031, 5, 24, 5, 0, tzinfo=UTC)
        lasts = timedelta(days=17)
        make_event(
            db, make_organization(db), title=titled("Көрме"), starts_at=starts_at, lasts=lasts
        )
    shown = in_month(client, "2031-06", "Көрме")
    # The month's table begins with Monday, 26 May.
    assert set(shown.values()) == {"continues"}
    assert (min(shown), max(shown), len(shown)) == ("2031-05-26", "2031-06-10", 16)
    begun = in_month(client, "2031-05", "Көрме")
    assert (min(begun), max(begun), len(begun)) == ("2031-05-24", "2031-06-01", 9)
    assert begun["2031-05-24"] == "10:00"


def test_an_event_at_the_edge_of_a_month_is_in_the_month_where_the_reader_is(client, database):
    with database.writing() as db:
        starts_at = datetime(2031, 5, 31, 20, 30, tzinfo=UTC)
        make_event(db, make_organization(db), title=titled("Түнгі"), starts_at=starts_at)
    assert "Түнгі" in words(client.get("/en/calendar/2031-06"))
    client.post("/en/time-zone", data={"time_zone": "Europe/London"})
    assert "Түнгі" in words(client.get("/en/calendar/2031-05"))


def test_months_that_do_not_exist_are_not_found(client):
    for month in ("2027-13", "2027-00", "2027-4", "27-04", "1999-01", "2027-04x", "-", "2027-٠٤"):
        assert client.get(f"/en/calendar/{month}").status_code == 404


def test_every_month_the_calendar_leads_to_exists(client):
    for month in ("2000-01", "2099-12", "2027-12"):
        answer = client.get(f"/en/calendar/{month}")
        assert answer.status_code == 200
        for link in addresses_of(answer):
            if "/en/calendar/" in link and "time-zone" not in link:
                assert client.get(link).status_code == 200, link
