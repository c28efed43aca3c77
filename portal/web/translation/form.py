"""The translator's form: passages beside their originals, and what was typed into them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData

from portal.content.picture_html import Picture
from portal.domain.publishing.revisions.rules import Piece, pieces
from portal.domain.translation.items import Field, TranslatableItem
from portal.domain.translation.rules import Typed, progress
from portal.i18n import dates
from portal.i18n.glossary import Term, terms_in
from portal.i18n.locale import OWN_NAMES, current_language, gettext_lazy
from portal.i18n.locale import gettext as _
from portal.i18n.paragraphs import fingerprint, has_words
from portal.i18n.translated import State
from portal.web.http.forms import Fields, Form

# What a state is called, and the kind of its tag.
STATES = {
    State.ORIGINAL: (gettext_lazy("original"), "plain"),
    State.TRANSLATED: (gettext_lazy("translated"), "plain"),
    State.MACHINE_DRAFT: (gettext_lazy("machine draft"), "few"),
    State.OUT_OF_DATE: (gettext_lazy("older than the original"), "postponed"),
    State.MISSING: (gettext_lazy("not translated yet"), "plain"),
}


class ParagraphFields(Fields):
    """Passages come by names of their own, one for each place; see `typed_passages`."""


@dataclass(frozen=True, slots=True)
class ParagraphRow:
    """One paragraph and its translation, as the page draws them."""

    place: str
    original: str
    seen: str
    before: str
    state: str
    state_kind: str
    may_confirm: bool
    changes: Sequence[Piece]
    terms: Sequence[Term]
    theirs: str | None
    # In no language and left as it is, so that nothing is asked for.
    is_wordless: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One text of an item, paragraph by paragraph."""

    label: str
    original: str
    picture: Markup | None
    longest: int
    one_line: bool
    lines: tuple[ParagraphRow, ...]


def typed_paragraphs(submitted: FormData, item: TranslatableItem) -> dict[str, list[Typed]]:
    """Return what was typed, by field, in page order, without texts that have no place."""
    typed: dict[str, list[Typed]] = {}
    for field in item.fields:
        place = 0
        while (seen := submitted.get(f"seen.{field.name}.{place}")) is not None:
            name = f"{field.name}.{place}"
            text = str(submitted.get(f"paragraph.{name}", ""))
            lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
            before = str(submitted.get(f"before.{name}", ""))
            is_right = submitted.get(f"right.{name}") == "yes"
            typed.setdefault(field.name, []).append(Typed(lines, str(seen), before, is_right))
            place += 1
    return typed


def blank_form(item: TranslatableItem, language: str) -> Form[ParagraphFields]:
    """Return the form with what has been translated."""
    values = {
        f"paragraph.{field.name}.{place}": passage.text
        for field in item.fields
        for place, passage in enumerate(field.text.translated_paragraphs(language))
    }
    return Form.filled(ParagraphFields, values)


def form_of(typed: Mapping[str, Sequence[Typed]]) -> Form[ParagraphFields]:
    """Return the form with what was typed, to be shown again."""
    values: dict[str, Any] = {}
    for name, passages in typed.items():
        for place, each in enumerate(passages):
            values[f"paragraph.{name}.{place}"] = each.text
            values[f"right.{name}.{place}"] = "yes" if each.is_confirmed else ""
    return Form.filled(ParagraphFields, values)


def parts_of(
    item: TranslatableItem,
    language: str,
    former: Mapping[str, str],
    theirs: Mapping[tuple[str, int], str],
    shown: Callable[[Picture], Markup | None],
) -> list[Part]:
    """Return all texts to translate, `former` wordings by fingerprint, `shown` as the picture."""
    return [
        Part(
            str(field.label),
            field.text.original,
            shown(field.picture) if field.picture else None,
            field.longest,
            field.one_line,
            tuple(_lines(field, language, former, theirs)),
        )
        for field in item.fields
        if field.text.paragraphs() and field.text.original != language
    ]


def _lines(
    field: Field,
    language: str,
    former: Mapping[str, str],
    theirs: Mapping[tuple[str, int], str],
) -> list[ParagraphRow]:
    text, lines = field.text, []
    rows = zip(
        text.paragraphs(), text.translated_paragraphs(language), text.states(language), strict=True
    )
    for place, (original, passage, state) in enumerate(rows):
        word, kind = STATES[state]
        made_from = former.get(passage.of or "") if state is State.OUT_OF_DATE else None
        lines.append(
            ParagraphRow(
                place=f"{field.name}.{place}",
                original=original,
                seen=fingerprint(original),
                before=fingerprint(passage.text),
                state=str(word),
                state_kind=kind,
                may_confirm=state in {State.OUT_OF_DATE, State.MACHINE_DRAFT},
                changes=pieces(made_from, original) if made_from else (),
                terms=terms_in(original, text.original, language),
                theirs=theirs.get((field.name, place)),
                is_wordless=not passage.text and not has_words(original),
            )
        )
    return lines


def labels_of(parts: Sequence[Part]) -> dict[str, str]:
    """Names of the controls, for the summary of errors."""
    labels = {
        f"paragraph.{line.place}": part.label if len(part.lines) == 1 else f"{part.label} {number}"
        for part in parts
        for number, line in enumerate(part.lines, start=1)
    }
    return labels | {"file": _("File"), "po": _("Content of the file")}


def page_of(item: TranslatableItem, language: str, parts: Sequence[Part]) -> dict[str, Any]:
    """Return what the translator's page says, whoever translates."""
    title = item.title.localized(item.title.original)
    percent = progress(item.texts, language)
    originals = dict.fromkeys(part.original for part in parts)
    return {
        "title": title,
        "original_names": dates.listed(OWN_NAMES[tag] for tag in originals or [title.language]),
        "target": language,
        "target_name": OWN_NAMES[language],
        "own_language": current_language.get(),
        "parts": parts,
        "labels": labels_of(parts),
        "progress": percent,
        "progress_text": progress_text(percent),
    }


def steps_of(typed: Mapping[str, Sequence[Typed]]) -> dict[str, str]:
    """Return fingerprints of saved paragraphs by place; others may have saved the rest."""
    return {
        f"{name}.{place}": now
        for name, passages in typed.items()
        for place, each in enumerate(passages)
        if (now := fingerprint(each.text)) != each.before
    }


def progress_text(percent: int) -> str:
    """Return how far a translation is, in words."""
    return _("%(progress)s %% has a translation", progress=percent)
