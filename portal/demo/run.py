"""`portal demo`: the portal with an identity provider, a mail server and a year of events."""

import os
import shutil
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from portal.app import declared_links
from portal.config.settings import Settings, load_settings
from portal.core import clock
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from portal.demo.programme import Setting, Staff, load
from portal.demo.services.identity_provider import DemoPerson, create_identity_provider
from portal.demo.services.mailbox import Mailbox, create_mailbox_pages
from portal.demo.services.second_factors import code_now
from portal.demo.services.serving import running
from portal.domain.organizations.models import Role
from portal.media.storage import Storage
from portal.server import run_server
from portal.worker.loop import Worker

FOLDER = Path("demo-data")
STAFF = [
    Staff(
        DemoPerson("dina", "Дина", "dina@example.org", locale="kk", zoneinfo="Europe/Berlin"),
        {},
    ),
    Staff(
        DemoPerson("marat", "Марат", "marat@example.org", locale="ru", zoneinfo="Asia/Almaty"),
        {"altyn-saqa": Role.OWNER, "ile-university": Role.EDITOR},
    ),
    Staff(
        DemoPerson("aisha", "Aisha", "aisha@example.org", locale="en", zoneinfo="America/New_York"),
        {"apple-tree": Role.ANALYST, "altyn-saqa": Role.ANALYST},
    ),
    Staff(
        DemoPerson("serik", "Серік", "serik@example.org", locale="kk", zoneinfo="Asia/Almaty"),
        {},
        is_administrator=True,
    ),
]
NOTES = {
    "dina": "a member of the diaspora in Berlin",
    "marat": "organiser: owner of Altyn saqa, editor of Ile University",
    "aisha": "analyst of an NGO: feedback of Apple Tree and Altyn saqa",
    "serik": "the portal's administrator",
}


def run(asked: Settings, *, fresh: bool) -> None:
    """Serve until interrupted; everything listens on this machine alone."""
    issuer = f"http://127.0.0.1:{asked.port + 1}"
    address = f"http://127.0.0.1:{asked.port}"
    mailbox = Mailbox()
    folder = asked.data_dir if "data_dir" in asked.model_fields_set else FOLDER
    smtp_port = mailbox.start()
    # Through the environment, since the server reads its settings there like any other.
    os.environ.update(
        PORTAL_DATA_DIR=str(folder),
        PORTAL_HOST="127.0.0.1",
        PORTAL_BASE_URL=address,
        PORTAL_SMTP_URL=f"smtp://127.0.0.1:{smtp_port}",
        PORTAL_OIDC_ISSUER=issuer,
        PORTAL_OIDC_CLIENT_ID="shanyraq-demo",
        PORTAL_OIDC_CLIENT_SECRET="not-a-secret-the-demo-is-local",  # noqa: S106 - loopback only
        PORTAL_OIDC_NAME="Demo ID",
        PORTAL_LOG_LEVEL="WARNING",
    )
    settings = load_settings()
    database = _prepared(settings, issuer, fresh=fresh)
    provider = create_identity_provider(
        issuer,
        [_with_note(staff, settings.port) for staff in STAFF],
        settings.oidc_client_id,
        settings.oidc_client_secret,
        redirect_uris=[f"{address}/sign-in/callback"],
    )
    stop = threading.Event()
    worker = Worker(database, declared_links(settings), settings)
    thread = threading.Thread(target=worker.run, args=(stop,), name="letters", daemon=True)
    with ExitStack() as stack:
        stack.callback(mailbox.stop)
        stack.enter_context(running(provider, port=settings.port + 1))
        stack.enter_context(running(create_mailbox_pages(mailbox, _codes), port=settings.port + 2))
        stack.callback(stop.set)
        thread.start()
        _greet(settings)
        run_server(settings)


def _prepared(settings: Settings, issuer: str, *, fresh: bool) -> Database:
    """Return the demo's database, filled anew when asked, or on another day."""
    stamp = settings.data_dir / "filled"
    mark = f"{clock.now().date()} {issuer}"
    if fresh or not stamp.exists() or stamp.read_text() != mark:
        shutil.rmtree(settings.data_dir, ignore_errors=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, Seal.from_file(settings.seal_key_path))
    schema.migrate(database)
    if not stamp.exists():
        links = declared_links(settings)
        setting = Setting(
            Storage(settings),
            issuer,
            lambda language, slug: links.absolute("workflow.show", language, slug=slug),
        )
        with database.writing() as db:
            load(db, setting, STAFF, clock.now())
        stamp.write_text(mark)
    return database


def _codes() -> list[tuple[str, str]]:
    """Return what the staff's apps show now."""
    now = clock.now()
    return [(s.person.name, code_now(s.person.subject, now)) for s in STAFF if s.is_staff]


def _with_note(staff: Staff, port: int) -> DemoPerson:
    note = NOTES[staff.person.subject]
    if staff.is_staff:
        note = f"{note}; codes of the second factor: http://127.0.0.1:{port + 2}/codes"
    return replace(staff.person, role_note=note)


def _greet(settings: Settings) -> None:
    lines = [
        "",
        "  Shanyraq, the demo",
        f"  portal    {settings.address}",
        f"  mailbox   http://127.0.0.1:{settings.port + 2}   every letter the portal sends",
        f"  codes     http://127.0.0.1:{settings.port + 2}/codes   the staff's second factor",
        f"  sign-in   http://127.0.0.1:{settings.port + 1}   the demo's identity provider",
        "",
        "  people, chosen when you sign in with Demo ID:",
        *(f"    {s.person.name:8} {NOTES[s.person.subject]}" for s in STAFF),
        "  or type any address at example.org and take the link or the code from the mailbox",
        "",
        "  Ctrl+C ends it. `portal demo --fresh` forgets what was done.",
        "",
    ]
    print("\n".join(lines), flush=True)
