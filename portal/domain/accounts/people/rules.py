"""What a name, a language and a session may be. Pure decisions."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from portal.core.refusals import Refusal
from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.i18n.locale import gettext_lazy as _

SESSION_LASTS = timedelta(days=30)
TOUCH_EVERY = timedelta(hours=1)
MAX_METHOD_LENGTH = 40
LONGEST_NAME = 80
LONGEST_CITY = 80
# RFC 5321: 64 for the local part, 255 for the domain, and the path's limit of 254 in all.
LONGEST_ADDRESS = 254


# One @, a dotted domain, nothing that could end a header or hide: deliberately stricter than
# RFC 5321, whose quoted local parts nobody has.
_ADDRESS = re.compile(
    r"[A-Za-z0-9\u0080-\uffff!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9\u0080-\uffff!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9\u0080-\uffff-]{0,61}[A-Za-z0-9\u0080-\uffff])?\.)+"
    r"[A-Za-z\u0080-\uffff][A-Za-z0-9\u0080-\uffff-]{0,61}[A-Za-z0-9\u0080-\uffff]"
)


class NameNeededError(Refusal):
    message = _("Write a name; an alias is welcome.")
    field = "name"


class AddressUnfitError(Refusal):
    message = _("Write an e-mail address such as name@example.org.")
    field = "email"


class CountryUnknownError(Refusal):
    message = _("Choose a country from the list.")
    field = "country"


class LookAlikeAddressError(AddressUnfitError):
    message = _(
        "This address has letters that are easily taken for others. Write it with plain letters, "
        "or sign in another way."
    )


class BannedError(Refusal):
    message = _("This account is banned.")


def may_moderate(person: Person) -> bool:
    """Return whether this person reads reports and decides about them."""
    return person.is_moderator or person.is_administrator


def seen_on(instant: datetime) -> datetime:
    """Return what is remembered of a sign-in: its day, as the instant at which it begins."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def tidy_name(name: str) -> str:
    """Return a name on one line, without control or invisible characters, at most 80 long."""
    visible = "".join(
        " " if unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc"} else c
        for c in unicodedata.normalize("NFC", name)
        if unicodedata.category(c) not in {"Cf", "Co", "Cn", "Cs"}
    )
    return " ".join(visible.split())[:LONGEST_NAME]


def check_name(name: str) -> str:
    """Return a tidied name, or raise why not; providers' names are only tidied."""
    check_text(name, LONGEST_NAME, "name")
    tidied = tidy_name(name)
    if not any(c.isalnum() for c in tidied):
        raise NameNeededError
    return tidied


def check_address(email: str) -> str:
    """Return the address without surrounding space, or AddressUnfitError."""
    address = email.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise AddressUnfitError
    return address


def check_plain_address(email: str) -> str:
    """Return the address, or a refusal where looking it up would make it another's.

    The index folds letters' case, and case folding makes `k` of the Kelvin sign, `ss` of `ß` and
    `s` of `ſ`: other mailboxes. A full-width letter is no other letter there, but it is on the
    way to the mail server, where domains are normalised.
    """
    address = check_address(email)
    for letter in address:
        if unicodedata.normalize("NFKC", letter) != letter or letter.casefold() != letter.lower():
            raise LookAlikeAddressError
    return address
