"""Finding an organisation among many: by its name's place in the alphabet, country and kind."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations import profile
from portal.domain.organizations.models import Organization
from portal.i18n.translated import Translated
from portal.web.components import organization_list
from tests.factories import (
    make_event,
    make_initiative,
    make_organization,
    make_person,
    sign_up_guest,
)
from tests.pages import page_of, words
from tests.queries import queries_of

ROWS = "//main//ul[@class='facts']/li"
IN_ORDER = ["Әдет", "«Болашақ»", "Ілгері", "Ясын"]


def named(database, **facts_by_name):
    """Organisations; facts are attributes."""
    with database.writing() as db:
        for name, facts in facts_by_name.items():
            made = make_organization(db, verified=False)
            made.name = Translated.of("kk", kk=facts.pop("called", name))
            for fact, value in facts.items():
                setattr(made, fact, value)


@pytest.fixture
def four(database):
    named(
        database,
        Ясын={"country": "TR", "kind": "ngo"},
        Ілгері={"country": "DE", "kind": "ngo"},
        Болашақ={"called": "«Болашақ»", "country": "DE", "kind": "university"},
        Әдет={"country": "MN", "kind": "media"},
    )


def listed(client, path):
    page = page_of(client.get(path))
    return [row.text_content() for row in page.xpath(f"{ROWS}//a")]


@pytest.mark.parametrize("language", ["kk", "ru", "en", "kk-Latn"])
def test_organisations_stand_in_alphabetical_order(client, four, language):
    names = listed(client, f"/{language}/organizations")
    if language == "kk-Latn":
        assert names == ["Ädet", "«Bolaşaq»", "Ilgerı", "İasyn"]
    else:
        assert names == IN_ORDER


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("country=DE", ["«Болашақ»", "Ілгері"]),
        ("kind=ngo", ["Ілгері", "Ясын"]),
        ("country=DE&kind=ngo", ["Ілгері"]),
        ("country=MN&kind=ngo", []),
        ("country=FR", []),
    ],
)
def test_they_are_narrowed_by_country_and_kind(client, four, query, names):
    path = f"/kk/organizations?{query}"
    assert listed(client, path) == names
    page = page_of(client.get(path))
    (country, _kind) = page.xpath("//nav[@class='filters']//ul")[0:2]
    offered = [each.text_content() for each in country.xpath(".//a")]
    assert offered == ["Барлық ел", "Германия", "Моңғолия", "Түркия"]
    (canonical,) = page.xpath("//link[@rel='canonical']/@href")
    assert dict(parse_qsl(urlsplit(canonical).query)) == dict(parse_qsl(query))
    back = page.xpath("//main//a[text()='Барлық ұйымды көрсету']/@href")
    assert back == ([] if names else ["/kk/organizations"])


@pytest.mark.parametrize("query", ["country=XX", "kind=nonsense", "page=0", "page=2", "page=x"])
def test_what_is_no_such_list_is_not_found(client, four, query):
    assert client.get(f"/kk/organizations?{query}").status_code == 404


def test_cities_are_called_as_readers_call_them(client, four):
    assert "Берлин, Германия" in words(client.get("/kk/organizations"))
    assert "Berlin, Germany" in words(client.get("/en/organizations"))


def test_nobody_has_joined(client, database):
    assert "Әзірге бірде-бір ұйым" in words(client.get("/kk/organizations"))


@pytest.mark.both_engines
def test_a_long_list_has_pages(client, browser_of, database, monkeypatch):
    monkeypatch.setattr(organization_list, "PAGE_SIZE", 2)
    with database.writing() as db:
        administrator = make_person(db, is_administrator=True)
    named(database, Г={}, А={}, В={}, Б={}, Д={"country": "TR"})
    first = page_of(client.get("/kk/organizations?country=DE"))
    (following,) = first.xpath("//a[@rel='next']/@href")
    assert following == "/kk/organizations?country=DE&page=2"
    assert listed(client, "/kk/organizations?country=DE") == ["А", "Б"]
    assert listed(client, following) == ["В", "Г"]
    assert not page_of(client.get(following)).xpath("//a[@rel='next']")
    office = browser_of(administrator)
    last = page_of(office.get("/kk/administration/organizations?page=3"))
    assert [row.text_content() for row in last.xpath(f"{ROWS}//p[1]/a")][:1] == ["Д"]


@pytest.mark.both_engines
def test_choices_are_in_order_without_those_that_are_suspended(browser_of, database, four):
    with database.writing() as db:
        editor = make_person(db)
        ours = make_organization(db, "ours", editor=editor, owner=make_person(db))
        initiative = make_initiative(db, ours).slug
        event = make_event(db, ours).slug
        db.flush()
        suspended = make_organization(db, "theirs")
        suspended.suspended_at = clock.now()
    browser = browser_of(editor)
    for path in (f"initiatives/{initiative}", f"events/{event}"):
        page = page_of(browser.get(f"/kk/manage/{path}/hosts"))
        offered = page.xpath("//select[@name='organization']/option[@value!='']/text()")
        assert offered == IN_ORDER, path


@pytest.mark.both_engines
def test_names_are_put_in_order_once_for_all_and_anew_when_one_changes(
    browser_of, database, stopped_clock, four
):
    with database.writing() as db:
        person = make_person(db)
    member = browser_of(person)

    def asked_of(path):
        with queries_of(database) as sent:
            names = listed(member, path)
        return names, [each for each in sent if "organizations.country" in each]

    anew, names_and_rows = asked_of("/kk/organizations")
    assert anew == IN_ORDER
    again, rows = asked_of("/kk/organizations?country=DE")
    assert again == ["«Болашақ»", "Ілгері"]
    assert len(rows) < len(names_and_rows)
    with database.writing() as db:
        changed = db.scalars(select(Organization).where(Organization.country == "MN")).one()
        changed.name = Translated.of("kk", kk="Шаңырақ", ru="Аул")
    assert asked_of("/kk/organizations")[0] == ["«Болашақ»", "Шаңырақ", "Ілгері", "Ясын"]
    # Each language has an order of its own.
    assert asked_of("/ru/organizations")[0] == ["Аул", "«Болашақ»", "Ілгері", "Ясын"]


def test_countries_stand_in_the_order_of_their_names(client, database):
    with database.writing() as db:
        ours = make_organization(db)
        make_initiative(db, ours, countries=("KZ", "UZ", "AZ", "GB"))
    page = page_of(client.get("/kk/initiatives"))
    offered = page.xpath("//nav[@class='filters']//a[contains(@href, 'country=')]/text()")
    assert offered == ["Әзірбайжан", "Қазақстан", "Өзбекстан", "Ұлыбритания"]
    assert "Әзірбайжан, Қазақстан, Өзбекстан, Ұлыбритания" in words(client.get("/kk/initiatives"))


def test_cities_of_time_zones_stand_in_alphabetical_order(browser_of, database):
    with database.writing() as db:
        person = make_person(db)
    page = page_of(browser_of(person).get("/kk/profile"))
    (asia,) = page.xpath("//select[@name='time_zone']/optgroup[@label='Азия']")
    cities = [option.text.split(" (")[0] for option in asia]
    in_order = ["Ақтөбе", "Ашхабад", "Қостанай", "Никосия"]
    assert [city for city in cities if city in in_order] == in_order


@pytest.mark.both_engines
def test_a_search_offers_countries_in_the_order_of_their_names(client, database):
    for name, country in zip("АБВГД", ("GB", "AZ", "KZ", "TR", "DE"), strict=True):
        named(database, **{name: {"country": country}})
    with database.writing() as db:
        for organization in db.scalars(select(Organization)):
            profile.index(db, organization)
    page = page_of(client.get("/kk/search?q=бірлестік"))
    offered = page.xpath("//select[@name='country']/option[@value!='']/text()")
    assert offered == ["Әзірбайжан", "Германия", "Қазақстан", "Түркия", "Ұлыбритания"]


@pytest.mark.both_engines
def test_at_the_door_names_stand_in_alphabetical_order(browser_of, database):
    with database.writing() as db:
        doorkeeper = make_person(db)
        event = make_event(db, make_organization(db, editor=doorkeeper))
        for name in ("Яна", "Ілияс", "Әсел", "Бауыржан"):
            sign_up_guest(db, event, name)
        slug = event.slug
    shown = words(browser_of(doorkeeper).get(f"/kk/manage/events/{slug}/check-in"))
    places = [shown.index(name) for name in ("Әсел", "Бауыржан", "Ілияс", "Яна")]
    assert places == sorted(places)
