"""Passkeys (WebAuthn, Level 2): challenges kept by us, signatures checked by py_webauthn.

The library takes 14 MB: import this module only where a passkey is made or used.
"""

import secrets
from datetime import datetime
from typing import Final

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.core.encryption import seal_of
from portal.core.tokens import new_public_id
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.people.queries import name_of
from portal.domain.accounts.second_factors import rules
from portal.domain.accounts.second_factors.actions import notify_new_factor
from portal.domain.accounts.second_factors.models import Challenge, Passkey
from portal.domain.accounts.second_factors.queries import factors_of
from portal.domain.accounts.second_factors.rules import (
    Party,
    PasskeyRefusedError,
    TooManyPasskeysError,
)

ADDING: Final = "adding"
USING: Final = "using"
MILLISECONDS: Final = int(rules.CHALLENGE_LASTS.total_seconds()) * 1000
# The first factor was the sign-in; whether the device asks for a finger or a PIN is its owner's.
_VERIFICATION: Final = UserVerificationRequirement.PREFERRED
# What the library and its parsers raise for what no browser would send.
NONSENSE: Final = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


def offer_to_add(
    db: Session, session: SignInSession, person: Person, party: Party, now: datetime
) -> str:
    """Return what the browser needs to make a passkey, as JSON."""
    name = name_of(db, person)
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=bytes.fromhex(seal_of(db).index(f"passkey:{person.id}")),
        user_name=name,
        user_display_name=name,
        challenge=_challenge(db, session, ADDING, now),
        timeout=MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFICATION
        ),
        exclude_credentials=_known(db, person),
    )
    return webauthn.options_to_json(options)


def add(  # noqa: PLR0913 - who, where, what and when
    db: Session,
    session: SignInSession,
    person: Person,
    party: Party,
    *,
    name: str,
    answer: str,
    now: datetime,
) -> None:
    """Keep the public half of a passkey that the browser has just made."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=_answered(db, session, ADDING, now),
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except NONSENSE as error:
        raise PasskeyRefusedError from error
    if len(factors_of(db, person).passkeys) >= rules.MAX_PASSKEYS:
        raise TooManyPasskeysError
    if _with_id(db, made.credential_id) is not None:
        raise PasskeyRefusedError
    db.add(
        Passkey(
            public_id=new_public_id(),
            person_id=person.id,
            name_sealed=seal_of(db).close(name, "passkey.name"),
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            created_at=now,
        )
    )
    db.flush()
    notify_new_factor(db, person, now)


def offer_to_use(
    db: Session, session: SignInSession, person: Person, party: Party, now: datetime
) -> str:
    """Return what the browser needs to ask for one of the person's passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=_challenge(db, session, USING, now),
        timeout=MILLISECONDS,
        allow_credentials=_known(db, person),
        user_verification=_VERIFICATION,
    )
    return webauthn.options_to_json(options)


def use(
    db: Session, session: SignInSession, person: Person, party: Party, answer: str, now: datetime
) -> None:
    """Check what a passkey signed; PasskeyRefusedError unless it is this person's and newer.

    A count that does not grow means a copied key, which the library refuses; devices without a
    count always say nought.
    """
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = _with_id(db, credential.raw_id)
        if passkey is None or passkey.person_id != person.id:
            raise PasskeyRefusedError
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_answered(db, session, USING, now),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except NONSENSE as error:
        raise PasskeyRefusedError from error
    passkey.sign_count = signed.new_sign_count


def _challenge(db: Session, session: SignInSession, purpose: str, now: datetime) -> bytes:
    value = secrets.token_bytes(32)
    db.merge(
        Challenge(
            session_id=session.id,
            purpose=purpose,
            value=value,
            expires_at=now + rules.CHALLENGE_LASTS,
        )
    )
    return value


def _answered(db: Session, session: SignInSession, purpose: str, now: datetime) -> bytes:
    """Return the challenge that was to be signed; it is gone with the answer that is taken."""
    value = db.scalars(
        delete(Challenge)
        .where(
            Challenge.session_id == session.id,
            Challenge.purpose == purpose,
            Challenge.expires_at > now,
        )
        .returning(Challenge.value)
    ).one_or_none()
    if value is None:
        raise PasskeyRefusedError
    return value


def _known(db: Session, person: Person) -> list[PublicKeyCredentialDescriptor]:
    passkeys = factors_of(db, person).passkeys
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in passkeys]


def _with_id(db: Session, credential_id: bytes) -> Passkey | None:
    return db.scalars(
        select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    ).one_or_none()
