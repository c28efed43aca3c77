"""The matrix of texts and languages: its cells, and what it is narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.publishing.translation_progress.rules import Counts
from portal.domain.translation.items import MatrixRow
from portal.domain.translation.queries import MatrixLine, Wanted
from portal.i18n.locale import LANGUAGES, OWN_NAMES, gettext_lazy
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText, State
from portal.web.components.item_kinds import NAMES
from portal.web.http import Context
from portal.web.http.pagination import Group, choosing
from portal.web.translation.form import STATES

# What an organisation has; pages are the portal's own.
OFFERED: Final = tuple(kind for kind in NAMES if kind is not ItemKind.PAGE)
# In the order of work: what a translator looks for first.
SOUGHT: Final = (State.OUT_OF_DATE, State.MACHINE_DRAFT, State.MISSING, State.TRANSLATED)


IN_PART: Final = (gettext_lazy("translated in part"), "plain")


@dataclass(frozen=True, slots=True)
class Cell:
    """One item in one language; the original has no page to translate it on."""

    url: str | None
    state: str
    state_kind: str
    done: int
    requests: int
    target: str
    target_name: str


@dataclass(frozen=True, slots=True)
class MatrixEntry:
    """One item with what stands beside it: a cell for each language, or the one that is wanted."""

    title: LocalizedText
    kind: str
    cells: tuple[Cell | None, ...]


class Narrowed(NamedTuple):
    """What the matrix is narrowed to; None means all."""

    kind: ItemKind | None = None
    target: str | None = None
    state: State | None = None

    @property
    def content_languages(self) -> tuple[str, ...]:
        """The languages that are shown."""
        return (self.target,) if self.target else LANGUAGES

    def holds(self, line: MatrixLine) -> bool:
        """Return whether a line of the matrix fits the kind, state and language asked for."""
        if self.kind is not None and line.row.kind is not self.kind:
            return False
        return any(
            self._fits(line.counts[tag]) for tag in self.content_languages if tag in line.counts
        ) or (self.state is None and not line.counts)

    def seeks(self, wanted: Wanted) -> bool:
        """Return whether an entry of the queue is shown."""
        return (
            self.kind in {None, wanted.row.kind}
            and wanted.language in self.content_languages
            and self._fits(wanted.counts)
        )

    def _fits(self, counts: Counts) -> bool:
        """Return whether anything is in the state; translated means altogether."""
        match self.state:
            case State.OUT_OF_DATE:
                return bool(counts.outdated)
            case State.MACHINE_DRAFT:
                return bool(counts.drafts)
            case State.MISSING:
                return bool(counts.missing)
            case State.TRANSLATED:
                return not counts.is_original and not counts.is_wanting
        return True


def narrowed_by(ctx: Context) -> Narrowed:
    """Return what the address asks for; NotFoundError for words it does not know."""
    query = ctx.request.query_params
    kind, target, state = query.get("kind"), query.get("target"), query.get("state")
    if (
        kind not in {None, *OFFERED}
        or target not in {None, *LANGUAGES}
        or state not in {None, *SOUGHT}
    ):
        raise NotFoundError
    return Narrowed(ItemKind(kind) if kind else None, target, State(state) if state else None)


def asked_of(narrowed: Narrowed) -> dict[str, str | None]:
    """Return the same as an address says it."""
    kind, target, state = narrowed
    return {
        "kind": kind.value if kind else None,
        "target": target,
        "state": state.value if state else None,
    }


def groups_of(ctx: Context, narrowed: Narrowed, organization: str) -> list[Group]:
    """Kind, language and state as links; choosing one keeps the others."""
    item = choosing(
        asked_of(narrowed),
        lambda query: ctx.url("translations.index", query, organization=organization),
    )
    return [
        Group(
            _("Kind"),
            [item("kind", None, _("All"))]
            + [item("kind", kind.value, str(NAMES[kind])) for kind in OFFERED],
        ),
        Group(
            _("Language"),
            [item("target", None, _("All languages"))]
            + [item("target", tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        ),
        Group(
            _("State"),
            [item("state", None, _("All"))]
            + [item("state", state.value, str(STATES[state][0])) for state in SOUGHT],
        ),
    ]


def entry_of(
    ctx: Context, line: MatrixLine, content_languages: Sequence[str] = LANGUAGES
) -> MatrixEntry:
    """Return a line of the matrix."""
    cells = (
        _cell(ctx, line.row, tag, line.counts[tag], line.requests[tag])
        if tag in line.counts
        else None
        for tag in content_languages
    )
    return MatrixEntry(line.row.title.localized(), str(NAMES[line.row.kind]), tuple(cells))


def wanted_entry(ctx: Context, wanted: Wanted) -> MatrixEntry:
    """Return an entry of the queue."""
    cell = _cell(ctx, wanted.row, wanted.language, wanted.counts, wanted.requests)
    return MatrixEntry(wanted.row.title.localized(), str(NAMES[wanted.row.kind]), (cell,))


def _cell(ctx: Context, row: MatrixRow, target: str, counts: Counts, requests: int) -> Cell:
    word, kind = STATES[counts.state]
    if counts.state is State.OUT_OF_DATE and not counts.outdated:
        word, kind = IN_PART  # nothing of it misleads
    url = ctx.url("translations.edit", kind=row.kind.value, slug=row.slug, target=target)
    return Cell(
        None if counts.is_original else url,
        str(word),
        kind,
        counts.done,
        requests,
        target,
        OWN_NAMES[target],
    )
