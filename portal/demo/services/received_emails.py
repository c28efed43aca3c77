"""An email as the demonstration's mailbox received it, and what can be read from it."""

import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from functools import cached_property
from urllib.parse import urlsplit

LINK = re.compile(r"https?://[^\s<>\"'«»“”„]+")
AFTER_A_LINK = ".,;:!?)]}…"
CALENDAR_KINDS = {"REQUEST": "invitation", "CANCEL": "cancelled invitation", "REPLY": "reply"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of an email that is neither its text nor its HTML."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `address` is empty unless the stretch is a link that is safe to offer."""

    text: str
    address: str


@dataclass(frozen=True)
class ReceivedEmail:
    """One delivery: `recipients` and `sender` are the envelope's, in the spelling used there."""

    id: int
    recipients: tuple[str, ...]
    sender: str
    arrived_at: datetime
    message: EmailMessage

    def is_to(self, address: str) -> bool:
        """Return whether the envelope names this address, in any spelling of its letters' case."""
        return address.casefold() in (recipient.casefold() for recipient in self.recipients)

    @property
    def subject(self) -> str:
        """The subject, decoded; empty if there is none."""
        return str(self.message["subject"] or "")

    @cached_property
    def kind(self) -> str:
        """What its calendar part asks for ("invitation"), or just "email"."""
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                method = str(part.get_param("method", "")).upper()
                return CALENDAR_KINDS.get(method, "email with a calendar")
        return "email"

    @cached_property
    def text(self) -> str:
        """The plain text, empty if there is none."""
        body = self.message.get_body(("plain",))
        return _decoded(body) if body else ""

    @cached_property
    def html(self) -> str:
        """The HTML, empty if there is none."""
        body = self.message.get_body(("html",))
        return _decoded(body) if body else ""

    @cached_property
    def attachments(self) -> list[Attachment]:
        """All other parts, a calendar beside the text among them."""
        bodies = (self.message.get_body(("plain",)), self.message.get_body(("html",)))
        others = [
            part
            for part in self.message.walk()
            if not part.is_multipart() and not any(part is body for body in bodies)
        ]
        return [_attachment(part, number) for number, part in enumerate(others)]

    @cached_property
    def links(self) -> list[str]:
        """The addresses in the plain text, safe to offer or not."""
        return [found.rstrip(AFTER_A_LINK) for found in LINK.findall(self.text)]

    @cached_property
    def pieces(self) -> list[Piece]:
        """The plain text, cut so that links can be offered."""
        pieces, start = [], 0
        for match in LINK.finditer(self.text):
            link = match.group().rstrip(AFTER_A_LINK)
            pieces.append(Piece(self.text[start : match.start()], ""))
            pieces.append(Piece(link, link if is_safe(link) else ""))
            start = match.start() + len(link)
        return [*pieces, Piece(self.text[start:], "")]


def is_safe(address: str) -> bool:
    """Return whether a link may be offered: https, or plain http to this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost"}


def _decoded(part: MIMEPart) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        text = raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _attachment(part: MIMEPart, number: int) -> Attachment:
    media_type = part.get_content_type()
    raw = part.get_payload(decode=True)
    extension = mimetypes.guess_extension(media_type) or ""
    return Attachment(
        part.get_filename() or f"part-{number}{extension}",
        media_type,
        raw if isinstance(raw, bytes) else b"",
    )
