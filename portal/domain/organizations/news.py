"""Organisations for the sitemap."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.column_types import Instant
from portal.domain.history.models import Revision
from portal.domain.organizations.models import Organization
from portal.items import ItemKind
from portal.news import Listed

_CHANGED_AT = (
    select(func.max(Revision.recorded_at))
    .where(Revision.item_kind == ItemKind.ORGANIZATION.value, Revision.item_id == Organization.id)
    .correlate(Organization)
    .scalar_subquery()
)
_LAST_CHANGED = func.coalesce(_CHANGED_AT, Organization.created_at, type_=Instant)
LISTED = Listed(
    select(Organization.slug, _LAST_CHANGED.label("changed_at")), Organization.__table__.c.id
)
