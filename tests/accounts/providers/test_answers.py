"""Several providers side by side: each has its own way back, and an answer counts there, once."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.domain.accounts.people.models import Person, SignInSession
from tests.accounts.identity_providers import Reader
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
