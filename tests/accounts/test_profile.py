"""What people say of themselves is theirs to change, and what they agreed to theirs to withdraw."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.consents import actions as consents
from portal.domain.accounts.consents.models import Consent, ConsentText, Purpose
from portal.domain.accounts.consents.queries import consents_of, consents_to_sign_up
from portal.domain.accounts.consents.rules import TEXTS
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import city_of, name_of
from portal.domain.events.models import Event
from portal.domain.privacy import actions as privacy
from portal.domain.registrations.models import Registration
from portal.domain.registrations.reminders import forget_participants
from portal.domain.registrations.rules import RETENTION_AFTER_EVENT
from portal.i18n.locale import LANGUAGES, use_locale
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest
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


OTHER = "/en/profile/consents/other_events"


def given_by(database, person):
    with database.reading() as db:
        found = db.get_one(Person, person.id)
        return [
            (consent.purpose, text.language, text.text, consent.withdrawn_at is None)
            for consent, text in consents_of(db, found)
        ]


def sign_ups_agreed_to(database):
    with database.reading() as db:
        ids = db.scalars(select(Registration.id)).all()
        return [
            (consent.purpose, text.language, text.text)
            for consent, text in consents_to_sign_up(db, ids)
        ]


def test_signing_in_for_the_first_time_agrees_to_the_account_once(database):
    claims = Claims("https://id.example.org", "ayana", "Аяна")
    for _time in range(2):
        with database.writing() as db, use_locale("kk"):
            person = privacy.welcome(db, claims, "kk", clock.now())
            db.expunge(person)
    with use_locale("kk"):
        text = str(TEXTS[Purpose.ACCOUNT])
    assert given_by(database, person) == [("account", "kk", text, True)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_says_what_signing_in_agrees_to(app, client, language):
    settings = app.state.site.settings.model_copy(update={"sign_in_by_email": True})
    app.state.site = replace(app.state.site, settings=settings)
    with use_locale(language):
        text = str(TEXTS[Purpose.ACCOUNT])
    assert text in words(client.get(f"/{language}/sign-in"))


def test_letters_about_other_events_are_off_until_agreed_to_and_two_clicks_away(
    browser_of, database, person
):
    browser = browser_of(person)
    assert given_by(database, person) == []
    assert browser.post(OTHER).status_code == 303
    assert browser.post(OTHER).status_code == 303  # twice is once
    text = TEXTS[Purpose.OTHER_EVENTS].message
    assert given_by(database, person) == [("other_events", "en", text, True)]
    page = browser.get("/en/profile/consents")
    assert text in words(page)
    assert "Take it back" in words(page)

    assert browser.post(f"{OTHER}/withdrawal").status_code == 303
    assert browser.post(f"{OTHER}/withdrawal").status_code == 303
    assert given_by(database, person) == [("other_events", "en", text, False)]
    assert "taken back on" in words(browser.get("/en/profile/consents"))

    browser.post(OTHER)
    assert [row[3] for row in given_by(database, person)] == [False, True]


def test_a_consent_keeps_the_words_that_were_read(browser_of, database, person, monkeypatch):
    with database.writing() as db, use_locale("ru"):
        consents.record_consent(db, db.merge(person), Purpose.OTHER_EVENTS, clock.now())
        read = str(TEXTS[Purpose.OTHER_EVENTS])
    from portal.domain.accounts.consents import rules
    from portal.i18n.locale import gettext_lazy

    monkeypatch.setitem(rules.TEXTS, Purpose.OTHER_EVENTS, gettext_lazy("New words."))
    page = browser_of(person).get("/en/profile/consents")
    assert read in words(page)
    assert "New words." not in words(page)


def test_people_who_read_the_same_words_share_one_text(database, person):
    with database.writing() as db:
        for somebody in (db.merge(person), make_person(db)):
            consents.record_consent(db, somebody, Purpose.OTHER_EVENTS, clock.now())
    with database.reading() as db:
        assert len(db.scalars(select(Consent)).all()) == 2
        assert len(db.scalars(select(ConsentText)).all()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guests_sign_up_keeps_the_words_of_its_page_and_takes_them_along(
    client, database, language
):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        slug = event.slug
        others_id = sign_up_guest(db, event, name="Басқа").id
    with use_locale(language):
        text = str(TEXTS[Purpose.SIGN_UP])
    assert text in words(client.get(f"/{language}/events/{slug}"))
    path, form = (
        f"/{language}/events/{slug}/registration",
        {"name": "Жұпар", "email": "zhupar@example.org"},
    )
    assert client.post(path, data=form | {"email": "no address"}).status_code == 422
    assert sign_ups_agreed_to(database) == [("sign_up", "en", TEXTS[Purpose.SIGN_UP].message)]
    for _time in range(2):  # the second time, the letter is only sent again
        assert client.post(path, data=form).status_code == 303
    assert sign_ups_agreed_to(database)[1:] == [("sign_up", language, text)]

    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        guest = db.scalars(select(Registration).order_by(Registration.id.desc())).first()
        key = pass_key(db, guest, event)
    assert client.post(f"/{language}/passes/{key}/deletion").status_code == 303
    with database.reading() as db:
        assert [each.registration_id for each in db.scalars(select(Consent))] == [others_id]


def test_thirty_days_after_the_event_nothing_is_kept_of_it(database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        sign_up_guest(db, event)
        ends_at = event.ends_at
        assert len(db.scalars(select(Consent)).all()) == 1
        assert forget_participants(db, ends_at + RETENTION_AFTER_EVENT) == 1
        assert db.scalars(select(Consent)).all() == []


@pytest.mark.parametrize("purpose", ["account", "sign_up", "nothing", "OTHER_EVENTS"])
def test_the_accounts_own_consent_and_unknown_ones_are_no_switches(
    browser_of, database, person, purpose
):
    browser = browser_of(person)
    assert browser.post(f"/en/profile/consents/{purpose}").status_code == 404
    assert browser.post(f"/en/profile/consents/{purpose}/withdrawal").status_code == 404
    assert given_by(database, person) == []
