"""The second factors of the demo's staff: an app whose codes anybody at this machine may read."""

import base64
import hashlib
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors.actions import PURPOSE
from portal.domain.accounts.second_factors.models import Codes


def secret_of(subject: str) -> str:
    """Return a secret that is the same every day, so that pages can show codes by themselves."""
    return base64.b32encode(hashlib.sha256(b"demo:" + subject.encode()).digest()[:20]).decode()


def give_app(db: Session, person: Person, subject: str) -> None:
    """Add an app that is set up already."""
    sealed = seal_of(db).close(secret_of(subject), PURPOSE)
    db.add(Codes(person_id=person.id, secret_sealed=sealed, failures=0))


def code_now(subject: str, now: datetime) -> str:
    """Return what the app would show."""
    return pyotp.TOTP(secret_of(subject)).at(now)
