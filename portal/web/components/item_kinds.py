"""The kinds of published items as pages know them: what each is called, and where it is read."""

from typing import Any, Final

from portal.core.item_kinds import ItemKind
from portal.i18n.locale import gettext_lazy as _
from portal.web.http import Context

NAMES: Final = {
    ItemKind.ORGANIZATION: _("Organisation"),
    ItemKind.INITIATIVE: _("Initiative"),
    ItemKind.EVENT: _("Event"),
    ItemKind.STORY: _("Story"),
    ItemKind.PAGE: _("Page"),
}
ROUTES: Final = {
    ItemKind.EVENT: "events.show",
    ItemKind.INITIATIVE: "initiatives.show",
    ItemKind.ORGANIZATION: "organizations.show",
    ItemKind.STORY: "stories.show",
}


def readers_route(kind: ItemKind, slug: str) -> tuple[str, dict[str, Any]]:
    """Return the route of an item's page and its path values."""
    if kind is ItemKind.PAGE:
        return f"site_pages.{slug}", {}
    return ROUTES[kind], {"slug": slug}


def item_url(ctx: Context, kind: ItemKind, slug: str, tag: str | None = None) -> str:
    """Return where readers find an item: in a language, or in the visitor's language and script."""
    name, values = readers_route(kind, slug)
    return ctx.site.links.path(name, tag or ctx.tag, **values)
