"""The table of retention: what is forgotten, after how long, and why. What stands here is so.

Durations are those by which the subjects themselves forget; the worker's chores stand by the same
names in portal.worker.retention. Beside these, rows go with what they belong to: a request for a
translation when it is there, what was typed when it is saved, everything of an account with it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from portal.domain.accounts.identities import rules as identity_rules
from portal.domain.accounts.people import rules as people
from portal.domain.emails import rules as emails
from portal.domain.moderation import rules as moderation
from portal.domain.organizations import rules as organizations
from portal.domain.privacy import rules as privacy
from portal.domain.publishing.images import rules as images
from portal.domain.publishing.translation_progress import rules as translation_progress
from portal.domain.registrations import rules as registrations
from portal.i18n.locale import LazyText
from portal.i18n.locale import gettext_lazy as _

# A run that finds nothing is noted no oftener than this.
RECORDED_EVERY: Final = timedelta(hours=1)


class RetentionSubject(StrEnum):
    """What is kept for a time, in the order in which it is forgotten."""

    SIGN_UPS = "sign-ups"
    SIGN_IN_LINKS = "sign-in-links"
    SESSIONS = "sessions"
    NOTIFICATIONS = "notifications"
    MESSAGE_COUNTS = "message-counts"
    INVITATIONS = "invitations"
    TRANSLATION_LINKS = "translation-links"
    REPORTS = "reports"
    PARTICIPANT_EXPORTS = "participant-exports"
    ACCOUNTS = "accounts"
    PICTURES = "pictures"


class MaintenanceJob(StrEnum):
    """What else is noted when it has run."""

    WORKER = "worker"
    BACKUP = "backup"


class Source(StrEnum):
    """Why something goes."""

    PROMISE = "promise"
    NEED = "need"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    subject: RetentionSubject
    what: LazyText
    after: timedelta
    since: LazyText
    source: Source


SOURCES: Final[dict[Source, LazyText]] = {
    Source.PROMISE: _("promised on the privacy page"),
    Source.NEED: _("no longer than needed (GDPR, art. 5; Kazakhstan’s law 94-V, art. 12)"),
    Source.SAFETY: _("safety of accounts"),
}

RULES: Final = (
    Rule(
        RetentionSubject.SIGN_UPS,
        _("Names, addresses, letters and passes of sign-ups"),
        registrations.RETENTION_AFTER_EVENT,
        _("after the event"),
        Source.PROMISE,
    ),
    Rule(
        RetentionSubject.SIGN_IN_LINKS,
        _("Links for signing in, with their addresses"),
        identity_rules.EMAIL_WINDOW,
        _("after the letter was asked for"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.SESSIONS,
        _("Sessions of browsers"),
        people.SESSION_LASTS,
        _("after signing in"),
        Source.SAFETY,
    ),
    Rule(
        RetentionSubject.NOTIFICATIONS,
        _("That somebody was written to (what was written goes when it has left)"),
        emails.NOTIFICATION_RETENTION,
        _("after the letter was due; while somebody is asked whether to keep the account, longer"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.MESSAGE_COUNTS,
        _("Who has written to organisations, as a keyed hash"),
        organizations.AN_HOUR,
        _("after the message"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.INVITATIONS,
        _("Invitations, with their addresses"),
        organizations.INVITATION_LASTS + organizations.A_WEEK,
        _("after they were made"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.TRANSLATION_LINKS,
        _("Links for translators"),
        translation_progress.LINK_LASTS,
        _("after they were made"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.REPORTS,
        _("Reports to moderators, with what was written and by whom"),
        moderation.REPORT_RETENTION,
        _("after they were closed"),
        Source.NEED,
    ),
    Rule(
        RetentionSubject.PARTICIPANT_EXPORTS,
        _("Who took which list of participants along"),
        registrations.EXPORT_RETENTION,
        _("after it was taken"),
        Source.SAFETY,
    ),
    Rule(
        RetentionSubject.ACCOUNTS,
        _("Accounts, with everything that leads to somebody"),
        privacy.REACTIVATION_PERIOD,
        _(
            "after they were closed; or after two years of silence and a month without an answer, "
            "five years where nobody can be asked"
        ),
        Source.PROMISE,
    ),
    Rule(
        RetentionSubject.PICTURES,
        _("Files of pictures that were removed or never finished"),
        images.FORGOTTEN_AFTER,
        _("after they were removed or sent, at the latest"),
        Source.NEED,
    ),
)
