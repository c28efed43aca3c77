"""A portal to visit: a real server, a provider to sign in with, a mailbox and a worker."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from portal.app import create_app, declared_links, with_page_cache
from portal.config.settings import Settings
from portal.core import clock
from portal.db.engine import Database
from portal.demo.services import identity_provider
from portal.demo.services.identity_provider import DemoPerson, create_identity_provider
from portal.demo.services.mailbox import Mailbox
from portal.demo.services.serving import listener_on, running, url_of
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.worker.loop import Report, Worker

# Who can sign in; what they may do is each test's own business.
MEMBER = DemoPerson("dina", "Дина", "dina@example.org", locale="kk", zoneinfo="Europe/Berlin")
ORGANISER = DemoPerson("marat", "Марат", "marat@example.org", locale="ru", zoneinfo="Asia/Almaty")
ANALYST = DemoPerson("aisha", "Aisha", "aisha@example.org", zoneinfo="America/New_York")
_CLIENT, _SECRET = "shanyraq-tests", "known-to-the-tests-alone"


@dataclass(frozen=True)
class Stage:
    """A portal that answers at `address`; letters go out and boxes are mixed by `work`."""

    app: FastAPI
    address: str
    issuer: str
    database: Database
    mailbox: Mailbox
    worker: Worker

    def work(self) -> Report:
        """One round of the worker."""
        return self.worker.round(clock.now())

    def known(self, db: Session, someone: DemoPerson) -> Person:
        """Somebody of the provider, as if signed in once before."""
        claims = Claims(
            self.issuer,
            someone.subject,
            someone.name,
            someone.email,
            someone.locale,
            someone.zoneinfo,
        )
        return people.welcome(db, claims, someone.locale, clock.now())

    def client(self, session: str | None = None) -> httpx.Client:
        """A visitor without a browser, coming from the portal's own pages."""
        return httpx.Client(
            base_url=self.address,
            headers={"origin": self.address},
            cookies={"session": session} if session else None,
            trust_env=False,
        )


@contextmanager
def raised(folder: Path, template: Path, host: str = "127.0.0.1") -> Iterator[Stage]:
    """A portal over a copy of a migrated SQLite file, for as long as the block lasts."""
    with ExitStack() as stack:
        own, provider = listener_on(), listener_on()
        mailbox = Mailbox()
        settings = Settings(
            database_url=f"sqlite:///{shutil.copyfile(template, folder / 'portal.db')}",
            data_dir=folder,
            base_url=url_of(own).replace("127.0.0.1", host),
            smtp_url=f"smtp://127.0.0.1:{mailbox.start()}",
            oidc_issuer=url_of(provider),
            oidc_client_id=_CLIENT,
            oidc_client_secret=_SECRET,
            oidc_name="Test ID",
            worker=False,
            rate_limits=False,
            log_level="ERROR",
        )
        stack.callback(mailbox.stop)
        app = create_app(settings)
        sign_in = create_identity_provider(
            settings.oidc_issuer,
            [MEMBER, ORGANISER, ANALYST],
            _CLIENT,
            _SECRET,
            redirect_uris=[f"{settings.address}/sign-in/callback"],
        )
        stack.enter_context(running(sign_in, listener=provider))
        stack.enter_context(running(with_page_cache(app), listener=own))
        database = app.state.site.database
        worker = Worker(database, declared_links(settings), settings)
        yield Stage(app, settings.address, settings.oidc_issuer, database, mailbox, worker)


class TimeMachine:
    """Moves the portal's clock, which then goes on; the provider's own stays right.

    A provider is another machine: a token of tomorrow would rightly be refused.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch, self._true = monkeypatch, clock.now
        monkeypatch.setattr(identity_provider, "clock", SimpleNamespace(now=self._true))

    def move_to(self, instant: datetime) -> None:
        """From here on it is later, or earlier."""
        ahead = instant - self._true()
        self._monkeypatch.setattr(clock, "now", lambda: self._true() + ahead)
