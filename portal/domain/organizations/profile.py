"""Founding organisations, and what they say of themselves."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.core.text_rules import check_text, check_texts
from portal.domain.accounts.people.models import Person
from portal.domain.organizations import queries, rules, verified_badge
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.confusables import digests_of
from portal.domain.organizations.models import ConfusableName, Organization, Role
from portal.domain.organizations.web_addresses import check_site, lies_under
from portal.domain.publishing.revisions import actions as history
from portal.domain.publishing.revisions.rules import Fact
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.i18n import dates
from portal.i18n.locale import use_locale
from portal.i18n.translated import Translated


@dataclass(frozen=True)
class Profile:
    """What an organisation says of itself."""

    name: Translated
    description: Translated
    kind: str
    city: str
    country: str
    time_zone: str
    site: str = ""


def create(
    db: Session, slug: str, profile: Profile, now: datetime, founder: Person | None = None
) -> Organization:
    """Return a new organisation; its founder owns it, or an owner is invited next."""
    rules.check_slug(slug)
    _check(profile)
    if founder is not None:
        db.refresh(founder, with_for_update=True)
        if queries.unverified_founded_by(db, founder, now) >= rules.MAX_FOUNDED_UNVERIFIED:
            raise rules.TooManyFoundedError(most=rules.MAX_FOUNDED_UNVERIFIED)
    if db.scalar(select(Organization.id).where(Organization.slug == slug)) is not None:
        raise rules.SlugTakenError
    organization = Organization(slug=slug, created_at=now)
    organization.founder_id = founder.id if founder else None
    _write(organization, profile)
    try:
        with db.begin_nested():
            db.add(organization)
    except IntegrityError:
        raise rules.SlugTakenError from None
    _take_name(db, organization)
    _record_revision(db, organization, now)
    if founder is not None:
        grant_role(db, organization, founder, Role.OWNER, now)
    return organization


def change(
    db: Session,
    organization: Organization,
    profile: Profile,
    now: datetime,
    *,
    is_small_fix: bool = False,
) -> bool:
    """Say anew what an organisation is; what it said before stays to be read.

    One that becomes another is not verified any more; says whether that has just happened.
    """
    _check(profile)
    db.refresh(organization, with_for_update=True)
    has_ended = _is_another(organization, profile) and verified_badge.end_with_endorsements(
        db, organization
    )
    _write(organization, profile)
    _take_name(db, organization)
    _record_revision(db, organization, now, is_small_fix=is_small_fix)
    return has_ended


def _is_another(organization: Organization, profile: Profile) -> bool:
    """Another name in any language, another kind, or a site outside the domain that was proved."""
    domain, site = organization.verified_domain, profile.site
    has_moved = domain is not None and site not in {"", organization.site}
    return (
        organization.name.texts() != profile.name.texts()
        or organization.kind != profile.kind
        or (has_moved and not lies_under(site, domain or ""))
    )


def _record_revision(
    db: Session, organization: Organization, now: datetime, *, is_small_fix: bool = False
) -> None:
    """Everybody may read back what an organisation said of itself."""
    facts: dict[str, Fact] = {
        "name": organization.name.texts(),
        "description": organization.description.texts(),
        "kind": organization.kind,
        "city": organization.city,
        "country": organization.country,
        "site": organization.site,
    }
    kind = ItemKind.ORGANIZATION
    history.record(db, kind, organization.id, facts, now, is_public=True, is_small_fix=is_small_fix)
    translation_progress.count_paragraphs(
        db, kind, organization.id, (organization.name, organization.description)
    )
    index(db, organization)


def index(db: Session, organization: Organization) -> None:
    """Make an organisation found by what it says of itself, and by its place."""
    texts = Texts(organization.name, [organization.description], [_place_of(organization)])
    day = organization.created_at.date()
    search_index.index(db, ItemKind.ORGANIZATION, organization.id, day, texts)


def _place_of(organization: Organization) -> Translated:
    """City and country as its readers are told them in each language it speaks."""
    places = {}
    for language in organization.name.texts():
        with use_locale(language):
            country = dates.country_name(organization.country)
        places[language] = f"{organization.city}, {country}"
    return Translated.of(organization.name.original, **places)


def _check(profile: Profile) -> None:
    field = f"name_{profile.name.original}"
    if not profile.name.texts().get(profile.name.original):
        raise rules.NameNeededError(field)
    check_texts(profile.name, rules.LONGEST_NAME, "name")
    if not digests_of(profile.name):
        raise rules.NameNeededError(field)
    check_texts(profile.description, rules.LONGEST_DESCRIPTION, "description", one_line=False)
    check_text(profile.city, rules.LONGEST_CITY, "city")
    check_site(profile.site)


def _write(organization: Organization, profile: Profile) -> None:
    for part in fields(profile):
        setattr(organization, part.name, getattr(profile, part.name))


def _take_name(db: Session, organization: Organization) -> None:
    """Keep names apart by how they look, even if two are chosen at the same moment."""
    wanted = digests_of(organization.name)
    own = ConfusableName.organization_id == organization.id
    db.execute(delete(ConfusableName).where(own, ConfusableName.digest.not_in(wanted)))
    stored = set(db.scalars(select(ConfusableName.digest).where(own)))
    try:
        with db.begin_nested():
            db.add_all(
                ConfusableName(digest=each, organization_id=organization.id)
                for each in sorted(wanted - stored)
            )
    except IntegrityError:
        raise rules.NameTakenError(f"name_{organization.name.original}") from None
