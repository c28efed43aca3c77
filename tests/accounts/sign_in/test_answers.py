"""A provider's answers: forged and stray ones are refused, and odd ones harm nothing."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.demo.services.id_tokens import Signature
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import name_of
from tests.accounts.sign_in.reader import AIGUL, BOLAT, Reader, count
from tests.pages import words


def refused(answer, database):
    """Nobody is signed in or known after this answer."""
    assert answer.status_code == 400
    assert "__Host-session" not in answer.headers.get("set-cookie", "")
    assert count(database, SignInSession) == 0
    assert count(database, Person) == 0
    return True


def test_whoever_changes_their_mind_at_the_provider_is_told_so(reader, database):
    answer = reader.browser.get(reader.choose(None, reader.depart()))
    assert refused(answer, database)
    assert "Signing in did not work" in words(answer)
    assert reader.sign_in().status_code == 303


def test_an_answer_without_a_state_or_with_another_is_refused(reader, database):
    back = reader.choose(AIGUL, reader.depart())
    query = dict(parse_qsl(urlsplit(back).query))
    for wrong in ({"state": "x"}, {"state": ""}, {"state": query["state"] + "x"}):
        reader.depart()
        answer = reader.browser.get("/sign-in/callback", params=query | wrong)
        assert refused(answer, database)
    reader.depart()
    stateless = {name: value for name, value in query.items() if name != "state"}
    assert refused(reader.browser.get("/sign-in/callback", params=stateless), database)


def test_a_note_that_was_tampered_with_is_worth_nothing(reader, database):
    back = reader.choose(AIGUL, reader.depart())
    note = reader.browser.cookies["__Host-sign_in"]
    for wrong in (note[:-4] + "AAAA", "x", "", "=" * 50, note[::-1]):
        reader.browser.cookies.set("__Host-sign_in", wrong, domain="testserver.local", path="/")
        reader.browser.cookies.clear()
        answer = reader.browser.get(back, headers={"cookie": f"__Host-sign_in={wrong}"})
        assert refused(answer, database)


def spoilt(name, value):
    return lambda claims: claims | {name: value}


def without(name):
    return lambda claims: {key: value for key, value in claims.items() if key != name}


FORGED_CLAIMS = {
    "another issuer": spoilt("iss", "https://evil.example"),
    "no issuer": without("iss"),
    "another nonce": spoilt("nonce", "another"),
    "no nonce": without("nonce"),
    "another audience": spoilt("aud", "another portal"),
    "no audience": without("aud"),
    "an audience of many without us": spoilt("aud", ["one", "two"]),
    "long expired": spoilt("exp", int(clock.now().timestamp()) - 3600),
    "no end": without("exp"),
    "issued in an hour": spoilt("iat", int(clock.now().timestamp()) + 3600),
    "no subject": without("sub"),
    "an empty subject": spoilt("sub", ""),
    "a subject that is a number": spoilt("sub", 12345),
    "a subject that is a list": spoilt("sub", ["aigul"]),
    "a subject of thousands of letters": spoilt("sub", "a" * 5_000),
    "a hash of another token": spoilt("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("forgery", FORGED_CLAIMS)
def test_claims_that_are_not_for_us_now_are_refused(reader, database, mischief, forgery):
    mischief.claims = FORGED_CLAIMS[forgery]
    answer = reader.sign_in()
    assert refused(answer, database)
    assert "Signing in did not work" in words(answer)


@pytest.mark.parametrize("signature", [s for s in Signature if s is not Signature.TRUE])
def test_tokens_that_the_provider_did_not_sign_are_refused(reader, database, mischief, signature):
    mischief.signature = signature
    assert refused(reader.sign_in(), database)


@pytest.mark.parametrize("iss", ["https://evil.example", "", None])
def test_an_answer_of_another_issuer_is_refused(reader, database, mischief, iss):
    """RFC 9207: a provider that says it names itself in its answers must do so, rightly."""
    mischief.response_iss = lambda _issuer: iss
    assert refused(reader.sign_in(), database)


def test_an_address_that_is_not_verified_is_never_kept(reader, database, mischief):
    reader.sign_in(BOLAT)
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert (person.email_sealed, person.email_index) == (None, None)


@pytest.mark.parametrize("verified", ["true", 1, None, "false", [True]])
def test_only_the_plain_word_true_verifies_an_address(reader, database, mischief, verified):
    mischief.claims = spoilt("email_verified", verified)
    reader.sign_in()
    with database.reading() as db:
        assert db.scalar(select(Person.email_sealed)) is None


@pytest.mark.parametrize(
    "address",
    [
        *("aigul@example.org\nBcc: b@example.org", "not an address", "a" * 300 + "@b.org", 17),
        *("mara\u212a@example.org", "\u017ferik@example.org"),  # found as marak and as serik
    ],
)
def test_a_verified_address_that_letters_cannot_reach_is_not_kept(
    reader, database, mischief, address
):
    mischief.claims = spoilt("email", address)
    assert reader.sign_in().status_code == 303
    with database.reading() as db:
        assert db.scalar(select(Person.email_sealed)) is None


def test_the_same_address_does_not_make_two_people_one(reader, browser_of, database, mischief):
    """Who somebody is, is decided by issuer and subject alone."""
    reader.sign_in(AIGUL)
    mischief.claims = spoilt("email_verified", True)
    Reader(browser_of()).sign_in(BOLAT)
    assert count(database, Person) == 2


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("Айгүл", {"name": "  Айгүл \u202e\u0000 "}),
        ("A" * 80, {"name": "A" * 500}),
        ("—", {"name": "\u200b"}),
        ("—", {"name": 17}),
    ],
)
def test_odd_names_zones_and_languages_of_a_provider_harm_nothing(
    reader, database, mischief, name, claims
):
    odd = {"zoneinfo": "../../etc/passwd", "locale": "../../x", "preferred_username": ""}
    mischief.claims = lambda told: told | odd | claims
    assert reader.sign_in(language="ru").status_code == 303
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert (name_of(db, person), person.language, person.time_zone) == (name, "ru", None)
