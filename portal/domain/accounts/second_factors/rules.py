"""Which codes are right, and how long wrong ones make one wait. Pure decisions."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import pyotp

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

RECOVERY_CODES: Final = 10
MAX_PASSKEYS: Final = 10
LONGEST_PASSKEY_NAME: Final = 60
CHALLENGE_LASTS: Final = timedelta(minutes=5)
STEP_SECONDS: Final = 30
# A clock may be one step off to either side (RFC 6238, 5.2).
WINDOW: Final = (0, -1, 1)
# So many wrong codes in a row are free; after that each makes one wait, twice as long as before.
FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
# Without letters and digits that look alike; ten of these 31 are 49 bits, under a keyed hash.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Party:
    """Who asks, in WebAuthn's terms: the portal by its host, its address and its name."""

    host: str
    origin: str
    name: str


class Outcome(StrEnum):
    """What became of a code."""

    PASSED = "passed"
    WRONG = "wrong"
    USED = "used"
    WAIT = "wait"


class WrongCodeError(Refusal):
    message = _("This code is not right. Take the one your app shows now.")
    field = "code"


class UsedCodeError(Refusal):
    message = _("This code was used already. Wait until your app shows the next one.")
    field = "code"


class TooManyTriesError(Refusal):
    message = _("There were too many wrong codes. Wait a little, then try again.")
    field = "code"


class PasskeyRefusedError(Refusal):
    message = _("The passkey could not be checked. Try again.")


class TooManyPasskeysError(Refusal):
    message = _("You have ten passkeys. Remove one first.")


REFUSALS: Final = {
    Outcome.WRONG: WrongCodeError,
    Outcome.USED: UsedCodeError,
    Outcome.WAIT: TooManyTriesError,
}


def step_of(now: datetime) -> int:
    """Return the number of half-minutes since 1970, which an app's code depends on."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step at which an app with this secret shows this code, if that is about now."""
    app, here = pyotp.TOTP(secret), step_of(now)
    found = None
    for offset in WINDOW:
        if hmac.compare_digest(app.generate_otp(here + offset), code) and found is None:
            found = here + offset
    return found


def tidy_code(code: str) -> str:
    """Return a code without what people put between its groups."""
    return re.sub(r"[^a-z0-9]", "", code.casefold())


def is_app_code(code: str) -> bool:
    """Return whether a tidied code can come from an app; all others are recovery codes."""
    return re.fullmatch(r"[0-9]{6}", code) is not None


def new_recovery_code() -> str:
    """Ten signs in two groups."""
    signs = "".join(secrets.choice(_SIGNS) for _sign in range(10))
    return f"{signs[:5]}-{signs[5:]}"


def wait_after(failures: int) -> timedelta | None:
    """Return how long nobody may try again after so many wrong codes in a row."""
    if failures < FREE_FAILURES:
        return None
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def may_change(*, has_factor: bool, has_passed: bool) -> bool:
    """Factors are changed by whoever has used one in this browser, or has none yet."""
    return has_passed or not has_factor
