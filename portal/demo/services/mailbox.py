"""A real SMTP server that keeps every email in memory, and pages to read them."""

from asyncio import AbstractServer
from collections import deque
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from itertools import count
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from portal.core import clock
from portal.demo.services.received_emails import ReceivedEmail
from portal.demo.services.serving import ASSETS, STRICT, guards, listener_on, page


class Postmaster(Protocol):
    """Who decides; called in the server's own thread."""

    def refusal_of(self, address: str) -> str | None:
        """Return the SMTP answer that refuses this recipient, such as "550 5.1.1 …", or None."""

    def take(self, envelope: Envelope) -> str:
        """Keep or refuse an email that has arrived in full; the SMTP answer to it."""


class _Handler:
    """The hooks that aiosmtpd calls by name."""

    def __init__(self, postmaster: Postmaster) -> None:
        self._postmaster = postmaster

    async def handle_RCPT(  # noqa: N802  aiosmtpd names it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        refusal = self._postmaster.refusal_of(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known here"

    async def handle_DATA(  # noqa: N802  aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        return self._postmaster.take(envelope)


class SmtpServer(Controller):
    """Speaks SMTP in a thread on a loopback `host`, else ValueError; port 0 takes a free one."""

    def __init__(self, postmaster: Postmaster, host: str, port: int) -> None:
        self._listener = listener_on(host, port)
        host, port = self._listener.getsockname()[:2]
        # A name given spares the server a slow look-up of this machine's own.
        super().__init__(
            _Handler(postmaster), hostname=host, port=port, server_hostname="mailbox.invalid"
        )

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


MAX_EMAILS = 1000
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; frame-ancestors 'self'"
)


class Mailbox:
    """A local SMTP server that takes all mail but what any thread told it to refuse meanwhile."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._emails: deque[ReceivedEmail] = deque(maxlen=MAX_EMAILS)
        self._ids = count(1)
        self._next_refusals: deque[str] = deque()
        self._refused_addresses: dict[str, str] = {}
        self._server: SmtpServer | None = None

    def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen, and return the port; ValueError unless `host` is this machine alone."""
        self._server = SmtpServer(self, host, port)
        self._server.start()
        return self._server.port

    def stop(self) -> None:
        """Stop listening; the emails stay."""
        if self._server:
            self._server.stop()
            self._server = None

    def emails(self) -> list[ReceivedEmail]:
        """Return the last 1000 emails, oldest first."""
        with self._lock:
            return list(self._emails)

    def emails_to(self, address: str) -> list[ReceivedEmail]:
        """Return the emails whose envelope names this address, oldest first."""
        return [email for email in self.emails() if email.is_to(address)]

    def refuse_next(self, code: int, text: str) -> None:
        """Answer the next email's DATA with this; called twice, the next two."""
        with self._lock:
            self._next_refusals.append(f"{code} {text}")

    def refuse_address(
        self, address: str, code: int = 550, text: str = "5.1.1 No such mailbox"
    ) -> None:
        """Answer every RCPT for this address with this, until `clear`."""
        with self._lock:
            self._refused_addresses[address.casefold()] = f"{code} {text}"

    def clear(self) -> None:
        """Forget all emails and all refusals."""
        with self._lock:
            self._emails.clear()
            self._next_refusals.clear()
            self._refused_addresses.clear()

    def refusal_of(self, address: str) -> str | None:
        """For the SMTP server: the answer that refuses this recipient, if any."""
        with self._lock:
            return self._refused_addresses.get(address.casefold())

    def take(self, envelope: Envelope) -> str:
        """For the SMTP server: keep the email, or refuse it; the answer to its DATA."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = message_from_bytes(raw, policy=policy.default)
        with self._lock:
            if self._next_refusals:
                return self._next_refusals.popleft()
            self._emails.append(
                ReceivedEmail(
                    id=next(self._ids),
                    recipients=tuple(envelope.rcpt_tos),
                    sender=envelope.mail_from or "",
                    arrived_at=clock.now(),
                    message=message,
                )
            )
        return "250 2.0.0 Kept"


def create_mailbox_pages(
    mailbox: Mailbox, codes: Callable[[], list[tuple[str, str]]] = list
) -> Starlette:
    """Return pages over the mailbox and /emails.json?to=; `codes` are names with what apps show."""
    pages = _Pages(mailbox, codes)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/codes", pages.codes),
            Route("/emails.json", pages.as_json),
            Route("/emails/{id:int}", pages.email),
            Route("/emails/{id:int}/html", pages.html),
            Route("/emails/{id:int}/attachments/{number:int}", pages.attachment),
            *ASSETS,
        ],
        middleware=guards(f"{STRICT}; form-action 'self'; frame-src 'self'"),
    )


class _Pages:
    def __init__(self, mailbox: Mailbox, codes: Callable[[], list[tuple[str, str]]]) -> None:
        self.mailbox = mailbox
        self._codes = codes

    async def index(self, request: Request) -> Response:
        known = sorted({to for email in self.mailbox.emails() for to in email.recipients})
        to = request.query_params.get("to", "").strip()
        return page("emails.html", emails=self._newest_first(to), to=to, known=known)

    async def codes(self, _request: Request) -> Response:
        return page("codes.html", codes=self._codes())

    async def as_json(self, request: Request) -> Response:
        to = request.query_params.get("to", "").strip()
        return JSONResponse([_as_json(email) for email in self._newest_first(to)])

    async def email(self, request: Request) -> Response:
        return page("email.html", email=self._found(request))

    async def html(self, request: Request) -> Response:
        html = self._found(request).html
        return HTMLResponse(html, headers={"Content-Security-Policy": SANDBOX})

    async def attachment(self, request: Request) -> Response:
        attachments = self._found(request).attachments
        number = request.path_params["number"]
        if number >= len(attachments):
            raise HTTPException(404)
        name = quote(attachments[number].name, safe="")
        return Response(
            attachments[number].content,
            # Whatever an email claims it is, a browser only ever saves it.
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=utf-8''{name}"},
        )

    def _newest_first(self, to: str) -> list[ReceivedEmail]:
        emails = self.mailbox.emails_to(to) if to else self.mailbox.emails()
        return emails[::-1]

    def _found(self, request: Request) -> ReceivedEmail:
        for email in self.mailbox.emails():
            if email.id == request.path_params["id"]:
                return email
        raise HTTPException(404)


def _as_json(email: ReceivedEmail) -> dict[str, Any]:
    return {
        "id": email.id,
        "to": email.recipients,
        "from": str(email.message["from"] or email.sender),
        "subject": email.subject,
        "date": email.arrived_at.isoformat(),
        "kind": email.kind,
        "text": email.text,
        "links": email.links,
        "attachments": [
            {"name": part.name, "type": part.media_type, "size": len(part.content)}
            for part in email.attachments
        ],
    }
