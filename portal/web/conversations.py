"""What readers say below a story, as the visitor may see it: comments, each with its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.stories.models import CommentState
from portal.i18n import gettext as _
from portal.i18n import gettext_lazy
from portal.time_zones import wall_of
from portal.web.cards import Tag
from portal.written import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.domain.stories.commenting import Remark
    from portal.web.visit import Visit

STATES = {
    CommentState.WAITING: gettext_lazy("Waits to be read"),
    CommentState.HIDDEN: gettext_lazy("Hidden by the editors"),
    CommentState.WITHHELD: gettext_lazy("Hidden by the moderators"),
}
# What editors can change.
_SHOWABLE = {CommentState.WAITING, CommentState.HIDDEN}
_HIDEABLE = {CommentState.WAITING, CommentState.VISIBLE}


class Voice(NamedTuple):
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
    answers: tuple[Voice, ...]


def voices_of(
    visit: Visit, remarks: Iterable[Remark], *, may_moderate: bool, may_comment: bool
) -> list[Voice]:
    """Comments in order, one level of answers below each.

    What waits or is hidden is seen by its writer and the story's editors; what was removed only
    where an answer stands below it.
    """
    reader = visit.visitor.id if visit.visitor else None
    answers: dict[int, list[Remark]] = {}
    first = []
    for remark in remarks:
        if _is_seen(remark, reader, may_moderate=may_moderate):
            if remark.parent_id is None:
                first.append(remark)
            elif remark.state != CommentState.REMOVED:
                answers.setdefault(remark.parent_id, []).append(remark)

    def voice(remark: Remark) -> Voice:
        below = answers.get(remark.id, ())
        return _voice(
            visit,
            remark,
            tuple(map(voice, below)),
            is_own=reader is not None and remark.person_id == reader,
            may_moderate=may_moderate,
            may_comment=may_comment,
        )

    return [
        voice(remark)
        for remark in first
        if remark.state != CommentState.REMOVED or remark.id in answers
    ]


def _is_seen(remark: Remark, reader: int | None, *, may_moderate: bool) -> bool:
    if remark.state in {CommentState.VISIBLE, CommentState.REMOVED}:
        return True
    return may_moderate or (reader is not None and remark.person_id == reader)


def _voice(
    visit: Visit,
    remark: Remark,
    answers: tuple[Voice, ...],
    *,
    is_own: bool,
    may_moderate: bool,
    may_comment: bool,
) -> Voice:
    state, wall = CommentState(remark.state), wall_of(remark.written_at, visit.zone)
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
        else visit.url("reports.new", {"item": f"comment:{remark.public_id}"}),
        answers=answers,
    )
