"""What an initiative may be, when it is quiet, and who may do what. No database, no clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from portal.core.refusals import Refusal
from portal.domain.events.rules import may_analyse, may_translate
from portal.domain.initiatives.models import Stage
from portal.domain.organizations.rules import Roles
from portal.domain.publishing.publication import Published, is_public
from portal.i18n.locale import gettext_lazy as _

# Without a step for so long, it is quiet.
QUIET_AFTER: Final = timedelta(days=90)
# Followers have one email about it in this time at most.
NOTIFIED_AGAIN_AFTER: Final = timedelta(days=1)
LONGEST_TITLE: Final = 140
LONGEST_PURPOSE: Final = 400
LONGEST_PEOPLE: Final = 300
LONGEST_PARTNERS: Final = 1_000
LONGEST_DESCRIPTION: Final = 20_000
LONGEST_FUNDING_NOTE: Final = 300
LONGEST_STEP: Final = 300
MAX_STEPS: Final = 200
MAX_COUNTRIES: Final = 60


class TitleNeededError(Refusal):
    message = _("Write a title in the original language.")


class PurposeNeededError(Refusal):
    message = _("Say what it is for, in the original language.")


class FundingNeededError(Refusal):
    message = _("Say who pays for it. “Nobody” is an answer too.")


class TooManyCountriesError(Refusal):
    message = _("Choose at most %(most)s countries.")
    field = "countries"


class AlreadyPublishedError(Refusal):
    message = _("This initiative is already published.")


class NotPublishedError(Refusal):
    message = _("Publish the initiative first.")


class HiddenError(Refusal):
    message = _("The moderators have hidden this initiative. It cannot be published now.")


class FinishedError(Refusal):
    message = _("This initiative is finished.")


class ChangedMeanwhileError(Refusal):
    message = _(
        "Somebody else has saved this initiative since you opened it. Your texts are below; "
        "compare them with the page and save again."
    )


class StepNeededError(Refusal):
    message = _("Write the step in at least one language.")


class TooManyStepsError(Refusal):
    message = _("At most %(most)s steps stand on one line. Remove some that are done.")


class StepDoneError(Refusal):
    message = _("This step is done already.")


class NotQuietError(Refusal):
    message = _("This initiative is not quiet: its page shows how it goes on.")


class NotFollowingError(Refusal):
    message = _("Follow the initiative first.")


class AlreadyRequestedError(Refusal):
    message = _("You have asked already. Its people have been told.")


class Progress(Protocol):
    """An initiative or a row of a list."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102


def may_see(initiative: Published, roles: Roles) -> bool:
    """Return whether somebody who is this in its hosts may see an initiative."""
    if is_public(initiative):
        return True
    if initiative.published_at is not None:
        return bool(roles)
    return may_translate(roles) or may_analyse(roles)


def last_sign(published_at: datetime, signs: Iterable[datetime | None]) -> datetime:
    """Return when something was last heard of it: its publication, or the newest of its steps."""
    return max([published_at, *(sign for sign in signs if sign is not None)])


def is_quiet(initiative: Progress, signs: Iterable[datetime | None], now: datetime) -> bool:
    """Return whether a published initiative that should go on has taken no step for a long time."""
    if initiative.published_at is None or initiative.stage == Stage.FINISHED:
        return False
    return last_sign(initiative.published_at, signs) <= now - QUIET_AFTER


def next_notification(last: datetime | None, now: datetime) -> datetime:
    """Return when a follower may have the next email, if the last one left at `last`."""
    return now if last is None else max(now, last + NOTIFIED_AGAIN_AFTER)
