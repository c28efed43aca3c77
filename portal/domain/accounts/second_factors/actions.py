"""Setting second factors up, using and removing them."""

from datetime import datetime

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.second_factors import rules
from portal.domain.accounts.second_factors.models import Codes, Passkey, RecoveryCode
from portal.domain.accounts.second_factors.queries import factors_of, pending_secret
from portal.domain.accounts.second_factors.rules import Outcome
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind

PURPOSE = "second factor"


def begin_app(db: Session, person: Person) -> None:
    """Return a new secret for an app; the one in use counts until it is confirmed."""
    codes = _locked(db, person)
    codes.pending_sealed = seal_of(db).close(pyotp.random_base32(), PURPOSE)


def confirm_app(db: Session, person: Person, code: str, now: datetime) -> None:
    """Confirm that the app has the secret by its first code, or raise WrongCodeError."""
    codes = _locked(db, person)
    secret = pending_secret(db, person)
    step = rules.matching_step(secret, rules.tidy_code(code), now) if secret else None
    if step is None:
        raise rules.WrongCodeError
    codes.secret_sealed, codes.pending_sealed = codes.pending_sealed, None
    codes.last_step = step
    notify_new_factor(db, person, now)


def notify_new_factor(db: Session, person: Person, now: datetime) -> None:
    """Owe the notice by which one would notice a stranger's factor."""
    notify(
        db,
        NotificationKind.SECOND_FACTOR_ADDED,
        now=now,
        language=person.language,
        person_id=person.id,
    )


def use_code(db: Session, person: Person, code: str, now: datetime) -> Outcome:
    """Try a code of the app or a recovery code; count what was wrong, so it never raises."""
    codes = _locked(db, person)
    if codes.blocked_until is not None and codes.blocked_until > now:
        return Outcome.WAIT
    tidied = rules.tidy_code(code)
    if rules.is_app_code(tidied):
        outcome = _use_app_code(db, codes, tidied, now)
    else:
        outcome = _use_recovery_code(db, person, tidied)
    if outcome is Outcome.PASSED:
        codes.failures, codes.blocked_until = 0, None
    else:
        codes.failures += 1
        wait = rules.wait_after(codes.failures)
        codes.blocked_until = now + wait if wait else None
    return outcome


def _use_app_code(db: Session, codes: Codes, code: str, now: datetime) -> Outcome:
    if codes.secret_sealed is None:
        return Outcome.WRONG
    step = rules.matching_step(seal_of(db).open(codes.secret_sealed, PURPOSE), code, now)
    if step is None:
        return Outcome.WRONG
    if codes.last_step is not None and step <= codes.last_step:
        return Outcome.USED
    codes.last_step = step
    return Outcome.PASSED


def _use_recovery_code(db: Session, person: Person, code: str) -> Outcome:
    spent = db.scalars(
        delete(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.digest == _digest(db, person, code),
        )
        .returning(RecoveryCode.digest)
    ).all()
    return Outcome.PASSED if spent else Outcome.WRONG


def renew_recovery_codes(db: Session, person: Person) -> list[str]:
    """Ten new codes to write down; the old ones open nothing any more."""
    _locked(db, person)
    db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    fresh = [rules.new_recovery_code() for _number in range(rules.RECOVERY_CODES)]
    db.add_all(
        RecoveryCode(digest=_digest(db, person, rules.tidy_code(code)), person_id=person.id)
        for code in fresh
    )
    return fresh


def first_recovery_codes(db: Session, person: Person) -> list[str]:
    """Ten codes for whoever has none left, or nothing."""
    return [] if factors_of(db, person).codes_left else renew_recovery_codes(db, person)


def remove_app(db: Session, person: Person) -> None:
    """Remove the app; its codes count no more."""
    codes = _locked(db, person)
    codes.secret_sealed = codes.pending_sealed = codes.last_step = None
    _close_if_last(db, person)


def remove_passkey(db: Session, person: Person, passkey: Passkey) -> None:
    """Remove a passkey; it counts no more."""
    _locked(db, person)
    db.delete(passkey)
    _close_if_last(db, person)


def _close_if_last(db: Session, person: Person) -> None:
    """Without any factor, recovery codes go too and every browser is as if none had been used."""
    db.flush()
    if not factors_of(db, person).is_set_up:
        db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        db.execute(
            update(SignInSession)
            .where(SignInSession.person_id == person.id)
            .values(second_factor_at=None)
        )


def reset(db: Session, person: Person, now: datetime) -> None:
    """Take everything away from somebody who has lost it, and sign them out everywhere."""
    _locked(db, person)
    for model in (RecoveryCode, Passkey, Codes):
        db.execute(delete(model).where(model.person_id == person.id))
    people.end_sessions(db, person)
    notify(
        db,
        NotificationKind.SECOND_FACTOR_RESET,
        now=now,
        language=person.language,
        person_id=person.id,
    )


def _digest(db: Session, person: Person, code: str) -> str:
    return seal_of(db).index(f"recovery:{person.id}:{code}")


def _locked(db: Session, person: Person) -> Codes:
    """Lock the person's row: whatever changes factors or tries codes waits its turn."""
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    codes = db.get(Codes, person.id, populate_existing=True)
    if codes is None:
        codes = Codes(person_id=person.id, failures=0)
        db.add(codes)
        db.flush()
    return codes
