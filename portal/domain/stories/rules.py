"""What a story may be and who may do what with it. Pure decisions: no database, no clock."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from portal.core.refusals import Refusal
from portal.domain.organizations import rules as organizations
from portal.domain.publishing.publication import is_public
from portal.domain.stories.models import CommentMode, State
from portal.i18n.locale import gettext_lazy as _

LONGEST_TITLE: Final = 140
LONGEST_SUMMARY: Final = 300
LONGEST_BODY: Final = 25_000
LONGEST_BYLINE: Final = 80
LONGEST_SOURCE: Final = 200
LONGEST_NOTE: Final = 2_000
LONGEST_COMMENT: Final = 2_000
MAX_SOURCES: Final = 8
MAX_EVENTS: Final = 3
# Versions of a draft that can be brought back.
MAX_DRAFT_REVISIONS: Final = 20
# So long an editor who opens a story is told that somebody else has just saved it.
JUST_NOW: Final = timedelta(minutes=10)
# Editors hear of waiting comments once in this time.
NOTIFIED_AGAIN_AFTER: Final = timedelta(days=1)


class Part(StrEnum):
    """What somebody is to a story."""

    AUTHOR = "author"
    EDITOR = "editor"  # of the organisation it is written for
    PORTAL = "portal"  # editor of the portal, for a member's story without an organisation


Parts: TypeAlias = frozenset[Part]
NOBODY: Final[Parts] = frozenset()


class Facts(Protocol):
    """What these rules look at; a Story has it and so have the rows of the lists."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def is_by_author(self) -> bool: ...  # noqa: D102
    @property
    def organization_id(self) -> int | None: ...  # noqa: D102
    @property
    def visibility(self) -> str: ...  # noqa: D102
    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102


class TitleNeededError(Refusal):
    message = _("Write a title in the original language.")


class BodyNeededError(Refusal):
    message = _("There is nothing to read yet: write the text in the original language.")


class TimeNeededError(Refusal):
    message = _("This story waits for its hour: name one, or take it back first.")
    field = "publish_wall"


class SourceUnnamedError(Refusal):
    message = _("A source needs both: what it is, and an address that starts with https://.")


class ChangedMeanwhileError(Refusal):
    message = _(
        "Somebody else has saved this story since you opened it. Your text is below, and what "
        "is saved now stands beside it; put them together and save again."
    )


class ChangeRequestOutdatedError(Refusal):
    message = _("The story or what its author proposes has changed meanwhile. Read it again.")


class NotNowError(Refusal):
    message = _("The story has moved on meanwhile. Look at where it stands now.")


class HiddenError(Refusal):
    message = _("The moderators have hidden this story. It cannot be published now.")


class ReasonNeededError(Refusal):
    message = _("Say what is missing, so that the author can go on.")
    field = "note"


class CommentNeededError(Refusal):
    message = _("Write something first.")
    field = "text"


class NotCommentableError(Refusal):
    message = _("This cannot be commented on any more.")


class BylineNeededError(Refusal):
    message = _("Write the name that everybody shall read; an alias is welcome.")
    field = "byline"


def may_see(story: Facts, parts: Parts) -> bool:
    """Return whether somebody may read it: what is not submitted is its author's alone."""
    if is_public(story) or Part.AUTHOR in parts:
        return True
    is_seen = not story.is_by_author or story.state not in {State.DRAFT, State.RETURNED}
    return bool(parts) and is_seen


def may_write(story: Facts, parts: Parts) -> bool:
    """Return whether somebody may change it; an editor answers for what was accepted."""
    if not story.is_by_author:
        return Part.EDITOR in parts
    if story.state in {State.DRAFT, State.RETURNED}:
        return Part.AUTHOR in parts
    if story.state == State.SUBMITTED:
        return False
    if story.organization_id is None:
        return {Part.AUTHOR, Part.PORTAL} <= parts
    return Part.EDITOR in parts


def may_propose(story: Facts, parts: Parts) -> bool:
    """Return whether its author may say how an accepted story shall be; an editor then decides."""
    is_mine = story.is_by_author and Part.AUTHOR in parts
    return is_mine and story.state == State.PUBLISHED and not may_write(story, parts)


def may_type(story: Facts, parts: Parts) -> bool:
    """Return whether the form is there for somebody, whatever saving makes of it."""
    return may_write(story, parts) or may_propose(story, parts)


def may_judge(story: Facts, parts: Parts) -> bool:
    """Return whether somebody takes over or gives back what its author proposes."""
    return story.is_by_author and story.state == State.PUBLISHED and bool(parts - {Part.AUTHOR})


def may_illustrate(story: Facts, parts: Parts) -> bool:
    """Return whether somebody gives it pictures, which are seen at once and told to the editors."""
    is_personal = story.is_by_author and story.organization_id is None and Part.AUTHOR in parts
    return may_write(story, parts) or (is_personal and story.state != State.SUBMITTED)


def may_work_on(story: Facts, parts: Parts, role: str | None) -> bool:
    """Return whether somebody sees it: its organisation only what its writer has submitted."""
    is_handed_in = not story.is_by_author or story.state not in {State.DRAFT, State.RETURNED}
    return Part.AUTHOR in parts or (role is not None and is_handed_in)


def may_translate(story: Facts, parts: Parts, role: str | None) -> bool:
    """Return whether somebody translates it; what waits for an answer stays as it is."""
    if may_illustrate(story, parts):
        return True
    return story.state != State.SUBMITTED and organizations.may_translate(role)


def may_submit(story: Facts, parts: Parts) -> bool:
    """Return whether its author may hand it in."""
    is_draft = story.state in {State.DRAFT, State.RETURNED}
    return story.is_by_author and is_draft and Part.AUTHOR in parts


def may_withdraw(story: Facts, parts: Parts) -> bool:
    """Return whether somebody may take back what has not appeared yet."""
    if story.is_by_author:
        return story.state in {State.SUBMITTED, State.SCHEDULED} and Part.AUTHOR in parts
    return story.state == State.SCHEDULED and Part.EDITOR in parts


def may_decide(story: Facts, parts: Parts) -> bool:
    """Return whether somebody accepts it or gives it back."""
    return story.state == State.SUBMITTED and bool(parts & {Part.EDITOR, Part.PORTAL})


def may_publish(story: Facts, parts: Parts) -> bool:
    """Return whether somebody publishes it without asking anybody."""
    return not story.is_by_author and story.state == State.DRAFT and Part.EDITOR in parts


def may_delete(story: Facts, parts: Parts) -> bool:
    """Return whether somebody may throw it away; what was published stays."""
    if story.state not in {State.DRAFT, State.RETURNED}:
        return False
    return (Part.AUTHOR if story.is_by_author else Part.EDITOR) in parts


def may_moderate_comments(story: Facts, parts: Parts) -> bool:
    """Return whether somebody shows and hides what readers say below it."""
    if story.organization_id is not None:
        return Part.EDITOR in parts
    return bool(parts & {Part.AUTHOR, Part.PORTAL})


def takes_comments(mode: str) -> bool:
    """Return whether readers may comment."""
    return mode != CommentMode.OFF


def languages_column(languages: tuple[str, ...]) -> str:
    """Languages as lists are narrowed by them."""
    return f"|{'|'.join(languages)}|" if languages else ""
