"""A real email to one address, with every answer of the mail server on the way."""

import secrets
import smtplib
import socket
import ssl
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

from portal.config.settings import Settings
from portal.core import clock
from portal.mail.delivery import PORTS, TIMEOUT_SECONDS, our_name
from portal.mail.envelope import message_id

_MAX_EMAILS: Final = 300


class RefusedError(Exception):
    """Where the conversation ended, and what to look at."""


def send(settings: Settings, to: str) -> Iterator[str]:
    """Send an email and report each step with the server's own words; raise NotTakenError."""
    if not settings.smtp_url:
        raise RefusedError("PORTAL_SMTP_URL is not set")
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        found = sorted({str(each[4][0]) for each in socket.getaddrinfo(host, port)})
    except OSError as failure:
        raise RefusedError(f"{host} has no address: {failure}") from None
    yield f"{host} is at {', '.join(found)}"
    step = f"connecting to port {port}"
    server = smtplib.SMTP(local_hostname=our_name(settings), timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            local_hostname=our_name(settings), timeout=TIMEOUT_SECONDS, context=context
        )
    # The certificate is compared with this name, which `connect` alone does not keep.
    server._host = host  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield f"{step}: {_decoded_answer(server.connect(host, port))}"
        step = f"greeting it as {our_name(settings)}"
        yield f"{step}: {_done(server.ehlo())}"
        if parts.scheme == "smtp+starttls":
            step = "asking for encryption"
            yield f"{step}: {_done(server.starttls(context=context))}"
            server.ehlo()
        yield _encryption(server)
        if parts.username:
            user, password = unquote(parts.username), unquote(parts.password or "")
            step = f"signing in as {user}"
            yield f"{step}: {_done(server.login(user, password))}"
        step = f"sending from {settings.sender}"
        yield f"{step}: {_done(server.mail(settings.sender))}"
        step = f"sending to {to}"
        yield f"{step}: {_done(server.rcpt(to))}"
        step = "handing the letter over"
        yield f"{step}: {_done(server.data(_test_email(settings, to).as_bytes()))}"
        server.quit()
    except (smtplib.SMTPException, OSError) as failure:
        raise RefusedError(f"{step}: {_why(failure)}") from None
    finally:
        server.close()


def _done(answer: tuple[int, bytes]) -> str:
    """Return what a server answered; raise if that was a refusal."""
    if not 200 <= answer[0] < 300:  # noqa: PLR2004 - RFC 5321: done as asked
        raise smtplib.SMTPResponseException(*answer)
    return _decoded_answer(answer)


def _decoded_answer(answer: tuple[int, bytes]) -> str:
    code, said = answer
    shown = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' | '.join(shown.split(chr(10)))}"[:_MAX_EMAILS]


def _why(failure: Exception) -> str:
    if isinstance(failure, smtplib.SMTPResponseException):
        error = failure.smtp_error
        said = error if isinstance(error, bytes) else error.encode()
        return f"refused: {_decoded_answer((failure.smtp_code, said))}"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"the certificate was refused: {failure.verify_message}"
    if isinstance(failure, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} seconds; is the port open for this machine?"
    return f"{type(failure).__name__}: {failure}"


def _encryption(server: smtplib.SMTP) -> str:
    if isinstance(server.sock, ssl.SSLSocket):
        return f"encrypted by {server.sock.version()}; the certificate holds"
    return "not encrypted"


def _test_email(settings: Settings, to: str) -> EmailMessage:
    email = EmailMessage()
    email["From"] = Address("", addr_spec=settings.sender)
    email["To"] = Address("", addr_spec=to)
    email["Subject"] = "Shanyraq: a letter to try the way"
    email["Date"] = clock.now()
    email["Message-ID"] = message_id(f"doctor {secrets.token_hex(8)}", settings)
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(
        f"The portal at {settings.address} can send letters: this is one.\n\n"
        "Look whether it came into the inbox, and whether its source says spf=pass, dkim=pass "
        "and dmarc=pass.\n"
    )
    return email
