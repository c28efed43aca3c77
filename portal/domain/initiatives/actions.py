"""Writing initiatives: drafts, changes, publication and stages."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from portal.content.markdown import html_of
from portal.content.picture_html import Picture
from portal.core.item_kinds import ItemKind
from portal.core.text_rules import check_texts
from portal.domain.events.models import Funding
from portal.domain.events.slugs import add_with_slug, free_slug
from portal.domain.initiatives import revisions, rules, search_and_progress
from portal.domain.initiatives.models import (
    Initiative,
    InitiativeCountry,
    InitiativeHost,
    InitiativeTag,
    Stage,
)
from portal.domain.initiatives.queries import lock, managed_initiative
from portal.domain.organizations.host_invitations import Hosting
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import is_suspended
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.publishing.publication import Hiding, Visibility
from portal.i18n.translated import Translated


@dataclass(frozen=True)
class Details:
    """Everything its people say of an initiative."""

    title: Translated
    purpose: Translated
    description: Translated
    people: Translated
    partners: Translated
    funding_note: Translated
    funding: Funding | None = None
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: date | None = None
    visibility: Visibility = Visibility.PUBLIC


def check(details: Details) -> None:
    """Raise the first refusal among all rules about what is said."""
    original = details.title.original
    if not details.title.localized(original).text:
        raise rules.TitleNeededError(f"title_{original}")
    check_texts(details.title, rules.LONGEST_TITLE, "title")
    check_texts(details.purpose, rules.LONGEST_PURPOSE, "purpose")
    check_texts(details.description, rules.LONGEST_DESCRIPTION, "description", one_line=False)
    check_texts(details.people, rules.LONGEST_PEOPLE, "people")
    check_texts(details.partners, rules.LONGEST_PARTNERS, "partners", one_line=False)
    check_texts(details.funding_note, rules.LONGEST_FUNDING_NOTE, "funding_note")
    if len(details.countries) > rules.MAX_COUNTRIES:
        raise rules.TooManyCountriesError(most=rules.MAX_COUNTRIES)


def draft(db: Session, organization: Organization, title: Translated, now: datetime) -> Initiative:
    """Create a draft of an organisation that has nothing but a title yet."""
    nothing = Translated.of(title.original)
    details = Details(title, nothing, nothing, nothing, nothing, nothing)
    check(details)

    def make() -> Initiative:
        initiative = Initiative(
            slug=free_slug(db, Initiative.slug, title.source, "initiative"),
            organization_id=organization.id,
            stage=Stage.IDEA.value,
            visibility=Visibility.PUBLIC.value,
            revision=0,
            editions=0,
            countries=[],
            tags=[],
        )
        _write(initiative, details, now)
        if is_suspended(db, organization.id):
            initiative.hide(Hiding.SUSPENSION)
        return initiative

    initiative = add_with_slug(db, make)
    search_and_progress.count(db, initiative)
    return initiative


def change(
    db: Session,
    initiative: Initiative,
    details: Details,
    revision: int,
    now: datetime,
    *,
    is_small_fix: bool = False,
) -> None:
    """Save what is said, unless somebody has saved since `revision`."""
    check(details)
    lock(db, initiative)
    if revision != initiative.revision:
        raise rules.ChangedMeanwhileError
    if initiative.published_at is not None:
        _check_complete(details)
    _write(initiative, details, now, pictures_of(db, ItemKind.INITIATIVE, initiative.id))
    revisions.record_revision(db, initiative, now, is_small_fix=is_small_fix)
    search_and_progress.count(db, initiative)


def _write(
    initiative: Initiative, details: Details, now: datetime, pictures: Collection[Picture] = ()
) -> None:
    for name in revisions.TEXTS:
        setattr(initiative, name, getattr(details, name))
    initiative.description_html = html_of(details.description, pictures)
    initiative.funding = details.funding.value if details.funding else None
    initiative.since = details.since
    if initiative.hidden_for is None:
        initiative.visibility = details.visibility.value
    else:
        initiative.visibility_chosen = details.visibility.value
    countries = {row.country: row for row in initiative.countries}
    initiative.countries = [
        countries.get(code) or InitiativeCountry(country=code)
        for code in sorted(set(details.countries))
    ]
    tags = {row.tag: row for row in initiative.tags}
    initiative.tags = [tags.get(tag) or InitiativeTag(tag=tag) for tag in sorted(set(details.tags))]
    initiative.revision += 1
    initiative.changed_at = now


def rewrite(db: Session, initiative: Initiative) -> None:
    """Make the HTML anew, as after a change of the initiative's pictures."""
    lock(db, initiative)
    pictures = pictures_of(db, ItemKind.INITIATIVE, initiative.id)
    initiative.description_html = html_of(initiative.description, pictures)
    search_and_progress.count(db, initiative)


def details_of(initiative: Initiative) -> Details:
    """Return what its people have said so far."""
    return replace(
        Details(**{name: getattr(initiative, name) for name in revisions.TEXTS}),
        funding=Funding(initiative.funding) if initiative.funding else None,
        countries=tuple(row.country for row in initiative.countries),
        tags=tuple(row.tag for row in initiative.tags),
        since=initiative.since,
        visibility=Visibility(initiative.visibility_chosen or initiative.visibility),
    )


def _check_complete(details: Details) -> None:
    """Raise what everybody must be able to read of a published initiative and cannot."""
    original = details.title.original
    if not details.purpose.localized(original).text:
        raise rules.PurposeNeededError(f"purpose_{original}")
    if details.funding is None:
        raise rules.FundingNeededError("funding")


def publish(db: Session, initiative: Initiative, now: datetime) -> None:
    """Show a draft to its readers; its history begins."""
    lock(db, initiative)
    if initiative.published_at is not None:
        raise rules.AlreadyPublishedError
    if initiative.hidden_for is not None:
        raise rules.HiddenError
    _check_complete(details_of(initiative))
    initiative.published_at = initiative.changed_at = now
    initiative.revision += 1
    revisions.record_revision(db, initiative, now)


def set_stage(db: Session, initiative: Initiative, stage: Stage, now: datetime) -> None:
    """Say how far it is; it is finished only by its closing report, and then for good."""
    lock(db, initiative)
    if Stage.FINISHED in {stage, initiative.stage}:
        raise rules.FinishedError
    initiative.stage = stage.value
    initiative.changed_at = now
    initiative.revision += 1
    revisions.record_revision(db, initiative, now)


hosting: Final = Hosting(
    Initiative, InitiativeHost, "initiative_id", managed_initiative, lock, revisions.record_revision
)
