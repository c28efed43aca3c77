"""Signing in with a provider that others have written and the OpenID Foundation has certified."""

import os
import shutil
import subprocess
from urllib.parse import urljoin

import httpx
import pytest
from lxml import html
from sqlalchemy import func, select

from portal import HOME
from portal.config.settings import Settings
from portal.domain.accounts.people.models import Identity, Person, SignInSession
from portal.domain.accounts.people.queries import address_of, name_of
from tests.conftest import ADDRESS
from tests.pages import page_of, words

SECRET = "a secret of this test's provider alone"
CALLBACK = f"{ADDRESS}/sign-in/certified/callback"
IS_THERE = shutil.which("node") and (HOME / "node_modules/oidc-provider").is_dir()

pytestmark = pytest.mark.skipif(
    not IS_THERE and not os.environ.get("CI"),
    reason="no Node.js or no node_modules on this machine: npm ci to run these",
)


@pytest.fixture(scope="module")
def issuer():
    command = ["node", "tests/accounts/oidc_provider.mjs", "portal", SECRET, CALLBACK]
    process = subprocess.Popen(
        command, cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        for line in process.stdout:  # what it warns of comes before
            if line.startswith("http://127.0.0.1:"):
                yield line.strip()
                break
        else:
            pytest.fail("the provider did not start")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def settings(settings, issuer):
    certified = {"client_id": "portal", "client_secret": SECRET, "issuer": issuer}
    return Settings(**settings.model_dump() | {"providers": {"certified": certified}})


def depart(browser):
    answer = browser.post("/en/sign-in", data={"provider": "certified", "next": "/en/events"})
    assert answer.status_code == 200, words(answer)
    (onward,) = page_of(answer).xpath("//meta[@http-equiv='refresh']/@content")
    return onward.partition("url=")[2]


def go_through(address, subject="aigul"):
    """Fills in whatever the provider's pages ask for; the way back to the portal."""
    with httpx.Client(trust_env=False) as outside:
        answer = outside.get(address)
        for _step in range(12):
            if answer.is_redirect:
                address = urljoin(str(answer.url), answer.headers["location"])
                if address.startswith(ADDRESS):
                    return address.removeprefix(ADDRESS)
                answer = outside.get(address)
                continue
            page = html.document_fromstring(answer.text)
            (form,) = page.xpath("//form")
            typed = dict(form.form_values()) | {"login": subject, "password": "any"}
            answer = outside.post(urljoin(str(answer.url), form.get("action")), data=typed)
    pytest.fail(f"the provider did not lead back: {answer.status_code}")


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_a_person_comes_in_with_what_the_provider_tells_of_them(client, database, issuer):
    answer = client.get(go_through(depart(client)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/events")
    with database.reading() as db:
        identity = db.scalars(select(Identity)).one()
        assert (identity.issuer, identity.subject) == (issuer, "aigul")
        person = db.scalars(select(Person)).one()
        assert (name_of(db, person), person.language) == ("Айгүл", "kk")
        assert address_of(db, person) == "aigul@example.org"


SPOILS = (
    lambda back: back.replace("state=", "state=x"),
    lambda back: back.replace("code=", "code=x"),
    lambda back: back.replace("iss=http", "iss=https"),
    lambda back: back.rpartition("&iss=")[0],
    lambda back: back.replace("code=", "error=access_denied&was="),
)


def test_its_answers_count_once_in_one_browser_and_for_their_own_state(
    client, browser_of, database
):
    back = go_through(depart(client))
    other = browser_of()
    assert other.get(back).status_code == 400
    depart(other)
    assert other.get(back).status_code == 400
    for spoil in SPOILS:
        browser = browser_of()
        own = go_through(depart(browser))
        assert spoil(own) != own
        assert browser.get(spoil(own)).status_code == 400, own
    assert [count(database, table) for table in (Person, SignInSession)] == [0, 0]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    assert count(database, SignInSession) == 1
