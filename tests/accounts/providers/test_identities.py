"""By what people are known at each kind of provider, and what of them is believed."""

import pytest
from sqlalchemy import select

from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import address_of, name_of
from tests.accounts.identity_providers import OTHER_TENANT, TENANT, Reader
from tests.accounts.providers.counting import count, identities, refused


def test_at_github_it_is_the_number_and_the_verified_address(reader, database, around):
    reader.sign_in("github", "aigul")
    assert identities(database) == {(around.issuers["github"], "4711", "github")}
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert (name_of(db, person), address_of(db, person)) == ("Aigul", "aigul@example.org")


def test_a_renamed_account_is_the_same_person_and_a_reused_name_is_not(
    reader, browser_of, database, around
):
    reader.sign_in("github", "aigul")
    around.github.profile = {"id": 4711, "login": "renamed", "name": None}
    Reader(browser_of()).sign_in("github", "aigul")
    assert count(database, Person) == 1
    around.github.profile = {"id": 4712, "login": "aigul", "name": None}
    Reader(browser_of()).sign_in("github", "aigul")
    assert count(database, Person) == 2


@pytest.mark.parametrize(
    "addresses",
    [
        [],
        [{"email": "aigul@example.org", "primary": True, "verified": False}],
        [{"email": "aigul@example.org", "primary": False, "verified": True}],
        [{"email": "aigul@example.org", "primary": True, "verified": "true"}],
        [{"email": 17, "primary": True, "verified": True}],
    ],
)
def test_at_github_an_address_that_is_not_verified_is_not_kept(reader, database, around, addresses):
    around.github.addresses = addresses
    assert reader.sign_in("github", "aigul").status_code == 303
    with database.reading() as db:
        assert db.scalar(select(Person.email_sealed)) is None


@pytest.mark.parametrize(
    "profile",
    [{}, {"id": "4711"}, {"id": True}, {"id": -1}, {"id": None}, {"id": [1]}, {"message": "no"}],
)
def test_a_profile_without_a_number_is_nobody(reader, database, around, profile):
    around.github.profile = profile
    assert refused(reader.sign_in("github", "aigul"), database)


@pytest.mark.parametrize("user", [{}, {"user_id": ""}, {"user_id": "٤٧"}, {"user_id": "x"}])
def test_a_user_without_a_number_is_nobody(reader, database, around, user):
    around.vk.vk_user = user
    assert refused(reader.sign_in("vk", "aigul"), database)


@pytest.mark.parametrize("key", ["github", "vk"])
def test_a_plain_server_that_names_another_is_refused(reader, database, around, key):
    server = getattr(around, key)
    server.iss = "https://evil.example"
    assert refused(reader.sign_in(key, "aigul"), database)
    # Where it names itself unasked, the path is its own business.
    server.iss = f"{around.issuers[key]}/login/oauth"
    assert reader.sign_in(key, "aigul").status_code == 303


def test_at_vk_id_it_is_the_number_and_no_address_is_believed(reader, database, around):
    reader.sign_in("vk", "aigul")
    assert identities(database) == {(around.issuers["vk"], "4711", "vk")}
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert (name_of(db, person), address_of(db, person)) == ("Айгуль С.", None)


def test_people_of_many_tenants_are_known_by_the_tenants_issuer(reader, database, around):
    assert reader.sign_in("many", "aigul").status_code == 303
    assert identities(database) == {(f"{around.issuers['many']}/{TENANT}/v2.0", "aigul", "many")}
    with database.reading() as db:  # a tenant's administrator writes addresses as they like
        assert db.scalar(select(Person.email_sealed)) is None


@pytest.mark.parametrize(
    ("tenant", "tid"),
    [
        (TENANT, OTHER_TENANT),
        (TENANT, None),
        ("{tenantid}", "{tenantid}"),
        ("common", "common"),
        (f"{TENANT}/../{OTHER_TENANT}", f"{TENANT}/../{OTHER_TENANT}"),
    ],
)
def test_a_token_of_another_tenant_than_it_says_is_refused(reader, database, around, tenant, tid):
    many = around.issuers["many"]
    around.mischief["many"].claims = lambda told: (
        told | {"iss": f"{many}/{tenant}/v2.0"} | ({"tid": tid} if tid else {})
    )
    assert refused(reader.sign_in("many", "aigul"), database)


def test_an_answer_that_names_another_tenant_than_the_token_is_refused(reader, database, around):
    many = around.issuers["many"]
    around.mischief["many"].response_iss = lambda _issuer: f"{many}/{OTHER_TENANT}/v2.0"
    assert refused(reader.sign_in("many", "aigul"), database)
    around.mischief["many"].response_iss = lambda _issuer: f"{many}/{TENANT}/v2.0"
    assert reader.sign_in("many", "aigul").status_code == 303


def test_a_name_that_the_token_lacks_is_asked_for_and_only_about_the_same_person(
    reader, database, around
):
    """OpenID Connect Core 5.3.2: another subject's answer must not be used."""
    issuer = around.issuers["second"]
    around.mischief["second"].claims = lambda told: {
        name: value for name, value in told.items() if name not in {"name", "email"}
    }
    lie = {"userinfo_endpoint": f"{issuer}/userinfo-of-another"}
    around.second_discovery.spoil = lambda document: document | lie
    assert refused(reader.sign_in("second", "aigul"), database)


def test_a_name_that_the_token_lacks_is_read_from_the_profile(reader, database, around):
    around.mischief["second"].claims = lambda told: {
        name: value for name, value in told.items() if name not in {"name", "email"}
    }
    assert reader.sign_in("second", "aigul").status_code == 303
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert (name_of(db, person), address_of(db, person)) == (
            "Another Aigul",
            "aigul@example.org",
        )


def test_a_token_without_an_id_token_says_nothing(reader, database, around, monkeypatch):
    from portal.demo import identity_provider

    true_answer = identity_provider.JSONResponse

    def without_id_token(content, *rest):
        return true_answer({k: v for k, v in content.items() if k != "id_token"}, *rest)

    with monkeypatch.context() as spoilt:
        spoilt.setattr(identity_provider, "JSONResponse", without_id_token)
        assert refused(reader.sign_in("second", "aigul"), database)
    assert reader.sign_in("second", "aigul").status_code == 303
