"""A QR code as the path of a drawing, since our content policy allows no image from a text."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

# ISO/IEC 18004: four modules of quiet around it.
QUIET: Final = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` modules; `path` draws the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the code of a text, with the quiet zone around it."""
    rows = list(segno.make(text, micro=False, error="m").matrix_iter(border=QUIET))
    path = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrCode(len(rows), "".join(path))
