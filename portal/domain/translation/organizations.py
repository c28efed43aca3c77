"""Translating what organisations say of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.organizations import rules
from portal.domain.organizations.models import Organization
from portal.domain.organizations.profile import Profile, change
from portal.domain.organizations.queries import organization_named, translated_organization
from portal.domain.translation.items import Field, MatrixRow, Translatable, TranslatableItem, hold
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.locale import pgettext_lazy
from portal.i18n.translated import Translated


def _named(db: Session, _visitor: Person | None, slug: str) -> Organization:
    return organization_named(db, slug)


def _open(db: Session, organization_id: int) -> TranslatableItem:
    found = db.get_one(Organization, organization_id)
    texts = (
        Field("name", pgettext_lazy("of an organisation", "Name"), found.name, rules.LONGEST_NAME),
        Field(
            "description",
            _("Description"),
            found.description,
            rules.LONGEST_DESCRIPTION,
            one_line=False,
        ),
    )
    return TranslatableItem(ItemKind.ORGANIZATION, found.id, found.slug, found.name, texts)


def _write(
    db: Session, organization_id: int, texts: Mapping[str, Translated], now: datetime
) -> None:
    found = db.get_one(Organization, organization_id)
    said = Profile(**{part.name: getattr(found, part.name) for part in fields(Profile)})
    words: dict[str, Any] = dict(texts)
    change(db, found, replace(said, **words), now)


def _rows(db: Session, organization_id: int | None, now: datetime) -> Sequence[MatrixRow]:  # noqa: ARG001
    if organization_id is None:
        return ()
    found = db.get_one(Organization, organization_id)
    return [MatrixRow(ItemKind.ORGANIZATION, found.id, found.slug, found.name)]


ORGANIZATIONS = Translatable(
    ItemKind.ORGANIZATION, Organization, translated_organization, _named, hold, _open, _write, _rows
)
