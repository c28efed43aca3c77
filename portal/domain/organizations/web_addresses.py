"""What an organisation's site and domain may be. Pure decisions."""

import re
import unicodedata
from urllib.parse import urlsplit

import idna

from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

LONGEST_SITE = 300
# RFC 1035, as text.
LONGEST_DOMAIN = 253


class SiteUnfitError(Refusal):
    """Not a web address."""

    message = _("The site’s address must start with https:// and name a host.")
    field = "site"


class DomainUnfitError(Refusal):
    """Not a domain on the public internet."""

    message = _("Write a domain such as example.org, without https:// and without a path.")
    field = "domain"


_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def check_domain(domain: str) -> str:
    """Return the domain as the name system writes it (IDNA 2008), or DomainUnfitError."""
    try:
        ascii_form = idna.encode(domain.strip().rstrip("."), uts46=True).decode().lower()
    except idna.IDNAError:
        raise DomainUnfitError from None
    labels = ascii_form.split(".")
    is_fit = len(labels) > 1 and all(_LABEL.fullmatch(each) for each in labels)
    # A last label of digits would be the end of an address, not of a name.
    if not is_fit or labels[-1].isdigit() or len(ascii_form) > LONGEST_DOMAIN:
        raise DomainUnfitError
    return ascii_form


def lies_under(site: str, domain: str) -> bool:
    """Return whether a site's host is this domain or one below it."""
    try:
        host = check_domain(urlsplit(site).hostname or "")
    except DomainUnfitError:
        return False
    return host == domain or host.endswith(f".{domain}")


_HOST = re.compile(r"(?=.{1,253}\Z)[^\s/@:?#\\<>\"']+(?:\.[^\s/@:?#\\<>\"']+)+")


def check_site(url: str) -> None:
    """Raise SiteUnfitError unless `url` is empty or a plain https address of a host."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SiteUnfitError from None
    unfit = (
        parts.scheme != "https"
        or parts.username is not None
        or port == 0
        or not _HOST.fullmatch(host)
        or len(url) > LONGEST_SITE
        or "\\" in url
        or any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in url)
    )
    if unfit:
        raise SiteUnfitError
