"""The outside of an email: headers, the two forms of its text, the calendar file."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from typing import Any, Final
from urllib.parse import urlsplit

from portal.config.settings import Settings
from portal.domain.accounts.people.rules import check_address


class _OnOneLine(UnstructuredHeader, BaseHeader):
    """A header with one long address, of which Python 3.13 otherwise makes two encoded words."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        """Return the header as it stands."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _OnOneLine)
# 7bit: bodies in base64 or quoted-printable, which every server on the way leaves alone.
_POLICY: Final = policy.default.clone(cte_type="7bit", header_factory=_headers)


@dataclass(frozen=True)
class Calendar:
    """A calendar file and what it asks calendars to do (RFC 5546)."""

    content: bytes
    method: str


@dataclass(frozen=True)
class Content:
    """All that an email says."""

    subject: str
    sender_name: str
    language: str
    text: str
    html: str
    unsubscribe_url: str | None = None
    calendar: Calendar | None = None
    reply_to: str | None = None


def seal_up(
    content: Content, address: str, name: str, settings: Settings, now: datetime
) -> EmailMessage:
    """Return a message whose Message-ID has `name`; raise AddressUnfitError for a bad address."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(content.sender_name, *_parts(settings.sender))
    message["To"] = Address("", *_parts(check_address(address)))
    if content.reply_to is not None:
        message["Reply-To"] = Address("", *_parts(check_address(content.reply_to)))
    message["Subject"] = content.subject
    message["Date"] = now
    message["Message-ID"] = message_id(name, settings)
    message["Auto-Submitted"] = "auto-generated"
    if content.unsubscribe_url is not None:
        message["List-Unsubscribe"] = f"<{content.unsubscribe_url}>"
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    if content.calendar is not None:
        message.add_attachment(
            content.calendar.content,
            maintype="text",
            subtype="calendar",
            filename="event.ics",
            params={"method": content.calendar.method, "charset": "utf-8"},
        )
    # Last, because making a message multipart moves such headers into its first part.
    message["Content-Language"] = content.language
    return message


def message_id(name: str, settings: Settings) -> str:
    """Return an id that is the same for every attempt, so that a mailbox keeps one copy."""
    host = (urlsplit(settings.address).hostname or "localhost").replace(":", "-")
    return f"<{hashlib.sha256(f'{host} {name}'.encode()).hexdigest()[:32]}@{host}>"


def _parts(address: str) -> tuple[str, str]:
    """Local part and domain, the domain as the name system knows it."""
    local, _at, domain = address.rpartition("@")
    try:
        return local, domain.encode("idna").decode()
    except UnicodeError:
        return local, domain
