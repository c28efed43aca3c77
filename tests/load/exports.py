"""100,000 participants as a file: when its first byte comes, and what the process grows by."""

import io
import threading
import time
from zipfile import ZipFile

from tests.load.servers import resident_mebibytes

LEAST_ROWS = 100_000
MAX_SECONDS, MAX_MEBIBYTES = 1, 40


def _rows(file, form):
    """How many there are, the header's among them."""
    if form == "csv":
        return file.getvalue().count(b"\n")
    with ZipFile(file) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row>")


def export(browser, path, form, database, pid):
    """A row of the bench; `pid` is the process that serves it."""
    before = resident_mebibytes(pid)
    most, is_over = before, threading.Event()

    def watch():
        nonlocal most
        while not is_over.wait(0.05):
            most = max(most, resident_mebibytes(pid))

    watching = threading.Thread(target=watch)
    watching.start()
    begun = time.perf_counter()
    first, file = None, io.BytesIO()
    # Nobody's page sends this form, and the address is the portal's own.
    given = {"origin": str(browser.base_url).rstrip("/")}
    with browser.stream("POST", path, headers=given) as answer:
        answer.raise_for_status()
        for piece in answer.iter_raw():
            if first is None:
                first = time.perf_counter() - begun
            file.write(piece)
    took = time.perf_counter() - begun
    is_over.set()
    watching.join()
    grown = most - before
    size = file.tell()
    is_whole = _rows(file, form) > LEAST_ROWS
    return {
        "what": f"{LEAST_ROWS:,} participants as {form}, {database}",
        "first byte, s": round(first, 3),
        "seconds": round(took, 1),
        "MB": round(size / 1e6, 1),
        "grown by, MiB": round(grown, 1),
        "promised": f"first byte within {MAX_SECONDS} s, {MAX_MEBIBYTES} MiB",
        "holds": is_whole and first < MAX_SECONDS and grown < MAX_MEBIBYTES,
    }
