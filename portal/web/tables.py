"""Tables as files: CSV that spreadsheets read rightly, and workbooks without live formulas."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from portal.refusals import NotFoundError
from portal.web.files import download

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

# A cell that begins with one of these is run as a formula by spreadsheets.
_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL: Final = 32_767
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(form: str, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """A table as "csv" (UTF-8 with BOM) or "xlsx"; other forms are not found."""
    if form not in {"csv", "xlsx"}:
        raise NotFoundError
    if form == "csv":
        return download(to_csv(header, rows), "text/csv; charset=utf-8", f"{name}.csv")
    return download(to_xlsx(header, rows), XLSX, f"{name}.xlsx")


def to_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """RFC 4180; texts that would run as formulas get an apostrophe in front."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_inert(cell) for cell in header])
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_LIVE) else cell


def to_xlsx(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet; every text is written as text, whatever it looks like."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, title in enumerate(header):
        sheet.write_string(0, column, str(title)[:LONGEST_CELL], bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, str(cell)[:LONGEST_CELL])
    book.close()
    return content.getvalue()
