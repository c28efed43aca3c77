"""A portal of real processes, and looks at what is kept of what was told."""

import contextlib
import copy
import json
import os
import time

from sqlalchemy import create_engine, text

from portal.core.encryption import Seal
from portal.db.engine import sqlite_module
from tests.pages import page_of, words
from tests.processes import PATIENCE, Server, environment, free_port, wait_for

# How often something is killed in all, and for how many seconds the database is locked.
ROUNDS = int(os.environ.get("FAULT_ROUNDS") or 200)
SECONDS = int(os.environ.get("FAULT_SECONDS") or 60)
TYPED = {"name": "Айгерім «Ай»", "email": "aigerim@example.org"}
SAID = {
    "en": "Nothing you typed is lost",
    "ru": "Ничего из написанного не потеряно",
    "kk": "Жазғаныңыз жоғалған жоқ",
}
# No worker takes up letters of one that died sooner than this many seconds after.
LEASE_OVER = 310


class Portal:
    """An installation: its folder, its database and what it knows from `portal seed`."""

    def __init__(self, loaded, folder, url, **settings):
        self._loaded, self.folder, self.url = loaded, folder, url
        self.settings = {"database_url": url, "log_level": "WARNING"} | settings
        self.data_dir = self.settings.get("data_dir", folder)
        folder.mkdir(exist_ok=True)
        self.seeded = json.loads(self.ask("seed"))
        self.event = self.seeded["organizations"]["a"]["events"]["public"]
        self.execute("UPDATE events SET capacity = NULL WHERE id = :id", id=self.event["id"])

    def start(self, *arguments, clock=None, outside=None, **settings):
        """A command that goes on beside the test."""
        told = environment(self.folder, **(self.settings | settings))
        return self._loaded.start(arguments, told, self.folder / "log", clock, outside)

    def ask(self, *arguments, shift=0, **settings):
        """What a command prints; it must succeed. `shift` puts its clock forward by seconds."""
        clock = self.folder / "shift"
        clock.write_text(str(shift))
        process = self.start(*arguments, clock=clock if shift else None, **settings)
        assert process.wait(600) == 0, process.localized() + self.log()
        return process.localized()

    def verify(self):
        """Everything is as it must always be, or `portal verify` says what is not."""
        assert self.ask("verify") == ""

    def log(self):
        file = self.folder / "log"
        return file.read_text()[-4_000:] if file.exists() else ""

    def server(self, port=0, **given):
        """`portal serve`, before it answers."""
        port = port or free_port()
        process = self.start("serve", port=port, **given)
        return Server(process, f"http://127.0.0.1:{port}", self.folder / "log")

    @contextlib.contextmanager
    def serving(self, **given):
        """A server until the block ends."""
        server = self.server(**given)
        wait_for(server)
        yield server
        server.process.kill()

    def worker(self, **given):
        return self.start("deliver-letters", **given)

    def at(self, settings):
        """The same portal with another database, and perhaps another folder of data."""
        other = copy.copy(self)
        other.settings = self.settings | settings
        other.url = other.settings["database_url"]
        other.data_dir = other.settings.get("data_dir", self.folder)
        return other

    def signed_in(self, subject):
        """The header of somebody's session."""
        return {"cookie": f"session={self.seeded['secrets']['sessions'][subject]}"}

    @contextlib.contextmanager
    def connection(self):
        """Beside the portal, at the database itself."""
        module = {"module": sqlite_module()} if self.is_sqlite else {}
        engine = create_engine(self.url, **module)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    @property
    def is_sqlite(self):
        return self.url.startswith("sqlite")

    def execute(self, statement, **values):
        with self.connection() as connection:
            connection.execute(text(statement), values)
            connection.commit()

    def column(self, statement, **values):
        with self.connection() as connection:
            return list(connection.execute(text(statement), values).scalars())

    @contextlib.contextmanager
    def locked(self):
        """Somebody else lets nobody write until the block ends."""
        with self.connection() as connection:
            if self.is_sqlite:
                connection.connection.driver_connection.isolation_level = None
                connection.exec_driver_sql("BEGIN EXCLUSIVE")
            else:
                connection.exec_driver_sql("LOCK TABLE registrations IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    def lost(self, told):
        """Whose sign-ups are not there though they were told that they are."""
        seal = Seal.from_file(self.data_dir / "seal.key")
        kept = set(
            self.column(
                "SELECT email_index FROM registrations WHERE status <> 'cancelled'"
                " AND email_index IS NOT NULL"
            )
        )
        return [address for address in told if seal.index(address) not in kept]

    def unwritten(self, told, mailbox):
        """Who has no letter, once what dead workers had taken has been taken up again."""
        while json.loads(self.ask("deliver-letters", "--once", shift=LEASE_OVER, **mailbox.url))[
            "sent"
        ]:
            pass
        return set(told) - set(mailbox.arrived)

    @property
    def sign_up_path(self):
        return f"/events/{self.event['slug']}/registration"


def wait_until(true, seconds=PATIENCE):
    """Returns how long it took until something was true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() < begun + seconds, "it never came true"
        time.sleep(0.05)
    return time.monotonic() - begun


def check_refused(answer, portal, language):
    """503 in the reader's language, when to come back, and a form with what was typed."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert SAID[language] in words(answer)
    (form,) = page_of(answer).xpath("//main//form[@method='post']")
    typed = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert (form.get("action"), typed) == (f"/{language}{portal.sign_up_path}", TYPED)
