"""Being verified by a domain, against a real server of names and a real one of pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Role, VerificationRequest
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.verification_rules import PROOF_GOOD_FOR
from tests.factories import make_person
from tests.organizations.verification.verification_requests import (
    HOST,
    MINE,
    ask_for_domain,
    confirm,
    verified,
)
from tests.pages import errors_of, words


@pytest.mark.parametrize("place", ["record", "file"])
def test_a_domain_is_proved_and_then_confirmed(
    owner, administrator, outside, client, database, place
):
    _domain, token = ask_for_domain(owner, database)
    shown = words(owner.get(MINE))
    statement = f"shanyraq-verification={token}"
    assert statement in shown
    assert f"_shanyraq.{HOST}" in shown
    assert f"https://{HOST}/.well-known/shanyraq.txt" in shown
    if place == "record":
        outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"{statement}"']
    else:
        outside.says("/.well-known/shanyraq.txt", statement.encode())
    answer = owner.post(f"{MINE}/proof")
    assert answer.headers["location"] == MINE
    assert "is proved" in words(owner.get(MINE))
    # A machine has looked; whether the name is theirs in earnest is for people to say.
    assert verified(database) == (None, None)
    assert confirm(administrator, "domain").status_code == 303
    assert verified(database) == ("domain", HOST)
    assert f"the domain {HOST} is its own" in words(client.get("/en/organizations/ours"))


def test_without_the_token_nothing_is_proved(owner, administrator, outside, database):
    ask_for_domain(owner, database)
    outside.says("/.well-known/shanyraq.txt", b"shanyraq-verification=something-else")
    answer = owner.post(f"{MINE}/proof")
    assert answer.status_code == 409
    assert answer.headers["cache-control"] == "no-store"
    assert "neither in the DNS nor in the file" in words(answer)
    answer = confirm(administrator, "domain")
    assert answer.status_code == 409
    assert "The domain is not proved yet." in words(answer)
    assert verified(database) == (None, None)


def test_a_domain_inside_is_not_reached(owner, outside, database):
    ask_for_domain(owner, database)
    outside.names[HOST, "A"] = ["127.0.0.1"]
    assert owner.post(f"{MINE}/proof").status_code == 409
    assert outside.dialled == []


def test_one_looks_once_a_minute(owner, outside, database, monkeypatch):
    ask_for_domain(owner, database)
    owner.post(f"{MINE}/proof")
    asked = len(outside.asked)
    answer = owner.post(f"{MINE}/proof")
    assert answer.status_code == 409
    assert "Try again in a minute" in words(answer)
    assert len(outside.asked) == asked
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    owner.post(f"{MINE}/proof")
    assert len(outside.asked) > asked


def test_a_proof_counts_for_a_few_days(owner, outside, administrator, database, monkeypatch):
    """A domain may be sold while the administrators take their time."""
    _domain, token = ask_for_domain(owner, database)
    outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"shanyraq-verification={token}"']
    owner.post(f"{MINE}/proof")
    with database.writing() as db:
        db.scalars(select(VerificationRequest)).one().proved_at = clock.now() - PROOF_GOOD_FOR
    assert "Domain not proved yet" in words(administrator.get("/en/administration/organizations"))
    answer = confirm(administrator, "domain")
    assert answer.status_code == 409
    assert "too old" in words(answer)
    assert verified(database) == (None, None)
    assert "Look now" in words(owner.get(MINE))
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    owner.post(f"{MINE}/proof")
    assert confirm(administrator, "domain").status_code == 303


def test_another_domain_needs_a_proof_of_its_own(owner, outside, administrator, database):
    _domain, token = ask_for_domain(owner, database)
    outside.names[f"_shanyraq.{HOST}", "TXT"] = [f'"shanyraq-verification={token}"']
    owner.post(f"{MINE}/proof")
    assert ask_for_domain(owner, database) == (HOST, token)
    other, other_token = ask_for_domain(owner, database, "other.example.org")
    assert other == "other.example.org"
    assert other_token != token
    assert confirm(administrator, "domain").status_code == 409
    assert verified(database) == (None, None)


def test_rights_taken_away_while_the_domain_answers_prove_nothing(
    owner, outside, database, browser_of
):
    """The door is asked again after the network."""
    _domain, token = ask_for_domain(owner, database)

    def answer(request):
        with database.writing() as db:
            ours = organization_named(db, "ours")
            (old,) = ours_people(db, ours)
            organizations.grant_role(db, ours, make_person(db), Role.OWNER, clock.now())
            db.flush()
            organizations.remove_member(db, ours, old)
        body = f"shanyraq-verification={token}".encode()
        request.send_response(200)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    outside.pages["/.well-known/shanyraq.txt"] = answer
    assert owner.post(f"{MINE}/proof").status_code == 404
    with database.reading() as db:
        assert db.scalar(select(VerificationRequest.proved_at)) is None


def ours_people(db, organization):
    from portal.domain.organizations.queries import people_of

    return [person.id for person, _role in people_of(db, organization)]


@pytest.mark.parametrize(
    "domain",
    ["", "localhost", "127.0.0.1", "[::1]", "https://club.example.org", "club.example.org/x",
     "club example.org", "-club.example.org", "a" * 64 + ".org", "club.example.org:8443", "клуб",
     "user@club.example.org", "2130706433"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_beside_its_field(owner, database, domain):
    answer = owner.post(MINE, data={"method": "domain", "domain": domain})
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"domain"}
    with database.reading() as db:
        assert db.scalars(select(VerificationRequest)).all() == []


def test_domains_in_other_scripts_are_kept_as_the_name_system_writes_them(owner, database):
    assert ask_for_domain(owner, database, "Клуб.Қаз.")[0].startswith("xn--")
