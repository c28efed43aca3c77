"""The only door to second factors."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.encryption import seal_of
from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors.models import Codes, Passkey, RecoveryCode


@dataclass(frozen=True)
class Factors:
    """What somebody can prove themselves with; recovery codes alone are no factor."""

    has_app: bool
    passkeys: list[Passkey]
    codes_left: int

    @property
    def is_set_up(self) -> bool:
        """Whether there is a factor to ask for."""
        return self.has_app or bool(self.passkeys)


def factors_of(db: Session, person: Person) -> Factors:
    """Return everything somebody has set up."""
    codes = db.get(Codes, person.id)
    left = select(func.count()).where(RecoveryCode.person_id == person.id)
    passkeys = select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)
    return Factors(
        bool(codes and codes.secret_sealed),
        list(db.scalars(passkeys)),
        db.scalar(left) or 0,
    )


def pending_secret(db: Session, person: Person) -> str | None:
    """Return the secret of an app that is being set up."""
    codes = db.get(Codes, person.id)
    if codes is None or codes.pending_sealed is None:
        return None
    return seal_of(db).open(codes.pending_sealed, "second factor")


def own_passkey(db: Session, person: Person, public_id: str) -> Passkey:
    """Return a passkey of this person; everybody else's is not found."""
    found = db.scalars(
        select(Passkey).where(Passkey.person_id == person.id, Passkey.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def passkey_name(db: Session, passkey: Passkey) -> str:
    """Return what its owner calls it, opened."""
    return seal_of(db).open(passkey.name_sealed, "passkey.name")
