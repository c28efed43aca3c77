"""What readers say below a story, as the visitor may see it: comments, each with its answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.time_zones import wall_of
from portal.domain.publishing.publication import is_public
from portal.domain.stories import rules
from portal.domain.stories.comment_threads import Hearing, Remark, waiting_on
from portal.domain.stories.models import CommentState, Story
from portal.domain.stories.queries import StoryRow
from portal.domain.stories.rules import Parts
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy
from portal.i18n.script_output import as_typed
from portal.web.components.decision_texts import address_of_comment
from portal.web.components.event_cards import Tag
from portal.web.http import Context

STATES = {
    CommentState.WAITING: gettext_lazy("Waits to be read"),
    CommentState.HIDDEN: gettext_lazy("Hidden by the editors"),
    CommentState.WITHHELD: gettext_lazy("Hidden by the moderators"),
}
# What editors can change.
_SHOWABLE = {CommentState.WAITING, CommentState.HIDDEN}
_HIDEABLE = {CommentState.WAITING, CommentState.VISIBLE}


@dataclass(frozen=True, slots=True)
class Voice:
    """A comment on the page, and what its reader can do with it."""

    key: str
    name: str
    when: str
    datetime: str
    paragraphs: tuple[str, ...]
    language: str
    tag: Tag | None
    is_removed: bool
    may_answer: bool
    may_delete: bool
    may_show: bool
    may_hide: bool
    report_url: str | None
    answers: tuple["Voice", ...]


@dataclass(frozen=True, slots=True)
class WaitingComments:
    """Comments that wait for an editor."""

    comments: int
    first_url: str


def waiting_for(ctx: Context, story: StoryRow | Story, parts: Parts) -> WaitingComments | None:
    """Return what waits for those who keep the comments on a story in order, if anything does."""
    if not (is_public(story) and rules.may_moderate_comments(story, parts)):
        return None
    keys = waiting_on(ctx.db, story.id)
    return (
        WaitingComments(len(keys), address_of_comment(ctx, story.slug, keys[0])) if keys else None
    )


def voices_of(
    ctx: Context, remarks: Iterable[Remark], hearing: Hearing, *, may_comment: bool
) -> list[Voice]:
    """Return what the visitor sees, in its order, with one level of answers."""
    answers: dict[int, list[Remark]] = {}
    first = []
    for remark in remarks:
        if remark.parent_id is None:
            first.append(remark)
        else:
            answers.setdefault(remark.parent_id, []).append(remark)

    def voice(remark: Remark) -> Voice:
        below = tuple(map(voice, answers.get(remark.id, ())))
        return _voice(ctx, remark, below, hearing, may_comment=may_comment)

    return list(map(voice, first))


def _voice(
    ctx: Context,
    remark: Remark,
    answers: tuple[Voice, ...],
    hearing: Hearing,
    *,
    may_comment: bool,
) -> Voice:
    is_own = hearing.person_id is not None and remark.person_id == hearing.person_id
    may_moderate = hearing.may_moderate
    state, wall = CommentState(remark.state), wall_of(remark.posted_at, ctx.zone)
    is_removed = state is CommentState.REMOVED
    is_first = remark.parent_id is None
    return Voice(
        key=remark.public_id,
        name=as_typed(remark.byline) or _("A reader"),
        when=dates.stamp(wall),
        datetime=wall.isoformat(timespec="minutes"),
        paragraphs=tuple(part for part in remark.text.split("\n") if part.strip()),
        language=remark.language,
        tag=Tag("plain", str(STATES[state])) if state in STATES else None,
        is_removed=is_removed,
        may_answer=may_comment and is_first and state is CommentState.VISIBLE,
        may_delete=is_own,
        may_show=may_moderate and state in _SHOWABLE,
        may_hide=may_moderate and state in _HIDEABLE,
        report_url=None
        if is_own or is_removed
        else ctx.url("reports.new", {"item": f"comment:{remark.public_id}"}),
        answers=answers,
    )
