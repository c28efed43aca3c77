"""Tables as files: CSV that spreadsheets read correctly, and XLSX without live formulas."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from starlette.responses import Response, StreamingResponse
from xlsxwriter import Workbook

from portal.core.refusals import NotFoundError
from portal.web.http.downloads import disposition

# A cell that begins with one of these is run as a formula by spreadsheets.
_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PIECE: Final = 32 * 1024  # letters of CSV, bytes of XLSX
_FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(form: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return "csv" (UTF-8 with BOM) or "xlsx", reading `rows` when sent, or raise NotFoundError."""
    if form not in _FORMS:
        raise NotFoundError
    pieces = to_csv(header, rows) if form == "csv" else to_xlsx(header, rows)
    headers = {"content-disposition": disposition(f"{name}.{form}")}
    return StreamingResponse(pieces, media_type=_FORMS[form], headers=headers)


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the pieces of a CSV file (RFC 4180); an apostrophe disarms texts that are formulas."""
    text = StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_defang(cell) for cell in header])
    yield _taken(text)
    for row in rows:
        writer.writerow([_defang(cell) for cell in row])
        if text.tell() >= _PIECE:
            yield _taken(text)
    yield _taken(text)


def to_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield an XLSX file without formulas; it is on disk first, so 100,000 rows need no memory."""
    with TemporaryDirectory(prefix="portal-") as folder:
        path = Path(folder) / "table.xlsx"
        with Workbook(str(path), {"constant_memory": True, "tmpdir": folder}) as book:
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            bold = book.add_format({"bold": True})
            for column, name in enumerate(header):
                sheet.write_string(0, column, name, bold)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    # Never `write`, which makes formulas and links of texts.
                    if isinstance(cell, int):
                        sheet.write_number(number, column, int(cell))
                    elif cell is not None and cell != "":
                        sheet.write_string(number, column, _literal(str(cell)))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _literal(text: str) -> str:
    """Add a space to a text that XlsxWriter would copy into the sheet as XML."""
    is_taken_for_xml = text.startswith("<r>") and text.endswith("</r>")
    return f"{text} " if is_taken_for_xml else text


def _taken(text: StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece


def _defang(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_LIVE) else cell
