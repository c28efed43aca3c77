"""What is kept of second factors."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class Codes(Base):
    """Somebody's codes: the app that makes them (RFC 6238), and how often one was wrong.

    Both secrets are sealed ("second factor"); the one that is being set up counts only once a
    code has shown that the app has it.
    """

    __tablename__ = "second_factor_codes"
    __table_args__ = PRIVATE

    person_id: Mapped[int] = references("people.id", primary_key=True)
    secret_sealed: Mapped[bytes | None]
    pending_sealed: Mapped[bytes | None]
    # The time step of the last code taken: none is taken twice.
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes on paper; a keyed hash, so that a stolen database tells none."""

    __tablename__ = "recovery_codes"
    __table_args__ = PRIVATE

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = references("people.id", index=True)


class Passkey(Base):
    """A key that never leaves its device (WebAuthn); its name is sealed ("passkey.name")."""

    __tablename__ = "passkeys"
    __table_args__ = PRIVATE

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    person_id: Mapped[int] = references("people.id", index=True)
    name_sealed: Mapped[bytes]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Challenge(Base):
    """What a browser's passkey has to sign next: one a session, for one purpose, used once."""

    __tablename__ = "passkey_challenges"
    __table_args__ = PRIVATE

    session_id: Mapped[int] = references("sign_in_sessions.id", primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    value: Mapped[bytes]
    expires_at: Mapped[datetime]
