"""Writes a notification when its turn comes: what happened, to whom it matters, and one way on."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from sqlalchemy.orm import Session

from portal.config.settings import Settings
from portal.content.defang import defang
from portal.core.encryption import seal_of
from portal.core.urls import Links
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import address_of, name_of
from portal.domain.accounts.people.rules import LONGEST_NAME, AddressUnfitError
from portal.domain.emails.models import Notification, NotificationKind
from portal.domain.initiatives import following
from portal.domain.script_corrections.queries import use_corrections
from portal.i18n.locale import LazyText, gettext_lazy, language_of, match_tag, use_locale
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import as_typed, convert, protect
from portal.mail.discreet import neutral_sender
from portal.mail.envelope import Content, seal_up
from portal.mail.subjects import site_name
from portal.templating.environment import render


@dataclass(frozen=True, slots=True)
class Wording:
    """The subject of a notification and the label of its button; the template says the rest.

    The button leads to `page`, or where the word `url` says. `named` are words in the page's path,
    `reply_to` is the address for answers, `discreet` replaces links to profiles, after the instant
    `until` nothing is sent, and `stop` is the page that ends such notices with the word `key`.
    """

    subject: LazyText
    button: LazyText | None = None
    page: str | None = None
    named: tuple[str, ...] = ()
    stop: str | None = None


WORDINGS: Final = {
    NotificationKind.INVITATION: Wording(
        gettext_lazy("Invitation: %(organization)s"), gettext_lazy("See the invitation")
    ),
    NotificationKind.NEW_SIGN_IN: Wording(
        gettext_lazy("You signed in from a new browser"), gettext_lazy("Where I am signed in")
    ),
    NotificationKind.SECOND_FACTOR_ADDED: Wording(
        gettext_lazy("Your account has a new second factor")
    ),
    NotificationKind.SECOND_FACTOR_RESET: Wording(gettext_lazy("Your second factor was removed")),
    NotificationKind.SIGN_IN_LINK: Wording(
        gettext_lazy("Your link to sign in"), gettext_lazy("Sign in")
    ),
    NotificationKind.ADDRESS_CHANGED: Wording(
        gettext_lazy("The address of your account has changed")
    ),
    NotificationKind.ACCOUNT_CLOSED: Wording(
        gettext_lazy("Your account is closed"), gettext_lazy("Come back"), "sign_in.new"
    ),
    NotificationKind.ACCOUNT_ERASED: Wording(gettext_lazy("Your account has been deleted")),
    NotificationKind.STILL_THERE: Wording(
        gettext_lazy("Do you still want your account?"), gettext_lazy("Sign in"), "sign_in.new"
    ),
    NotificationKind.DECISION: Wording(
        gettext_lazy("A decision of the moderators: %(item)s"), gettext_lazy("Read the decision")
    ),
    NotificationKind.REPORT_OUTCOME: Wording(gettext_lazy("What became of your report")),
    NotificationKind.CONTACT: Wording(gettext_lazy("A message for %(organization)s")),
    NotificationKind.VERIFICATION: Wording(
        gettext_lazy("About the verification of %(organization)s"),
        gettext_lazy("Your organisations"),
        "manage.index",
    ),
    NotificationKind.OWNER_INVITED: Wording(
        gettext_lazy("A new owner is invited: %(organization)s"),
        gettext_lazy("Moderation log"),
        "audit_log.index",
    ),
    NotificationKind.RESULT: Wording(
        gettext_lazy("What came of it: %(title)s"),
        gettext_lazy("Write the result"),
        "results.edit",
        ("slug",),
    ),
    NotificationKind.STORY_WAITING: Wording(
        gettext_lazy("A story waits for your answer: %(title)s"), gettext_lazy("Read the story")
    ),
    NotificationKind.STORY_ACCEPTED: Wording(
        gettext_lazy("Your story is accepted: %(title)s"), gettext_lazy("To your story")
    ),
    NotificationKind.STORY_RETURNED: Wording(
        gettext_lazy("Your story has come back: %(title)s"), gettext_lazy("To your story")
    ),
    NotificationKind.STORY_CHANGED: Wording(
        gettext_lazy("A story has changed: %(title)s"),
        gettext_lazy("See what has changed"),
        "history.story",
        ("slug",),
    ),
    NotificationKind.COMMENTS_WAITING: Wording(
        gettext_lazy("Comments wait for you: %(title)s"), gettext_lazy("Read the comments")
    ),
    NotificationKind.INITIATIVE: Wording(
        gettext_lazy("What came of it: %(title)s"),
        gettext_lazy("Read what came of it"),
        "initiatives.show",
        ("slug",),
        "follows.stop",
    ),
    NotificationKind.QUIET: Wording(
        gettext_lazy("A question about “%(title)s”"),
        gettext_lazy("Write the next step"),
        "initiatives.manage",
        ("slug",),
    ),
}
# What still reaches somebody whose account is closed.
AFTER_CLOSING: Final = {NotificationKind.ACCOUNT_CLOSED}
LONGEST_WORD: Final = 2_000


def _harmless(word: str) -> str:
    """Return a stranger's words, line by line."""
    return "\n".join(defang(line, LONGEST_WORD) for line in word.splitlines())


def compose_notification(
    db: Session, notice: Notification, links: Links, settings: Settings, now: datetime
) -> EmailMessage | None:
    """Return the email in the recipient's language, or None if nobody can get it any more."""
    seal, about = seal_of(db), NotificationKind(notice.about)
    person = db.get(Person, notice.person_id) if notice.person_id else None
    if notice.address_sealed is not None:
        address: str | None = seal.open(notice.address_sealed, "notice.address")
    else:
        address = address_of(db, person) if person else None
    is_silent = person is not None and person.closed_at is not None and about not in AFTER_CLOSING
    if address is None or notice.payload_sealed is None or is_silent:
        return None
    given: dict[str, str] = json.loads(seal.open(notice.payload_sealed, "notice"))
    language = match_tag(notice.language)
    url, until = given.pop("url", None), given.pop("until", None)
    reply_to, key = given.pop("reply_to", None), given.pop("key", None)
    if until is not None and datetime.fromisoformat(until) <= now:
        return None
    if about is NotificationKind.INITIATIVE and not following.is_wanted(db, key or ""):
        return None
    wording = WORDINGS[about]
    if url is None and wording.page is not None:
        path = {name: given[name] for name in wording.named}
        url = links.absolute(wording.page, language, None, **path)
    is_discreet = person.is_discreet if person is not None else bool(given.get("discreet"))
    with use_locale(language):
        use_corrections(db)
        words = {name: protect(_harmless(word)) for name, word in given.items()}
        name_of_site = site_name(db, settings)
        subject = " ".join((str(wording.subject) % words).split())
        if is_discreet:
            subject = _("A notice for you")
        context = {
            **words,
            "language": language_of(language),
            "subject": subject,
            "site_name": name_of_site,
            "home_url": links.absolute("home", language),
            "name": as_typed(defang(name_of(db, person), LONGEST_NAME)) if person else None,
            "button": str(wording.button) % words if wording.button else None,
            "button_url": url,
            "stop_url": links.absolute(wording.stop, language, None, key=key)
            if wording.stop
            else None,
        }
        content = Content(
            subject=convert(subject),
            sender_name=convert(neutral_sender(settings) if is_discreet else name_of_site),
            language=language,
            text=render(f"notifications/{about.value}.txt", **context),
            html=render(f"notifications/{about.value}.html", **context),
            reply_to=reply_to,
        )
    try:
        # What is sealed differs each time, so the name is unique and cannot be guessed.
        return seal_up(content, address, f"notice {notice.payload_sealed.hex()}", settings, now)
    except AddressUnfitError:
        return None
