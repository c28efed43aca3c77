"""Looks at an installation as strangers and accidents will: settings, versions, machine."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import limits.errors
from limits.storage import storage_from_string
from sqlalchemy import func, make_url, select, text

from portal.config.providers import is_loopback
from portal.config.settings import Settings
from portal.core import clock
from portal.db.engine import Database
from portal.domain.accounts.people.models import SignInSession
from portal.domain.emails.models import Email
from portal.media.storage import Storage
from portal.ops.findings import Finding, unwise, wrong

# Below these, faults are known that the portal would be open to; why stands in their advisories.
FLOORS: Final = {
    "authlib": "1.9.9",
    "fastapi": "0.165.0",
    "h11": "0.16.0",
    "icalendar": "7.3.0",
    "jinja2": "3.1.6",
    "joserfc": "1.8.0",
    "markdown-it-py": "4.3.0",
    "nh3": "0.3.8",
    "pillow": "13.0.0",
    "python-multipart": "0.0.34",
    "starlette": "1.10.0",
    "uvicorn": "0.54.0",
}
# The write-ahead log can be corrupted before the first; a full-text index be read past its end
# before the second.
SQLITE_WAL: Final = (3, 51, 3)
SQLITE_INDEX: Final = (3, 53, 2)
_PYTHON: Final = (3, 13)
_FEW_EMAILS: Final = 10
_LITTLE_BYTES: Final = 1024**3
_TOO_LITTLE_BYTES: Final = 200 * 1024**2
_DRIFT_SECONDS: Final = 2.0
_AHEAD_SECONDS: Final = 60.0
# File systems over a network, on which SQLite's locks do not hold.
_REMOTE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph"})
# What adjtimex(2) answers while the clock is not held by anything.
_TIME_ERROR: Final = 5
_TIMEX_BYTES: Final = 512
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


def findings(settings: Settings, database: Database, workers: int) -> Iterator[Finding]:
    """Yield all that is wrong or unwise, mail records aside (portal.ops.mail_dns)."""
    yield from of_address(settings)
    yield from of_rate_limits(settings, workers)
    yield from of_keys(settings)
    yield from of_versions()
    yield from of_database(settings, database)
    yield from of_clock(database)
    yield from of_disk(settings)


def of_address(settings: Settings) -> Iterator[Finding]:
    """Check how the portal is reached, and whom it believes about who asks."""
    if not settings.is_https:
        yield wrong("PORTAL_BASE_URL is not https: sessions and links in letters can be read")
    trusted = {each.strip() for each in settings.trusted_proxies.split(",")}
    if trusted & {"*", "0.0.0.0/0", "::/0"}:
        yield wrong("PORTAL_TRUSTED_PROXIES believes everybody: name your proxies alone")
    if not is_loopback(settings.host):
        if not settings.trusted_proxies:
            yield wrong(
                f"PORTAL_HOST is {settings.host}, but no proxy is trusted: "
                "all visitors would share one rate limit; set PORTAL_TRUSTED_PROXIES"
            )
        yield unwise(
            f"PORTAL_HOST is {settings.host}: let nothing but the proxy reach port {settings.port}"
        )
    if not settings.smtp_url:
        yield wrong("PORTAL_SMTP_URL is not set: nobody gets a letter")
    elif settings.smtp_url.startswith("smtp:") and not is_loopback(
        urlsplit(settings.smtp_url).hostname or ""
    ):
        yield wrong("letters go to the mail server in plain text: use smtp+starttls:// or smtps://")
    if not settings.security_contact:
        yield unwise("PORTAL_SECURITY_CONTACT is not set: who finds a hole knows nobody to tell")
    if os.geteuid() == 0:
        yield unwise("this runs as root: give the portal a user of its own")


def of_rate_limits(settings: Settings, workers: int) -> Iterator[Finding]:
    """Check that they are on, and one count where several processes serve."""
    if not settings.rate_limits:
        yield wrong("PORTAL_RATE_LIMITS is off: anybody can flood mailboxes")
    if settings.rate_limit_url:
        url = settings.rate_limit_url.replace("valkey", "redis", 1)
        try:
            storage = storage_from_string(
                url, wrap_exceptions=True, socket_timeout=2, socket_connect_timeout=2
            )
            is_there = storage.check()
        except limits.errors.StorageError:
            is_there = False
        if not is_there:
            yield wrong("the store of PORTAL_RATE_LIMIT_URL does not answer")
    elif workers > 1:
        yield unwise(
            f"{workers} workers without PORTAL_RATE_LIMIT_URL: each counts for itself, "
            f"so limits are {workers} times as loose"
        )


def of_keys(settings: Settings) -> Iterator[Finding]:
    """Keys that can be guessed or read by others, and the folder they lie in."""
    if any(len(set(key)) < _FEW_EMAILS for key in settings.secrets):
        yield wrong("PORTAL_SECRET_KEYS looks like a placeholder: make it of random letters")
    if not settings.secret_keys and not settings.database.startswith("sqlite"):
        yield unwise("PORTAL_SECRET_KEYS is not set: each replica would make its own")
    own = settings.data_dir / "secret.keys"
    paths = [settings.seal_key_path, *([own] if own.exists() else [])]
    if settings.database.startswith("sqlite:///"):
        paths.append(Path(settings.database.removeprefix("sqlite:///")))
    for path in paths:
        if path.exists() and path.stat().st_mode & 0o077 and not _is_shut(path.parent):
            yield wrong(f"{path} can be read by others on this machine: chmod 600")
    if settings.data_dir.exists() and settings.data_dir.stat().st_mode & 0o007:
        yield wrong(f"{settings.data_dir} is open to everybody on this machine: chmod 700")
    if settings.seal_key_path.parent == settings.data_dir:
        yield unwise(
            "the seal key lies beside the data, so a stolen disk opens it: "
            "set PORTAL_SEAL_KEY_FILE to keep it apart"
        )


def _is_shut(folder: Path) -> bool:
    """Return whether nobody else can come to what is in a folder, whatever its own rights are."""
    return not folder.stat().st_mode & 0o077


def of_versions() -> Iterator[Finding]:
    """Libraries older than the first version without known faults."""
    for name, floor in FLOORS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        if _numbers(found) < _numbers(floor):
            yield wrong(f"{name} {found} has known faults: install {floor} or newer")
    if sys.version_info < _PYTHON:
        yield unwise("Python is older than 3.13, and a third slower")


def _numbers(written: str) -> tuple[int, ...]:
    """Numbers of a version, up to what is no number."""
    numbers = []
    for part in written.split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def of_database(settings: Settings, database: Database) -> Iterator[Finding]:
    """Check for what could lose sign-ups that were promised."""
    with database.reading() as db:
        if database.is_sqlite:
            found = str(db.scalar(text("SELECT sqlite_version()")))
            if _numbers(found) < SQLITE_WAL:
                yield wrong(f"SQLite {found} can corrupt its write-ahead log: 3.51.3 is the first")
            elif _numbers(found) < SQLITE_INDEX:
                yield unwise(f"SQLite {found} has known faults: install 3.53.2 or newer")
            path = Path(settings.database.removeprefix("sqlite:///"))
            if (kind := _file_system(path, Path("/proc/mounts"))) in _REMOTE:
                yield wrong(f"the database lies on {kind}: its locks do not hold over a network")
            return
        for name in _DURABLE:
            if db.scalar(select(func.current_setting(name))) == "off":
                yield wrong(f"PostgreSQL has {name} off: a crash loses sign-ups that were promised")
        # DETAIL of an error has the values of the row, such as "Key (email)=(…) already exists".
        if db.scalar(select(func.current_setting("log_error_verbosity"))) != "terse":
            yield unwise("PostgreSQL logs values of refused rows: set log_error_verbosity = terse")
    if database.standby is not None and not database.standby.is_right():
        yield wrong("PORTAL_STANDBY_URL does not answer, or does not follow PORTAL_DATABASE_URL")
    url = database.url
    if not is_loopback(url.host or "127.0.0.1") and "sslmode" not in url.query:
        yield unwise("PORTAL_DATABASE_URL names another machine: add ?sslmode=verify-full")


def _file_system(path: Path, mounts: Path) -> str:
    """Return the kind of file system that a path lies on; empty where it cannot be told."""
    if not mounts.exists():
        return ""
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        place, its_kind = line.split(" ")[1:3]
        if path.resolve().is_relative_to(place) and len(place) >= len(best):
            best, kind = place, its_kind
    return kind


def of_clock(database: Database) -> Iterator[Finding]:
    """Yield faults of the clock, on which reminders depend."""
    libc = ctypes.CDLL(None)
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    if hasattr(libc, "adjtimex") and libc.adjtimex(asked) == _TIME_ERROR:
        yield unwise("the machine's clock is not synchronised: run chrony or systemd-timesyncd")
    now = clock.now()
    with database.reading() as db:
        if not database.is_sqlite:
            theirs = db.scalars(select(func.now())).one()
            drift = abs((theirs - clock.now()).total_seconds())
            if drift > _DRIFT_SECONDS:
                yield wrong(f"this clock and the database's are {drift:.0f} seconds apart")
        done = (func.max(Email.sent_at), func.max(SignInSession.started_at))
        latest = [db.scalar(select(each)) for each in done]
    for moment in filter(None, latest):
        if (moment - now).total_seconds() > _AHEAD_SECONDS:
            yield wrong(f"the clock is behind: something was done at {moment:%Y-%m-%d %H:%M} UTC")


def of_disk(settings: Settings) -> Iterator[Finding]:
    """Room wherever something is kept: an embedded database with its log, pictures in a folder."""
    url = make_url(settings.database)
    database = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else None
    paths = [each for each in (database, Storage(settings).folder) if each is not None]
    there = {next(each for each in (one, *one.parents) if each.exists()) for one in paths}
    for folder in sorted(there):
        free = shutil.disk_usage(folder).free
        said = f"{free // 1024**2} MiB are free at {folder}"
        if free < _TOO_LITTLE_BYTES:
            yield wrong(said)
        elif free < _LITTLE_BYTES:
            yield unwise(said)
