"""An authenticator app set up and used as a person would."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp

from portal.core import clock
from portal.domain.accounts.second_factors.rules import STEP_SECONDS
from tests.pages import errors_of, page_of

STEP = timedelta(seconds=STEP_SECONDS)


class App:
    """An authenticator app on somebody's phone."""

    def __init__(self, secret):
        self._totp = pyotp.TOTP(secret)

    def code(self, steps=0):
        return self._totp.at(clock.now() + steps * STEP)


def set_up(browser, *, target=None):
    """The whole way through the pages; the app and the recovery codes."""
    asked = {"next": target} if target else {}
    answer = browser.post("/en/second-factor/app", data=asked)
    page = browser.get(answer.headers["location"])
    app = App("".join(page_of(page).xpath("//main//code/text()")[0].split()))
    shown = browser.post("/en/second-factor/app/confirmation", data={"code": app.code()} | asked)
    assert shown.status_code == 200, errors_of(shown)
    return app, page_of(shown).xpath("//ul[contains(@class,'codes')]//code/text()")


def use(browser, code, target="/en/manage/ours/people"):
    return browser.post("/en/second-factor", data={"code": code, "next": target})


def why(answer):
    """What a refused try is told, by the address it leads to."""
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query).get("refused")
