"""What a link and a code may be, and which way may be removed. Pure decisions."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from portal.core import tokens
from portal.core.refusals import Refusal
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people.models import Identity
from portal.i18n.locale import gettext_lazy as _

# The issuer and the provider of identities that are proved by an email of ours.
EMAIL: Final = "email"
LINK_LASTS: Final = timedelta(minutes=10)
# Emails to one address; more are not sent, and nobody is told.
MAX_EMAILS: Final = 5
EMAIL_WINDOW: Final = timedelta(hours=1)
MAX_TRIES: Final = 5
# Crockford's Base32: no letter that looks like a digit. Eight of them are 40 bits.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT: Final = str.maketrans("OIL", "011")
_CODE_LENGTH: Final = 8


class LinkStaleError(Refusal):
    message = _(
        "This link has been used, is older than ten minutes, or was asked for in another browser. "
        "There, type the code of the letter; or ask for a new letter here."
    )


class IdentityTakenError(Refusal):
    message = _(
        "This belongs to another account, and accounts are never merged. To use it here, sign in "
        "to that account and remove it there first."
    )


class LastIdentityError(Refusal):
    message = _("This is your only way in. Add another one first.")


def new_code() -> str:
    """Return a fresh code to type, 40 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(_CODE_LENGTH))


def spaced(code: str) -> str:
    """Return the code as an email shows it, in two halves."""
    return f"{code[:4]}-{code[4:]}"


def code_digest(typed: str, browser: str) -> str:
    """Return a code hashed with the browser's token, which the database does not hold."""
    code = "".join(c for c in typed.upper() if c.isalnum()).translate(_MEANT)
    return tokens.digest(f"{browser} {code}")


def is_open(link: SignInLink, now: datetime) -> bool:
    """Return whether the link can still be used."""
    return link.used_at is None and now < link.created_at + LINK_LASTS


def may_remove(way: Identity, ways: Sequence[Identity], offered: Collection[str]) -> bool:
    """Return whether another way is left that the portal still offers."""
    return any(other.id != way.id and other.provider in offered for other in ways)
