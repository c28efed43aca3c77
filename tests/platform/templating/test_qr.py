"""The drawn QR code is what the library says, module by module."""

import re

import segno

from portal.web.accounts.qr import QUIET, qr_code

TEXT = "otpauth://totp/Shanyraq:dina%40example.org?secret=GEZDGNBVGY3TQOJQ&issuer=Shanyraq"


def painted(path):
    """Every module that a path paints."""
    cells = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path):
        cells |= {(int(x) + step, int(y)) for step in range(int(width))}
    return cells


def test_every_dark_module_is_painted_and_no_other():
    code = qr_code(TEXT)
    rows = [list(row) for row in segno.make(TEXT, micro=False, error="m").matrix]
    dark = {
        (x + QUIET, y + QUIET) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell
    }
    assert code.size == len(rows) + 2 * QUIET
    assert painted(code.path) == dark
    assert len(dark) > 500
