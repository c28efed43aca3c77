"""A backup made while two hundred sign-ups a second are written."""

import itertools
import json
import threading
import time

from sqlalchemy import inspect, text

from portal.core.encryption import Seal

BACKUPS, A_SECOND = 3, 200


class Writer(threading.Thread):
    """Signs up so many guests a second, each in a transaction of its own, until it is stopped.

    In plain SQL, as copies of one sign-up and its letter, since the portal's own code would be too
    slow for that on a busy machine; what `portal verify` looks for holds all the same.
    """

    def __init__(self, portal):
        super().__init__()
        self._portal, self._seal = portal, Seal.from_file(portal.folder / "seal.key")
        self.stop, self.told, self.seconds = threading.Event(), [], 0.0

    def run(self):
        with self._portal.connection() as connection:
            statements = self._statements(connection)
            begun = time.monotonic()
            for number in itertools.takewhile(lambda _n: not self.stop.is_set(), itertools.count()):
                address = f"writer-{number}@example.org"
                index = self._seal.index(address)
                for statement in statements:
                    connection.execute(statement, {"new": index[:20], "index": index})
                connection.commit()
                self.told.append(address)
                self.stop.wait(max(0.0, begun + number / A_SECOND - time.monotonic()))
            self.seconds = time.monotonic() - begun

    def _statements(self, connection):
        event, made = (
            self._portal.event["id"],
            "(SELECT id FROM registrations WHERE public_id = :new)",
        )
        first = (
            "(SELECT min(registrations.id) FROM registrations JOIN emails"
            f" ON registration_id = registrations.id WHERE event_id = {event}"
            " AND status = 'confirmed')"
        )
        number = f"(SELECT last_queue_number FROM event_seats WHERE event_id = {event})"
        registration = {
            "public_id": ":new",
            "email_index": ":index",
            "queue_number": number,
            "person_id": "NULL",
        }
        counted = (
            "UPDATE event_seats SET taken = taken + 1, last_queue_number = last_queue_number + 1"
        )
        letter = f"(SELECT min(id) FROM emails WHERE registration_id = {first})"
        return (
            text(f"{counted} WHERE event_id = {event}"),
            text(copying(connection, "registrations", first, registration)),
            text(copying(connection, "emails", letter, {"registration_id": made})),
        )


def copying(connection, table, row, changed):
    """The statement that adds a copy of a row with some values changed."""
    columns = [each["name"] for each in inspect(connection).get_columns(table)]
    columns.remove("id")
    values = ", ".join(changed.get(each, each) for each in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = {row}"
    )


def test_a_backup_under_load_is_whole(portal, tmp_path, tell):
    key = tmp_path / "backup.key"
    recipient = portal.ask("backup-key", str(key)).strip()
    writer = Writer(portal)
    writer.start()
    made = []
    for number in range(BACKUPS):
        time.sleep(1)
        before = len(writer.told)
        file = tmp_path / f"{number}.age"
        to = ("--to", str(file), "--recipient", recipient, "--with-seal-key")
        began = time.monotonic()
        rows = json.loads(portal.ask("backup", *to))["rows"]
        made.append((file, before, len(writer.told), rows, time.monotonic() - began))
    writer.stop.set()
    writer.join()
    figures = []
    for file, before, after, rows, seconds in made:
        folder = tmp_path / f"restored-{file.stem}"
        folder.mkdir()
        elsewhere = {"data_dir": folder, "database_url": f"sqlite:///{folder / 'portal.db'}"}
        portal.ask("restore", str(file), "--identity", str(key), **elsewhere)
        assert portal.ask("verify", **elsewhere) == ""
        kept = portal.at(elsewhere)
        assert kept.lost(writer.told[:before]) == []
        there = len(writer.told) - len(kept.lost(writer.told))
        assert before <= there <= after + 1
        figures.append(
            {"rows": rows, "written_meanwhile": after - before, "seconds": round(seconds, 1)}
        )
    rate = len(writer.told) / writer.seconds
    tell(writes_a_second=round(rate), backups=figures, faults=0)
    assert rate > A_SECOND / 10, "hardly a load"
    portal.verify()
