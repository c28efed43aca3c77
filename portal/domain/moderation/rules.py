"""What may be reported, decided and appealed, and the plain words for it. Pure decisions."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import may_moderate
from portal.domain.moderation.models import (
    Appeal,
    Decision,
    DecisionStatus,
    Measure,
    Progress,
    Reason,
    Report,
)
from portal.i18n.locale import gettext_lazy as _

LONGEST_TEXT: Final = 2_000
# A moderator who is away holds a report no longer than this.
CLAIM_LASTS: Final = timedelta(days=3)
# How long the words of a closed report are kept, in case of an appeal.
REPORT_RETENTION: Final = timedelta(days=180)

REASONS: Final = {
    Reason.SPAM: _("Advertising or spam"),
    Reason.FRAUD: _("Fraud, or asking for money under a pretext"),
    Reason.HATE: _("Hatred or humiliation of people"),
    Reason.VIOLENCE: _("Violence or threats"),
    Reason.PERSONAL_DATA: _("Somebody’s personal data without their consent"),
    Reason.MINORS: _("Danger to children"),
    Reason.IMPERSONATION: _("Pretends to be somebody else"),
    Reason.FALSE: _("False or misleading"),
    Reason.ILLEGAL: _("Against the law"),
    Reason.OTHER: _("Something else"),
}
MEASURES: Final = {
    Measure.HIDE: _("it is hidden from the public"),
    Measure.WARN: _("a warning"),
    Measure.SUSPEND: _("the organisation is suspended"),
    Measure.BAN: _("the account is banned"),
}


class Ground(StrEnum):
    """Why administrators do not, or no longer, say that they know an organisation."""

    UNPROVED = "unproved"
    MISMATCH = "mismatch"
    SILENT = "silent"
    CHANGED = "changed"
    RULES = "rules"


GROUNDS: Final = {
    Ground.UNPROVED: _("What was shown does not prove who the organisation is"),
    Ground.MISMATCH: _("The name or the kind does not fit what was shown"),
    Ground.SILENT: _("Nobody of the organisation answered our questions"),
    Ground.CHANGED: _("The organisation has ended or has changed hands"),
    Ground.RULES: _("It has broken the rules of the portal"),
}


class AlreadyClaimedError(Refusal):
    message = _("Another moderator already works on this report, or it is closed.")


class NotClaimedError(Refusal):
    message = _("Take the report on first; then decide.")


class UnfitError(Refusal):
    message = _("This cannot be done about what was reported. Choose another decision.")
    field = "measure"


class AlreadySoError(Refusal):
    message = _("This is so already, or it has been decided meanwhile.")


class WhomError(Refusal):
    message = _("Choose a person of this organisation.")
    field = "person"


class ProtectedError(Refusal):
    message = _("This person moderates or administers the portal. Relieve them of that first.")


class SamePersonError(Refusal):
    message = _("Somebody other than whoever decided first must do this.")


class AppealedError(Refusal):
    message = _("An appeal has been made already. There is one for each decision.")


class WordsNeededError(Refusal):
    message = _("Write why you think the decision is wrong.")
    field = "text"


class OwnOrganizationError(Refusal):
    message = _("You belong to this organisation. Another administrator has to do this.")


class LastAdministratorError(Refusal):
    message = _("The last administrator cannot be relieved. Name another one first.")


def is_claimed(report: Report, now: datetime) -> bool:
    """Return whether the moderator who took a report on still has it."""
    return (
        report.progress == Progress.CLAIMED
        and report.claimed_by is not None
        and report.claimed_at is not None
        and now < report.claimed_at + CLAIM_LASTS
    )


def may_decide(person: Person, report: Report, now: datetime) -> bool:
    """Return whether a report is this moderator's to decide now."""
    return may_moderate(person) and is_claimed(report, now) and report.claimed_by == person.id


def has_decided(person: Person, decision: Decision) -> bool:
    """Return whether this person had a hand in a decision."""
    return person.id in {decision.decided_by, decision.confirmed_by}


def may_confirm(person: Person, decision: Decision) -> bool:
    """Return whether this moderator can be the second pair of eyes."""
    return decision.status == DecisionStatus.PROPOSED and not has_decided(person, decision)


def may_appeal(decision: Decision, appeal: Appeal | None) -> bool:
    """Return whether the one appeal is still to be had."""
    return decision.status == DecisionStatus.IN_FORCE and appeal is None


def is_ban_in_force(decision: Decision) -> bool:
    """Return whether this is a ban that holds."""
    return decision.measure == Measure.BAN and decision.status == DecisionStatus.IN_FORCE


def may_answer(person: Person, decision: Decision, appeal: Appeal | None) -> bool:
    """Return whether this moderator may answer the appeal: somebody else than before."""
    is_open = appeal is not None and appeal.answered_at is None
    return (
        is_open and decision.status == DecisionStatus.IN_FORCE and not has_decided(person, decision)
    )


def check_other(person: Person, decision: Decision) -> None:
    """Raise SamePersonError for whoever decided first."""
    if has_decided(person, decision):
        raise SamePersonError
