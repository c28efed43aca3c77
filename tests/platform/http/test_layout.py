"""What stands around every page belongs to that page and its reader alone."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from portal.i18n.locale import SWITCH
from tests.factories import make_person
from tests.pages import page_of

# The layout never comes near the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# What would leave an attribute, if anything did; in a path it comes to the layout undone.
HOSTILE = "\"><b id='out'>"


def _layout(client, address):
    page = page_of(client.get(address))
    sign_in = page.xpath("//header//a[contains(@href, '/sign-in')]/@href")
    return {
        "languages": page.xpath("//nav[@class='langs']//a/@href"),
        "sign in": [parse_qs(urlsplit(each).query).get("next") for each in sign_in],
        "current": page.xpath("//nav[@class='nav']//a[@aria-current]/@href"),
        "zone": page.xpath("//section[@data-time-zone-offer]//input[@name='next']/@value"),
    }


def test_each_page_names_its_own_address(client):
    for path in ("/events?when=past", "/events", "/events?tag=music", "/stories"):
        assert _layout(client, f"/en{path}") == {
            "languages": [f"/{tag}{path}" for tag in SWITCH],
            "sign in": [[f"/en{path}"]],
            "current": [f"/en{path.split('?')[0]}"],
            "zone": [f"/en{path}"],
        }


def test_from_the_front_page_signing_in_leads_back_to_it_by_itself(client):
    assert _layout(client, "/ru")["sign in"] == [None]
    assert _layout(client, "/ru")["current"] == []


def test_an_address_without_a_language_leads_to_the_front_pages(client):
    layout = _layout(client, "/nowhere/at-all")
    assert layout["languages"] == [f"/{tag}" for tag in SWITCH]
    assert layout["current"] == []


def test_an_address_stays_inside_its_attribute(client):
    page = page_of(client.get(f"/en/events?when=past&x={HOSTILE}"))
    assert not page.xpath("//b[@id='out']")
    assert page.xpath("//nav[@class='langs']//a/@href")[-1].startswith("/en/events?when=past&x=")
    page = page_of(client.get(f"/en/{quote(HOSTILE)}"))
    assert not page.xpath("//b[@id='out']")
    assert page.xpath("//nav[@class='langs']//a/@href")[-1] == f"/en/{HOSTILE}"


def test_a_name_stays_a_text(browser_of, database):
    with database.writing() as db:
        member = make_person(db, f"Айгүл {HOSTILE}")
    page = page_of(browser_of(member).get("/en/events"))
    assert not page.xpath("//b[@id='out']")
    assert any(HOSTILE in each for each in page.xpath("//header//text()"))


def test_a_members_name_is_in_no_layout_but_their_own(client, browser_of, database):
    with database.writing() as db:
        member = make_person(db, "Planted Name")
    browser = browser_of(member)
    for address in ("/en/events", "/en/calendar"):
        assert "Planted Name" in browser.get(address).text
        assert "Planted Name" not in client.get(address).text
