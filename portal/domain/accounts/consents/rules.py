"""The words of each purpose, and which may be given and taken back by themselves. Pure."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from portal.domain.accounts.consents.models import Purpose
from portal.i18n.locale import LazyText, current_language
from portal.i18n.locale import gettext_lazy as _

TEXTS: Final[dict[Purpose, LazyText]] = {
    Purpose.ACCOUNT: _(
        "By signing in you agree that we keep an account for you: your name, your verified e-mail "
        "address if there is one, how your sign-in service knows you, and what you sign up for. "
        "You can delete the account at any time."
    ),
    Purpose.OTHER_EVENTS: _(
        "I agree that organisations whose events I have signed up for may write to me about "
        "other events of theirs, through this portal and without learning my address."
    ),
    Purpose.SIGN_UP: _(
        "By signing up you agree that we keep your name and your e-mail address, encrypted, until "
        "thirty days after the event, show the name to its organisers, and write to you about the "
        "event. You can delete the sign-up on its pass at any time."
    ),
}
# The account lives by its consent: taking it back is deleting the account.
OPTIONAL: Final = frozenset({Purpose.OTHER_EVENTS})


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as somebody reads it, with what tells its versions apart."""

    digest: str
    language: str
    text: str


def wording_of(purpose: Purpose) -> Wording:
    """Return the present text in the language now spoken."""
    language, text = current_language.get(), str(TEXTS[purpose])
    return Wording(sha256(f"{language}\n{text}".encode()).hexdigest(), language, text)
