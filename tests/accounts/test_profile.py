"""What people say of themselves: saved, shown again, and refused where it cannot be."""

import pytest

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import city_of, name_of
from portal.i18n.locale import LANGUAGES
from tests.factories import make_person
from tests.pages import errors_of, page_of, value_of, words

FORM = {"name": "Айгерім", "language": "en"}
ABOUT = {
    "country": "MN",
    "city": "Өлгий",
    "spoken": ["kk", "mn"],
    "interests": ["music", "youth"],
    "is_discreet": "yes",
}


@pytest.fixture
def person(database):
    with database.writing() as db:
        made = make_person(db)
        db.expunge(made)
        return made


def of(database, person):
    with database.reading() as db:
        found = db.get_one(Person, person.id)
        return found, city_of(db, found)


def checked(answer, name):
    return page_of(answer).xpath(f"//main//*[@name='{name}'][@checked]/@value")


def test_country_city_languages_and_interests_are_kept_and_shown_again(
    browser_of, database, person
):
    browser = browser_of(person)
    assert browser.post("/en/profile", data=FORM | ABOUT).status_code == 303

    page = browser.get("/en/profile")
    assert (value_of(page, "country"), value_of(page, "city")) == ("MN", "Өлгий")
    assert checked(page, "spoken") == ["kk", "mn"]
    assert checked(page, "interests") == ["youth", "music"]
    assert checked(page, "is_discreet") == ["yes"]
    found, city = of(database, person)
    assert city == "Өлгий"
    assert "Өлгий".encode() not in found.city_sealed


def test_all_of_it_may_be_taken_back(browser_of, database, person):
    browser = browser_of(person)
    browser.post("/en/profile", data=FORM | ABOUT)
    assert browser.post("/en/profile", data=FORM).status_code == 303

    found, city = of(database, person)
    assert (found.country, city, found.spoken, found.interests) == (None, None, [], [])
    assert not found.is_discreet


@pytest.mark.parametrize("code", ["XK", "EU", "kz", "zz", "ZZ"])
def test_only_countries_may_be_chosen(browser_of, database, person, code):
    answer = browser_of(person).post("/en/profile", data=FORM | ABOUT | {"country": code})
    assert answer.status_code == 422
    assert errors_of(answer) == {"country": "Error: Choose a country from the list."}
    assert value_of(answer, "city") == "Өлгий"
    assert of(database, person)[0].country is None


@pytest.mark.parametrize("name", ["Ай\u0007герім", "\u202eмірегйА", "Ай\nгерім", "Ж" * 81])
def test_a_name_that_hides_something_is_refused_and_not_cut(browser_of, database, person, name):
    answer = browser_of(person).post("/en/profile", data=FORM | {"name": name})
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["name"]
    with database.reading() as db:
        assert name_of(db, db.get_one(Person, person.id)) != name


def test_a_city_is_one_line(browser_of, database, person):
    answer = browser_of(person).post("/en/profile", data=FORM | ABOUT | {"city": "Берлин\u202e"})
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["city"]
    assert of(database, person)[1] is None


def test_words_that_are_not_ours_are_not_kept(browser_of, database, person):
    form = FORM | {"spoken": ["kk", "klingon"], "interests": ["weapons", "film"]}
    assert browser_of(person).post("/en/profile", data=form).status_code == 303
    found, _city = of(database, person)
    assert (found.spoken, found.interests) == (["kk"], ["film"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_stand_in_the_readers_language_and_alphabet(browser_of, person, language):
    page = browser_of(person).get(f"/{language}/profile")
    options = page_of(page).xpath("//select[@name='country']/option")
    named = {option.get("value"): option.text for option in options}
    assert named["KZ"] == {"kk": "Қазақстан", "ru": "Казахстан", "en": "Kazakhstan"}[language]
    assert len(named) == 250  # ISO 3166-1's 249, and none
    order = [option.get("value") for option in options]
    # Ә stands after А, Қ after К: by code point both would come last.
    assert order.index("AZ") < order.index("BR") < order.index("KZ") < order.index("LV")


def test_the_page_leads_to_everything_about_the_account(browser_of, person):
    page = browser_of(person).get("/en/profile")
    assert "Everything we hold about you in one archive" in words(page)
    assert page_of(page).xpath("//a[@href='/en/profile/deletion']")
    assert page_of(page).xpath("//a[@href='/en/profile/consents']")
    assert page_of(page).xpath("//form[@action='/en/profile/data'][@method='post']")
