"""Tables as files: CSV that spreadsheets read rightly, and workbooks without live formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from portal.core.refusals import NotFoundError
from portal.web.http.downloads import disposition
from portal.web.http.xlsx import workbook

# A cell that begins with one of these is run as a formula by spreadsheets.
_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PIECE: Final = 32 * 1024  # letters
_FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(form: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as "csv" (UTF-8 with BOM) or "xlsx"; other forms are not found.

    `rows` are asked for while it is sent, in one thread after another and when the request's
    transaction is over.
    """
    if form not in _FORMS:
        raise NotFoundError
    pieces = to_csv(header, rows) if form == "csv" else workbook(header, rows)
    headers = {"content-disposition": disposition(f"{name}.{form}")}
    return StreamingResponse(pieces, media_type=_FORMS[form], headers=headers)


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """RFC 4180; texts that would run as formulas get an apostrophe in front."""
    text = StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_inert(cell) for cell in header])
    yield _taken(text)
    for row in rows:
        writer.writerow([_inert(cell) for cell in row])
        if text.tell() >= _PIECE:
            yield _taken(text)
    yield _taken(text)


def _taken(text: StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_LIVE) else cell
