"""Translations as XLIFF 2.0 files (OASIS), core elements alone."""

import xml.etree.ElementTree as ET
from typing import Final, NoReturn

from portal.core.refusals import Refusal
from portal.domain.translation.file_import import UNSURE, Given, OtherLanguageError, Read, laid_over
from portal.domain.translation.items import Field, TranslatableItem
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.paragraphs import fingerprint, has_words

SPACE: Final = "urn:oasis:names:tc:xliff:document:2.0"
_IN: Final = f"{{{SPACE}}}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
# The category of the note that marks what a passage said when the file was made.
_WAS: Final = "was"
_INITIAL: Final = "initial"


class NotAnXliffFileError(Refusal):
    """Whatever it is."""

    message = _("This is not an XLIFF 2 file that we can read. Nothing was changed.")


def _refuse() -> NoReturn:
    raise NotAnXliffFileError("po")


def export(item: TranslatableItem, language: str, address: str) -> bytes:
    """Return an item's paragraphs with a language's; what a person must read is initial.

    Such a file has one source language: what was written first in another is left out.
    """
    ET.register_namespace("", SPACE)
    source = item.title.original
    if source == language:  # then something else is translated into it
        source = next(f.text.original for f in item.fields if f.text.original != language)
    root = ET.Element(f"{_IN}xliff", {"version": "2.0", "srcLang": source, "trgLang": language})
    file = ET.SubElement(
        root, f"{_IN}file", {"id": "f1"} | ({"original": address} if address else {})
    )
    for field in item.fields:
        if field.text.original == source:
            _write(file, field, language)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _write(file: ET.Element, field: Field, language: str) -> None:
    text = field.text
    rows = zip(
        text.paragraphs(), text.translated_paragraphs(language), text.states(language), strict=True
    )
    for place, (paragraph, passage, state) in enumerate(rows):
        if not passage.text and not has_words(paragraph):
            continue
        names = {"id": f"{field.name}.{place}", "name": f"{field.name}:{place}"}
        unit = ET.SubElement(file, f"{_IN}unit", names)
        notes = ET.SubElement(unit, f"{_IN}notes")
        ET.SubElement(notes, f"{_IN}note").text = str(field.label)
        was = ET.SubElement(notes, f"{_IN}note", {"category": _WAS})
        was.text = fingerprint(passage.text)
        said = _INITIAL if state in UNSURE or not passage.text else "translated"
        segment = ET.SubElement(unit, f"{_IN}segment", {"state": said})
        for name, words in (("source", paragraph), ("target", passage.text)):
            if words:
                attributes = {f"{_XML}space": "preserve"}
                ET.SubElement(segment, f"{_IN}{name}", attributes).text = words


def read(content: str, item: TranslatableItem, language: str) -> Read:
    """Return what a file says, or the refusal of one that cannot be trusted.

    A passage still in its initial state is taken if somebody has changed it, else left as it is,
    and so is what the file leaves empty.
    """
    root = _parsed(content)
    if root.tag != f"{_IN}xliff":
        _refuse()
    if not root.get("trgLang", language).lower().startswith(language):
        raise OtherLanguageError("po")
    given = {}
    for unit in root.iter(f"{_IN}unit"):
        name = unit.get("name", "").partition(":")[0]
        passage = _given(unit)
        if passage is not None:
            given[name, _joined(unit, "source")] = passage
    fields = {field.name for field in item.fields}
    if fields.isdisjoint(
        unit.get("name", "").partition(":")[0] for unit in root.iter(f"{_IN}unit")
    ):
        _refuse()
    return laid_over(item, language, given)


def _parsed(content: str) -> ET.Element:
    """Return the root; refuse a document that declares types or entities."""
    if "<!DOCTYPE" in content:
        _refuse()
    try:
        return ET.fromstring(content)  # noqa: S314 - without a DOCTYPE there are no entities
    except ET.ParseError:
        _refuse()


def _given(unit: ET.Element) -> Given | None:
    """Return one passage; None where a part of it has no target."""
    segments = unit.findall(f"{_IN}segment")
    if any(segment.find(f"{_IN}target") is None for segment in segments):
        return None
    text = _joined(unit, "target").strip()
    if not text:
        return None
    marks = (note.text or "" for note in unit.iter(f"{_IN}note") if note.get("category") == _WAS)
    was = next(marks, fingerprint(""))
    is_untouched = any(segment.get("state", _INITIAL) == _INITIAL for segment in segments)
    return Given(text, was, is_sure=not is_untouched or fingerprint(text) != was)


def _joined(unit: ET.Element, name: str) -> str:
    """Return the words of a unit without what stands between its segments."""
    words = []
    for part in unit:
        if part.tag in {f"{_IN}segment", f"{_IN}ignorable"}:
            found = part.find(f"{_IN}{name}")
            if found is None:
                found = part.find(f"{_IN}source")
            words.append("".join(found.itertext()) if found is not None else "")
    return "".join(words)
