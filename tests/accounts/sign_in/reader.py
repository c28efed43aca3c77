"""Somebody who signs in through a provider, and the people that it knows."""

from dataclasses import dataclass

import httpx
from sqlalchemy import func, select
from starlette.testclient import TestClient

from portal.demo.services.identity_provider import DemoPerson
from tests.conftest import ADDRESS
from tests.pages import page_of

SECRET = "a secret of this test's provider"
AIGUL = DemoPerson(
    "aigul", "Айгүл Серікқызы", "aigul@example.org", locale="kk-KZ", zoneinfo="Europe/Berlin"
)
BOLAT = DemoPerson("bolat", "Болат", "aigul@example.org", email_verified=False)
CALLBACK = f"{ADDRESS}/sign-in/callback"


@dataclass
class Reader:
    """Somebody with a browser, on the way through the provider and back."""

    browser: TestClient

    def depart(self, target=None, language="en"):
        """Presses the button; the provider's address the page leads to."""
        form = {"next": target} if target is not None else {}
        answer = self.browser.post(f"/{language}/sign-in", data=form)
        assert answer.status_code == 200, answer.status_code
        (onward,) = page_of(answer).xpath("//meta[@http-equiv='refresh']/@content")
        return onward.partition("url=")[2]

    def choose(self, person, address):
        """Chooses a person at the provider; the way back."""
        headers = {"sec-fetch-site": "same-origin"}
        with httpx.Client(trust_env=False, headers=headers) as outside:
            form = {"subject": person.subject} if person else {"cancel": "1"}
            answer = outside.post(address, data=form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix(ADDRESS)

    def sign_in(self, person=AIGUL, target=None, language="en"):
        """The whole way; the portal's last answer."""
        return self.browser.get(self.choose(person, self.depart(target, language)))

    @property
    def session(self):
        """The session cookie's value."""
        return self.browser.cookies.get("__Host-session")


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))
