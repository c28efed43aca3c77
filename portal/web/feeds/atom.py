"""Atom feeds (RFC 4287) in one language each."""

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # writes only: nothing foreign is parsed

from starlette.responses import Response

from portal.content.defang import defang
from portal.content.markdown import without_links
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.feed_items import News
from portal.i18n.locale import SWITCH
from portal.i18n.script_output import convert, convert_page, convert_text
from portal.web.components.feed_kinds import MEDIA_TYPE, FeedKind
from portal.web.http import Context
from portal.web.http.etags import conditional_response
from portal.web.http.layout import site_name

MAX_ENTRIES: Final = 30
# Of a feed that has nothing to tell yet; its content alone must decide whether it is new.
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
# What XML 1.0 cannot hold, escaped or not.
_UNFIT: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Our own addresses in sanitised HTML, which feed readers show elsewhere.
_OWN: Final = re.compile(r'(?<=<a href=")(?=/)|(?<= src=")(?=/)|(?<=srcset=")(?=/)')


def feed_of(
    ctx: Context,
    title: str,
    found: list[tuple[FeedKind, News]],
    *,
    own: tuple[str, dict[str, Any]],
    page: tuple[str, dict[str, Any]],
) -> Response:
    """Return the feed of some items; `own` is its route and path values, `page` its page's."""
    links, tag = ctx.site.links, ctx.tag
    address = links.absolute(own[0], tag, **own[1])
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", f"{_XML}lang": tag})
    _text(root, "id", address)
    _text(root, "title", convert(title))
    _text(root, "updated", _stamp(max((each.changed_at for _s, each in found), default=BEGINNING)))
    _link(root, rel="self", type=MEDIA_TYPE, href=address)
    _link(root, type="text/html", hreflang=tag, href=ctx.absolute(page[0], **page[1]))
    for each in SWITCH:
        if each != tag:
            other = links.absolute(own[0], each, **own[1])
            _link(root, type=MEDIA_TYPE, hreflang=each, href=other)
    _text(ET.SubElement(root, "author"), "name", convert(site_name(ctx.site)))
    for feed_kind, item in found:
        _entry(ctx, root, feed_kind, item)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return conditional_response(ctx.request, body, f"{MEDIA_TYPE}; charset=utf-8")


def _entry(ctx: Context, root: ET.Element, feed_kind: FeedKind, item: News) -> None:
    """Add one item; what unverified organisations write leads nowhere, as in calendars."""
    is_known = is_verified(item.verified_until, ctx.now)
    title, summary = convert_text(item.title.localized()), convert_text(item.summary.localized())
    entry = ET.SubElement(root, "entry", {f"{_XML}lang": title.language})
    # Stable whatever the words become, and another in each language's feed.
    host = urlsplit(ctx.site.links.address).hostname
    _text(entry, "id", f"tag:{host},2026:{ctx.tag}/{feed_kind.kind}/{item.slug}")
    text = title.text if is_known else defang(title.text)
    titled = feed_kind.titled
    _text(entry, "title", convert(str(titled)) % {"title": text} if titled else text)
    _text(entry, "published", _stamp(item.published_at))
    _text(entry, "updated", _stamp(item.changed_at))
    href = ctx.absolute(feed_kind.page, slug=item.slug) + feed_kind.anchor
    _link(entry, type="text/html", href=href)
    behind = (convert_text(name.localized()).text for name in item.organizations)
    for name in filter(None, (item.byline, *behind)):
        _text(ET.SubElement(entry, "author"), "name", name if is_known else defang(name))
    if summary.text:
        words = _text(entry, "summary", summary.text if is_known else defang(summary.text, 1_000))
        words.set(f"{_XML}lang", summary.language)
    language = ctx.language if ctx.language in item.html else item.title.original
    if html := item.html.get(language):
        html = _OWN.sub(ctx.site.links.address, html if is_known else without_links(html))
        tag = ctx.tag if language == ctx.language else language
        content = _text(entry, "content", convert_page(html) if tag == ctx.tag else html)
        content.set("type", "html")
        content.set(f"{_XML}lang", tag)


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _UNFIT.sub("", text)
    return element


def _link(parent: ET.Element, *, rel: str = "alternate", **attributes: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, **attributes})


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
