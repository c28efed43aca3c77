"""All kinds of items that can be translated."""

from typing import Final

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.translation.events import EVENTS
from portal.domain.translation.initiatives import INITIATIVES
from portal.domain.translation.items import Translatable
from portal.domain.translation.organizations import ORGANIZATIONS
from portal.domain.translation.pages import PAGES
from portal.domain.translation.stories import STORIES

# In the order in which the matrix lists them.
KINDS: Final[dict[ItemKind, Translatable]] = {
    each.kind: each for each in (ORGANIZATIONS, INITIATIVES, EVENTS, STORIES, PAGES)
}


def kind_named(name: str) -> Translatable:
    """Return the kind an address names; any other word is not found."""
    if name not in KINDS:
        raise NotFoundError
    return KINDS[ItemKind(name)]
