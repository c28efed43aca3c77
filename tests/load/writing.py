"""A process that fills events and empties them again: each write changes what pages show."""

import contextlib
import itertools
import select
import subprocess
import sys

from sqlalchemy import select as rows_of

import portal.app  # noqa: F401 - with it all tables are known
from portal.core import clock
from portal.core.encryption import Seal
from portal.db.engine import Database
from portal.domain.events.models import Event

# Events that are written to in turn: those whose own pages are asked for, and the first of the
# list, which are those of its first twenty pages.
EVENTS, OF_PAGES, PLACES = 400, 20, 20


class Writer:
    """Writes at a pace until told otherwise."""

    def __init__(self, process):
        self._process = process

    @contextlib.contextmanager
    def paced(self, a_second):
        self._tell(a_second)
        yield
        self._tell(0)

    def _tell(self, pace):
        print(pace, file=self._process.stdin, flush=True)


@contextlib.contextmanager
def writing(url):
    """A Writer on a database, which rests at first."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.load.writing", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield Writer(process)
        process.stdin.close()
        if not int(process.stdout.read()):
            raise RuntimeError("nothing was written")


def chosen(db):
    """Ids of the events in an order that jumps from page to page."""
    own = [f"event-{number}" for number in range(OF_PAGES)]
    ids = list(db.scalars(rows_of(Event.id).where(Event.slug.in_(own))))
    coming = rows_of(Event.id).where(Event.starts_at > clock.now(), Event.id.not_in(ids))
    listed = coming.order_by(Event.starts_at, Event.id).limit(EVENTS - len(ids))
    ids += db.scalars(listed)
    return [ids[number * 37 % len(ids)] for number in range(len(ids))]


def main(url):
    database = Database(url, Seal([bytes(32)]))
    with database.writing() as db:
        ids = chosen(db)
        for event in db.scalars(select(Event).where(Event.id.in_(ids))):
            event.taken, event.capacity = 0, PLACES
    print("ready", flush=True)
    pace, written, turn = 0.0, 0, itertools.cycle(ids)
    while True:
        told, _, _ = select.select([sys.stdin], [], [], 1 / pace if pace else None)
        if told:
            line = sys.stdin.readline()
            if not line:
                break
            pace = float(line)
            continue
        with database.writing() as db:
            event = db.get_one(Event, next(turn))
            event.taken = 0 if event.taken else PLACES
        written += 1
    print(written)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
