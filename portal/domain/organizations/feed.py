"""Organisations for the sitemap."""

from sqlalchemy import func, select

from portal.core.item_kinds import ItemKind
from portal.db.types import Instant
from portal.domain.organizations.models import Organization
from portal.domain.publishing.feed_items import Listed
from portal.domain.publishing.revisions.models import Revision

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
