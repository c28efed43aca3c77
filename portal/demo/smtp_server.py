"""The SMTP side of the mailbox: a server on a socket of ours that asks before it accepts."""

from __future__ import annotations

from asyncio import AbstractServer
from collections.abc import Awaitable
from typing import Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.demo.serving import listener_on


class Postmaster(Protocol):
    """Who decides; called in the server's own thread."""

    def refusal_of(self, address: str) -> str | None:
        """The SMTP answer that refuses this recipient, such as "550 5.1.1 …", or None."""

    def take(self, envelope: Envelope) -> str:
        """Keep or refuse a letter that has arrived in full; the SMTP answer to it."""


class _Desk:
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
    """Speaks SMTP in a thread of its own; `start`, then `port` is known, then `stop`.

    Port 0 takes a free one. ValueError unless `host` is this machine alone.
    """

    def __init__(self, postmaster: Postmaster, host: str, port: int) -> None:
        self._listener = listener_on(host, port)
        host, port = self._listener.getsockname()[:2]
        # A name given spares the server a slow look-up of this machine's own.
        super().__init__(
            _Desk(postmaster), hostname=host, port=port, server_hostname="mailbox.invalid"
        )

    def _create_server(self) -> Awaitable[AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
