"""Translations as PO files, the way translators' own programs take and give them."""

import io
from typing import NoReturn

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileParser, write_po

from portal.core.refusals import Refusal
from portal.domain.translation.file_import import UNSURE, Given, OtherLanguageError, Read, laid_over
from portal.domain.translation.items import TranslatableItem
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.paragraphs import fingerprint, has_words

# Marks, in a comment, what a passage said when the file was made.
_WAS = "was: "


class NotAPoFileError(Refusal):
    """Whatever it is."""

    message = _("This is not a PO file that we can read. Nothing was changed.")


class _Once(Catalog):
    """A catalogue in which every message comes once, and has no plural."""

    def __setitem__(self, id: object, message: Message) -> None:  # noqa: A002 - Babel's name
        if id and (not isinstance(id, str) or self.get(id, message.context) is not None):
            _refuse()
        super().__setitem__(id, message)  # type: ignore[index]  # a string, as checked


def _refuse() -> NoReturn:
    raise NotAPoFileError("po")


def export(item: TranslatableItem, language: str, address: str) -> bytes:
    """Return an item's paragraphs with a language's; what a person must read is fuzzy."""
    catalog = Catalog(locale=language, project=item.slug, fuzzy=False, charset="utf-8")
    catalog.header_comment = f"# {address}"
    for field in item.fields:
        text = field.text
        if text.original == language:
            continue
        rows = zip(
            text.paragraphs(),
            text.translated_paragraphs(language),
            text.states(language),
            strict=True,
        )
        for place, (paragraph, passage, state) in enumerate(rows):
            if not passage.text and not has_words(paragraph):
                continue
            message = catalog.add(
                paragraph,
                passage.text,
                context=f"{field.name}:{place}",
                flags={"fuzzy"} if state in UNSURE else (),
                auto_comments=[str(field.label), _WAS + fingerprint(passage.text)],
            )
            message.flags.discard("python-format")  # a share of something is no placeholder
    file = io.BytesIO()
    write_po(file, catalog, width=0)
    return file.getvalue()


def read(content: str, item: TranslatableItem, language: str) -> Read:
    """Return what a file says, or the refusal of one that cannot be trusted.

    Messages are found by their field and paragraph, wherever that stands now. What is still fuzzy
    is left as it is, and so is what the file leaves empty.
    """
    catalog = _parsed(content)
    if catalog.locale_identifier and not catalog.locale_identifier.startswith(language):
        raise OtherLanguageError("po")
    fields = {field.name for field in item.fields}
    if fields.isdisjoint(str(message.context).partition(":")[0] for message in catalog):
        _refuse()
    given = {
        (str(message.context or "").partition(":")[0], str(message.id)): Given(
            _text(message), _was(message), is_sure=not message.fuzzy
        )
        for message in catalog
        if message.id and message.string
    }
    return laid_over(item, language, given)


def _parsed(content: str) -> Catalog:
    catalog = _Once()
    try:
        PoFileParser(catalog, ignore_obsolete=True, abort_invalid=True).parse(
            content.splitlines(keepends=True)
        )
    except Exception:  # noqa: BLE001 - whatever its parser makes of a stranger's text, it is none
        _refuse()
    return catalog


def _text(message: Message) -> str:
    return str(message.string).strip()


def _was(message: Message) -> str:
    """Return what a passage said; a file that does not tell can only fill gaps."""
    marks = (each[len(_WAS) :] for each in message.auto_comments if each.startswith(_WAS))
    return next(marks, fingerprint(""))
