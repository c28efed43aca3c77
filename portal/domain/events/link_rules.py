"""What a link into an event's online room may be. Pure decisions: no database, no clock."""

import re
import unicodedata
from urllib.parse import urlsplit

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

LONGEST_REMARK = 140
LONGEST_LINK = 2_000
MAX_JOIN_LINKS = 5


class LinkUnfitError(Refusal):
    message = _("A link must start with https:// and name a host.")


class LinkNeededError(Refusal):
    message = _("Give the address, or clear the remark.")


_HOST = re.compile(r"(?=.{1,253}\Z)[^\s/@:?#\\<>\"']+(?:\.[^\s/@:?#\\<>\"']+)+")


def check_link_typed(url: str, remark: Translated, field: str) -> None:
    """`check_link` where something was typed; raises LinkNeededError for a remark alone."""
    if url:
        check_link(url, field)
    elif remark:
        raise LinkNeededError(field)


def check_link(url: str, field: str) -> None:
    """Raise LinkUnfitError unless `url` is a plain https address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise LinkUnfitError(field) from None
    unfit = (
        parts.scheme != "https"
        or parts.username is not None
        or not port_is_fine
        or not _HOST.fullmatch(host)
        or len(url) > LONGEST_LINK
        or any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in url)
        or "\\" in url
    )
    if unfit:
        raise LinkUnfitError(field)
