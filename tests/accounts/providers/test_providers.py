"""Several providers beside each other, however each finds, answers and names."""

import asyncio
import gzip
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal.config.providers import ProviderSettings
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import address_of, name_of
from portal.web.providers import provider as provider_module
from portal.web.providers.openid import OpenIdProvider
from tests.accounts.identity_providers import OTHER_TENANT, SECRET, TENANT, Reader
from tests.accounts.providers.counting import count, identities, refused
from tests.conftest import ADDRESS
from tests.pages import page_of, words


def test_every_provider_has_a_button_and_nobody_is_asked_for_the_page(client, around):
    answer = client.get("/en/sign-in")
    shown = page_of(answer).xpath("//main//button[@name='provider']/@value")
    assert shown == ["oidc", "github", "many", "second", "vk"]
    assert "Continue with GitHub" in words(answer)
    assert around.oidc_discovery.asked == around.second_discovery.asked == 0


def test_the_same_name_at_two_providers_is_two_people(browser_of, database, around):
    for key in ("oidc", "second"):
        assert Reader(browser_of()).sign_in(key, "aigul", target="/en/events").status_code == 303
    assert identities(database) == {
        (around.issuers["oidc"], "aigul", "oidc"),
        (around.issuers["second"], "aigul", "second"),
    }
    assert count(database, Person) == 2


def test_each_provider_is_given_its_own_way_back(reader, around):
    for key, path in (("oidc", "/sign-in/callback"), ("vk", "/sign-in/vk/callback")):
        asked = dict(parse_qsl(urlsplit(reader.depart(key)).query))
        assert asked["redirect_uri"] == ADDRESS + path
    assert reader.browser.get("/sign-in/oidc/callback").status_code == 400
    assert reader.browser.get("/sign-in/nobody/callback").status_code == 400


def test_an_answer_of_one_provider_is_none_of_another(reader, browser_of, database):
    """The mix-up: state, code and callback must all be of the provider that was left for."""
    for gone_to, came_from in (("oidc", "second"), ("second", "oidc"), ("github", "second")):
        victim = Reader(browser_of())
        state = dict(parse_qsl(urlsplit(victim.depart(gone_to)).query))["state"]
        note = victim.browser.cookies["__Host-sign_in"]
        back = Reader.choose("aigul", Reader(browser_of()).depart(came_from))
        answer = dict(parse_qsl(urlsplit(back).query))
        ours = "/sign-in/callback" if gone_to == "oidc" else f"/sign-in/{gone_to}/callback"
        for path, query in (
            (urlsplit(back).path, answer),  # at its own callback, to a browser that went elsewhere
            (ours, answer),
            (ours, answer | {"state": state}),
            (urlsplit(back).path, answer | {"state": state}),
        ):
            browser = browser_of()
            browser.cookies.set("__Host-sign_in", note)
            assert refused(browser.get(path, params=query), database), (gone_to, path)
    assert reader.sign_in("second", "aigul").status_code == 303


@pytest.mark.parametrize("key", ["oidc", "second", "github", "vk"])
def test_an_answer_counts_once_and_in_one_browser(reader, browser_of, database, key):
    """Nobody can be signed in as somebody else by a link."""
    back = Reader.choose("aigul", reader.depart(key))
    other = Reader(browser_of())
    # The provider leads back to an address without a language; the browser's own decides.
    shown = other.browser.get(back, headers={"accept-language": "en"})
    assert "started in another browser" in words(shown)
    other.depart(key)
    assert refused(other.browser.get(back), database)
    note = dict(reader.browser.cookies)
    assert reader.browser.get(back).status_code == 303
    assert reader.browser.get(back).status_code == 400
    thief = browser_of()
    for name, value in note.items():
        thief.cookies.set(name, value)
    answer = thief.get(back)
    assert answer.status_code == 400
    assert "__Host-session" not in answer.headers.get("set-cookie", "")
    assert count(database, SignInSession) == 1


@pytest.mark.parametrize("key", ["second", "github", "vk"])
def test_an_answer_after_ten_minutes_is_refused(reader, database, key, monkeypatch):
    from portal.web.http import cookies

    back = Reader.choose("aigul", reader.depart(key))
    true_time = cookies.time.time
    with monkeypatch.context() as later:
        later.setattr(cookies.time, "time", lambda: true_time() + 601)
        assert refused(reader.browser.get(back), database)
    assert reader.sign_in(key, "aigul").status_code == 303


@pytest.mark.parametrize("key", ["second", "github", "vk"])
def test_a_code_of_somebody_else_is_refused(reader, browser_of, database, key):
    """Injected into one's own sign-in, another's code lacks the proof of this browser (PKCE)."""
    stolen = dict(
        parse_qsl(urlsplit(Reader.choose("aigul", Reader(browser_of()).depart(key))).query)
    )
    own = dict(parse_qsl(urlsplit(reader.depart(key)).query))
    answer = reader.browser.get(f"/sign-in/{key}/callback", params=stolen | {"state": own["state"]})
    assert refused(answer, database)
    assert reader.sign_in(key, "aigul").status_code == 303


async def _hang():
    await asyncio.sleep(5)
    return PlainTextResponse("too late")


async def _moved():
    return RedirectResponse("http://127.0.0.1:9/elsewhere", 302)


async def _bomb():
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    return Response(gzip.compress(b" " * 4_000_000), headers=headers)


async def _endless():
    return PlainTextResponse("x" * 2_000_000)


async def _broken():
    return PlainTextResponse("{", 200)


async def _list():
    return JSONResponse(["issuer"])


async def _fault():
    return PlainTextResponse("no", 500)


ANSWERS = (_hang, _moved, _bomb, _endless, _broken, _list, _fault)

LIES = {
    "another issuer": {"issuer": "https://evil.example"},
    "no issuer": {"issuer": None},
    "only unsigned tokens": {"id_token_signing_alg_values_supported": ["none"]},
    "only secrets as keys": {"id_token_signing_alg_values_supported": ["HS256"]},
    "a place that is none": {"authorization_endpoint": 17},
    "a script to go to": {"authorization_endpoint": "javascript:alert(1)"},
    "no place for tokens": {"token_endpoint": ""},
    "a file with keys": {"jwks_uri": "file:///etc/passwd"},
}


def gone_wrong(reader, database):
    """Leaving for the second provider is refused, with the other ways on the page."""
    answer = reader.browser.post("/en/sign-in", data={"provider": "second"})
    assert answer.status_code == 503
    assert page_of(answer).xpath("//main//*[@role='alert']")
    assert "Continue with Demo ID" in words(answer)
    assert reader.browser.get("/en/sign-in").status_code == 200
    assert [count(database, table) for table in (Person, SignInSession)] == [0, 0]


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda answers: answers.__name__)
def test_discovery_that_hangs_or_misbehaves_leaves_the_other_ways(
    reader, database, around, answers, monkeypatch
):
    with monkeypatch.context() as impatient:
        if answers is _hang:
            impatient.setattr(provider_module, "SECONDS_IN_ALL", 0.2)
        around.second_discovery.answers = answers
        gone_wrong(reader, database)
    assert reader.sign_in("oidc", "aigul").status_code == 303
    # It is not held against a provider for ever.
    reader.browser.post("/en/sign-out")
    around.second_discovery.answers = None
    assert reader.sign_in("second", "aigul").status_code == 303


@pytest.mark.parametrize("lie", LIES)
def test_discovery_that_lies_is_not_followed(reader, database, around, lie):
    around.second_discovery.spoil = lambda document: document | LIES[lie]
    gone_wrong(reader, database)
    around.second_discovery.spoil = lambda document: document
    assert reader.sign_in("second", "aigul").status_code == 303


def test_keys_and_settings_in_a_discovery_document_are_not_taken(reader, database, around):
    """Keys are read from their address alone; what else it says changes nothing of ours."""
    more = {"jwks": {"keys": []}, "client_id": "evil", "scope": "evil", "verify": False}
    around.second_discovery.spoil = lambda document: document | more
    asked = dict(parse_qsl(urlsplit(reader.depart("second")).query))
    assert (asked["client_id"], asked["scope"]) == ("portal", "openid profile email")
    assert reader.sign_in("second", "aigul").status_code == 303


def test_a_provider_behind_tls_may_not_lead_out_of_it():
    issuer = "https://id.example.org"
    given = ProviderSettings(client_id="portal", client_secret=SECRET, issuer=issuer)
    provider = OpenIdProvider("work", given.completed("work"), ADDRESS)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    document = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}}
    assert provider._trusted(document)["jwks_uri"] == f"{issuer}/jwks_uri"
    for name in names:
        with pytest.raises(Refusal):
            provider._trusted(document | {name: "http://id.example.org/plain"})


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
    from portal.demo.services import identity_provider

    true_answer = identity_provider.JSONResponse

    def without_id_token(content, *rest):
        return true_answer({k: v for k, v in content.items() if k != "id_token"}, *rest)

    with monkeypatch.context() as spoilt:
        spoilt.setattr(identity_provider, "JSONResponse", without_id_token)
        assert refused(reader.sign_in("second", "aigul"), database)
    assert reader.sign_in("second", "aigul").status_code == 303
