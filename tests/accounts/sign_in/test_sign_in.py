"""Signing in with a real provider over HTTP, what follows from it, and signing out."""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.tokens import digest
from portal.demo.services.id_tokens import Signature
from portal.demo.services.serving import listener_on, url_of
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Ban, Identity, Person, SignInSession
from portal.domain.accounts.people.queries import address_of, name_of
from portal.domain.emails.models import NotificationKind
from portal.domain.moderation.models import Measure
from portal.domain.moderation.staff import lift_ban, lift_ban_of_erased
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.worker.loop import Worker
from tests.accounts.sign_in.reader import AIGUL, BOLAT, CALLBACK, Reader, count
from tests.conftest import ADDRESS
from tests.factories import decision_url, make_decision, make_person
from tests.notifications import notifications
from tests.pages import page_of, words

# Some of where nobody may be led; tests/properties/test_safe_next.py tries everything else.
ELSEWHERE = ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)")


def test_a_person_is_signed_in_and_known_by_issuer_and_subject(reader, database, issuer):
    answer = reader.sign_in(target="/en/events?tag=music")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/events?tag=music")
    assert "Айгүл Серікқызы" in reader.browser.get("/en").text
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert name_of(db, person) == "Айгүл Серікқызы"
        assert address_of(db, person) == "aigul@example.org"
        assert (person.language, person.time_zone) == ("kk", "Europe/Berlin")
        assert person.is_administrator is False
        identity = db.scalars(select(Identity)).one()
        assert (identity.issuer, identity.subject) == (issuer, "aigul")


def test_the_second_time_it_is_the_same_person_with_the_profile_as_they_left_it(
    reader, browser_of, database
):
    reader.sign_in()
    reader.browser.post("/en/profile", data={"name": "Аяла", "language": "ru", "time_zone": ""})
    again = Reader(browser_of())
    again.sign_in()
    assert "Аяла" in again.browser.get("/en").text
    assert count(database, Person) == 1
    with database.reading() as db:
        assert db.scalar(select(Person.time_zone)) is None


def test_the_session_cookie_is_safe_and_its_token_is_not_in_the_database(reader, database):
    answer = reader.sign_in()
    (cookie,) = [
        c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-session=")
    ]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=2592000"):
        assert part.lower() in cookie.lower()
    assert "domain" not in cookie.lower()
    with database.reading() as db:
        kept = db.scalar(select(SignInSession.digest))
    assert kept == digest(reader.session) != reader.session


def test_the_way_out_asks_for_code_with_proof_state_and_nonce(reader, issuer):
    address = urlsplit(reader.depart())
    asked = dict(parse_qsl(address.query))
    assert f"{address.scheme}://{address.netloc}" == issuer
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == CALLBACK
    assert "openid" in asked["scope"].split()
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert asked["state"] != dict(parse_qsl(urlsplit(reader.depart()).query))["state"]


def test_the_page_on_the_way_out_leaks_no_address_and_is_kept_by_nobody(reader):
    answer = reader.browser.post("/en/sign-in")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]


def test_signing_in_begins_a_new_session_and_ends_the_one_brought_along(
    reader, database, browser_of
):
    """A session planted in a browser is worth nothing after its owner has signed in."""
    with database.writing() as db:
        attacker = make_person(db, "Attacker")
        planted = people.start_session(db, attacker, clock.now())
    way = reader.depart()
    reader.browser.cookies.set("__Host-session", planted)
    reader.browser.get(reader.choose(AIGUL, way))
    fresh = [c.value for c in reader.browser.cookies.jar if c.name == "__Host-session"]
    assert any(value != planted for value in fresh)
    thief = browser_of()
    thief.cookies.set("__Host-session", planted)
    assert "Айгүл" not in thief.get("/en").text
    assert thief.get("/en/profile").status_code == 303


def test_every_sign_in_has_a_token_of_its_own(browser_of, database):
    tokens = set()
    for _time in range(3):
        reader = Reader(browser_of())
        reader.sign_in()
        tokens.add(reader.session)
    assert len(tokens) == 3
    assert all(len(token) == 43 for token in tokens)
    assert count(database, SignInSession) == 3


def test_signing_out_ends_the_session_on_the_server(reader, browser_of, database):
    reader.sign_in()
    kept = reader.session
    other = Reader(browser_of())
    other.sign_in()
    answer = reader.browser.post("/en/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en")
    assert 'session=""' in answer.headers["set-cookie"].lower().replace("=;", '="";')
    again = browser_of()
    again.cookies.set("__Host-session", kept)
    assert again.get("/en/profile").status_code == 303
    assert "Айгүл" not in again.get("/en").text
    # Only this browser's session has ended.
    assert "Айгүл" in other.browser.get("/en").text


def test_a_session_lasts_thirty_days(browser_of, database):
    with database.writing() as db:
        person = make_person(db)
        old, young = (
            people.start_session(db, person, clock.now() - timedelta(days=days))
            for days in (30, 29)
        )
    for token, expected in ((old, 303), (young, 200)):
        browser = browser_of()
        browser.cookies.set("__Host-session", token)
        assert browser.get("/en/profile").status_code == expected


def test_nobody_is_signed_in_by_following_a_link(client):
    """Another site can lead a reader to the page, but only our own form starts a sign-in."""
    assert "http-equiv" not in client.get("/en/sign-in").text
    assert client.post("/en/sign-in", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_no_next_leads_away_from_the_portal(reader, browser_of, database):
    with database.writing() as db:
        person = make_person(db)
    member = browser_of(person)
    for target in ELSEWHERE:
        shown = reader.browser.get("/en/sign-in", params={"next": target})
        assert page_of(shown).xpath("//main//input[@name='next']/@value") == ["/en"], target
        answer = member.get("/en/sign-in", params={"next": target})
        assert answer.headers["location"] == "/en", target
        zone = member.post("/en/time-zone", data={"time_zone": "Asia/Seoul", "next": target})
        assert zone.headers["location"] == "/en" if zone.status_code == 303 else True, target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_next_leads_away_after_the_way_through_the_provider(reader, target):
    assert reader.sign_in(target=target).headers["location"] == "/en"


def test_strangers_are_sent_to_sign_in_and_back_to_what_they_wanted(reader):
    answer = reader.browser.get("/kk/manage?page=2")
    assert answer.headers["location"] == "/kk/sign-in?next=%2Fkk%2Fmanage%3Fpage%3D2"
    shown = reader.browser.get(answer.headers["location"])
    (target,) = page_of(shown).xpath("//main//input[@name='next']/@value")
    assert reader.sign_in(target=target).headers["location"] == "/kk/manage?page=2"


def test_a_provider_that_does_not_answer_is_said_and_nothing_breaks(browser_at):
    closed = listener_on()
    address = url_of(closed)
    closed.close()
    answer = browser_at(oidc_issuer=address).post("/en/sign-in")
    assert answer.status_code == 503
    assert "does not answer now" in words(answer)


def test_without_a_provider_guests_are_told_that_they_need_none(browser_at):
    browser = browser_at(oidc_issuer="", oidc_client_id="", oidc_client_secret="")
    assert "no sign-in service yet" in words(browser.get("/en/sign-in"))
    assert browser.get("/sign-in/callback?code=1&state=1").status_code == 400


ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"


def told(database):
    """What people were told, opened as the worker opens it."""
    with database.reading() as db:
        return [said for _row, said in notifications(db, NotificationKind.NEW_SIGN_IN)]


def test_a_sign_in_from_a_new_browser_is_told_and_the_very_first_is_not(browser_of, database):
    first = Reader(browser_of())
    first.sign_in()
    assert told(database) == []
    other = Reader(browser_of())
    other.browser.headers["user-agent"] = ANDROID
    other.sign_in()
    (words_of_it,) = told(database)
    assert words_of_it["browser"] == "Firefox, Android"
    assert words_of_it["url"] == f"{ADDRESS}/kk/profile/sessions"
    assert "Firefox, Android" in words(first.browser.get("/en/profile/sessions"))
    assert "with Demo ID" in words(first.browser.get("/en/profile/sessions"))


def test_a_browser_is_known_again_after_signing_out(reader, browser_of, database):
    reader.sign_in()
    for _time in range(2):
        reader.browser.post("/en/sign-out")
        reader.sign_in()
    assert told(database) == []
    # It is known to have been used by this person, not by any other.
    Reader(browser_of()).sign_in(BOLAT)
    reader.browser.post("/en/sign-out")
    reader.sign_in(BOLAT)
    assert len(told(database)) == 1
    reader.browser.post("/en/sign-out")
    reader.sign_in()
    assert len(told(database)) == 1


def test_a_forged_note_makes_no_browser_known(reader, browser_of, database):
    reader.sign_in()
    note = reader.browser.cookies.get("__Host-known_browser")
    for value, expected in ((note, 0), (note[:-8] + "AAAAAAAA", 1), ("[1]", 2)):
        other = Reader(browser_of())
        other.browser.cookies.set(
            "__Host-known_browser", value, domain="testserver.local", path="/"
        )
        other.sign_in()
        assert len(told(database)) == expected


def test_the_banned_are_told_why_and_how_to_appeal_and_get_no_session(
    reader, browser_of, client, database
):
    reader.sign_in()
    with database.writing() as db:
        person = db.scalars(select(Person)).one()
        decision = make_decision(db, None, by=None, measure=Measure.BAN, person=person)
        key = decision.public_id
    kept_out = Reader(browser_of())
    answer = kept_out.sign_in(language="en")
    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    assert kept_out.session is None
    assert count(database, SignInSession) == 0
    assert "Reason: Fraud" in words(answer)
    (path,) = page_of(answer).xpath("//main//a/@href")
    assert key not in path
    assert told(database) == []
    assert client.post(f"{path}/appeal", data={"text": "Not I."}).status_code == 303
    with database.writing() as db:
        lift_ban(db, db.scalars(select(Person)).one(), clock.now(), decision_url)
    assert kept_out.sign_in().status_code == 303
    assert kept_out.browser.get("/en/profile").status_code == 200


def test_administrators_see_when_a_provider_last_worked_and_last_did_not(
    reader, browser_of, database, mischief
):
    with database.writing() as db:
        somebody = make_person(db, is_administrator=True)
    administrator = browser_of(somebody)
    overview = "/en/administration"
    assert "Nobody has used it yet." in words(administrator.get(overview))
    # Thinking better of it says nothing about the provider.
    reader.sign_in(None)
    assert "Nobody has used it yet." in words(administrator.get(overview))
    mischief.signature = Signature.NONE
    assert reader.sign_in().status_code == 400
    shown = words(administrator.get(overview))
    assert "The last try failed" in shown
    assert "Signing in last failed" in shown
    assert "It last let somebody in" not in shown
    mischief.signature = Signature.TRUE
    assert reader.sign_in().status_code == 303
    shown = words(administrator.get(overview))
    assert "It last let somebody in" in shown
    assert "The last try failed" not in shown


def test_the_banned_take_their_data_and_leave_and_the_ban_stays(
    app, reader, browser_of, client, database, settings
):
    reader.sign_in()
    with database.writing() as db:
        person = db.scalars(select(Person)).one()
        make_decision(db, None, by=None, measure=Measure.BAN, person=person)
    page = Reader(browser_of()).sign_in(language="en")
    take, leave = page_of(page).xpath("//main//form/@action")
    assert client.post(take).headers["content-type"] == "application/zip"
    assert client.post(leave).status_code == 303
    again = Reader(browser_of()).sign_in(language="en")
    assert "Until then you can keep it" in words(again)
    report = Worker(database, app.state.site.links, settings).round(
        clock.now() + REACTIVATION_PERIOD
    )
    assert report.erased == 1
    assert count(database, Person) == 0

    answer = Reader(browser_of()).sign_in(language="en")
    assert answer.status_code == 403
    assert "This account is banned" in words(answer)
    assert page_of(answer).xpath("//main//form") == []
    assert count(database, Person) == count(database, SignInSession) == 0
    with database.reading() as db:
        kept = db.scalars(select(Ban.digest)).one()
        issuer = settings.oidc_issuer
    assert kept not in {
        sha256(f"{issuer}{gap}{AIGUL.subject}".encode()).hexdigest() for gap in "\0 "
    }
    with database.writing() as db:
        lift_ban_of_erased(db, issuer, AIGUL.subject, clock.now())
    assert Reader(browser_of()).sign_in().status_code == 303
    assert count(database, Person) == 1
