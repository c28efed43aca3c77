"""Adding and removing ways in, and signing in by an email."""

import hmac
from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.core import tokens
from portal.core.encryption import seal_of
from portal.domain.accounts.identities import queries, rules
from portal.domain.accounts.identities.models import SignInLink
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Identity, Person
from portal.domain.accounts.people.queries import identities_of, is_banned_identity, person_known_as
from portal.domain.accounts.people.rules import check_plain_address
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind


def add(db: Session, person: Person, claims: Claims, now: datetime) -> None:
    """Let the claims sign in to the account too; WayTakenError if not free."""
    if is_banned_identity(db, claims.issuer, claims.subject):
        raise rules.IdentityTakenError
    known = person_known_as(db, claims.issuer, claims.subject)
    if known is None:
        people.add_identity(db, person, claims, now)
    elif known.id != person.id:
        raise rules.IdentityTakenError


def remove(db: Session, person: Person, way: Identity, offered: Collection[str]) -> None:
    """Remove a way to sign in; `offered` are the providers that the portal has now."""
    db.refresh(person, with_for_update=True)
    if not rules.may_remove(way, identities_of(db, person), offered):
        raise rules.LastIdentityError
    db.delete(way)


def request_link(  # noqa: PLR0913 - an email and its browser have this many parts
    db: Session,
    email: str,
    browser: str,
    *,
    person: Person | None = None,
    language: str,
    url: Callable[[str], str],
    now: datetime,
) -> None:
    """Send an email with a link and a code, for the browser that holds `browser`.

    Nothing here depends on whether the address is anybody's. Too many emails are not sent.
    """
    address = check_plain_address(email)
    seal = seal_of(db)
    index = seal.index(address)
    if queries.recent_emails(db, index, now) >= rules.MAX_EMAILS:
        return
    token, code = tokens.new_token(), rules.new_code()
    db.add(
        SignInLink(
            digest=tokens.digest(token),
            browser=tokens.digest(browser),
            code=rules.code_digest(code, browser),
            tries=0,
            email_index=index,
            email_sealed=seal.close(address, "sign_in_link.email"),
            person_id=person.id if person else None,
            created_at=now,
        )
    )
    notify(
        db,
        NotificationKind.SIGN_IN_LINK,
        now=now,
        language=language,
        address=address,
        until=(now + rules.LINK_LASTS).isoformat(),
        url=url(token),
        code=rules.spaced(code),
    )


def prove_by_link(db: Session, token: str, browser: str, now: datetime) -> SignInLink:
    """Return the link, opened where it was asked for."""
    for link in queries.open_links(db, browser, now):
        if hmac.compare_digest(link.digest, tokens.digest(token)):
            link.proved_at = now
            return link
    raise rules.LinkStaleError


def prove_by_code(db: Session, typed: str, browser: str, now: datetime) -> SignInLink | None:
    """Return the link whose code it is; None for a wrong one, which costs a try."""
    tried = [link for link in queries.open_links(db, browser, now) if link.tries < rules.MAX_TRIES]
    for link in tried:
        if hmac.compare_digest(link.code, rules.code_digest(typed, browser)):
            link.proved_at = now
            return link
    for link in tried:
        link.tries += 1
    return None


def proved_link(db: Session, browser: str, now: datetime) -> SignInLink:
    """Return the link that this browser has proved last and not used."""
    for link in reversed(queries.open_links(db, browser, now)):
        if link.proved_at is not None:
            return link
    raise rules.LinkStaleError


def enter(
    db: Session, link: SignInLink, language: str, now: datetime, *, anew: bool = False
) -> Person | None:
    """Return who signs in by emails to this address; None where they must decide first.

    The same verified address in an account with other ways makes nobody its owner, nor is a
    second account begun unasked: `anew` says that it is wanted.
    """
    is_known = person_known_as(db, rules.EMAIL, link.email_index) is not None
    if not is_known and not anew and queries.is_known_otherwise(db, link.email_index):
        return None
    return people.welcome(db, _spend(db, link, now), language, now)


def add_by_link(db: Session, person: Person, link: SignInLink, now: datetime) -> None:
    """Add the proved address to the ways into the account that asked for it."""
    if link.person_id != person.id:
        raise rules.LinkStaleError
    add(db, person, _spend(db, link, now), now)


def _spend(db: Session, link: SignInLink, now: datetime) -> Claims:
    """Return what the link proves; it and its browser's other links are spent."""
    assert link.email_sealed is not None  # noqa: S101 - only used links have lost it
    address = seal_of(db).open(link.email_sealed, "sign_in_link.email")
    index, browser = link.email_index, link.browser
    db.execute(
        update(SignInLink)
        .where(SignInLink.browser == browser, SignInLink.used_at.is_(None))
        .values(used_at=now, email_sealed=None)
    )
    return Claims(rules.EMAIL, index, verified_email=address, provider=rules.EMAIL)


def forget_links(db: Session, now: datetime) -> int:
    """Delete links that no limit on emails counts any more; return how many."""
    old = SignInLink.created_at <= now - rules.EMAIL_WINDOW
    gone = db.execute(delete(SignInLink).where(old))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def forget_links_to(db: Session, email_index: str) -> None:
    """Emails on their way to an address count for nobody any more."""
    db.execute(delete(SignInLink).where(SignInLink.email_index == email_index))
