"""Hands emails to the operator's mail server, and says in our words why one was not taken."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from portal.config.settings import Settings

# How long one step of the conversation may take.
TIMEOUT_SECONDS: Final = 20
PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_PERMANENT: Final = range(500, 600)
_GOES_AWAY: Final = 421
# The server wants us to sign in: a fault of the settings, not of the recipient.
_SIGN_IN_FIRST: Final = 530
_OK: Final = 250


class NotDeliveredError(Exception):
    """Raised with a class of failures, never the server's own words."""

    # `is_final`: another attempt would end the same. `is_away`: the server takes nothing now.

    def __init__(self, label: str, *, is_final: bool = False, is_away: bool = False) -> None:
        super().__init__(label)
        self.label, self.is_final, self.is_away = label, is_final, is_away


class Postman:
    """A conversation with the mail server, begun with the first email; close it after a batch."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.smtp_url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._our_name = our_name(settings)
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server, or raise NotDeliveredError."""
        sender, recipients = (
            [address.addr_spec for address in message[header].addresses]
            for header in ("from", "to")
        )
        server = self._ready()
        try:
            server.send_message(message, sender[0], recipients)
        except smtplib.SMTPNotSupportedError:
            label = "address not supported"  # emails beyond ASCII before the @
            raise NotDeliveredError(label, is_final=True) from None
        except smtplib.SMTPRecipientsRefused as refused:
            code, _text = next(iter(refused.recipients.values()))
            raise self._refusal(code) from None
        except smtplib.SMTPSenderRefused as refused:
            # It is us whom the server does not like; whoever runs the portal can change that.
            label = f"sender refused {refused.smtp_code}"
            is_away = refused.smtp_code == _GOES_AWAY
            raise NotDeliveredError(label, is_away=is_away) from None
        except smtplib.SMTPResponseException as refused:
            raise self._refusal(refused.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            self._drop()
            label = "connection lost"
            raise NotDeliveredError(label) from None

    def close(self) -> None:
        """Say goodbye, if anybody is still there."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _refusal(self, code: int) -> NotDeliveredError:
        if code == _GOES_AWAY:
            self._drop()
            return NotDeliveredError(f"deferred {code}", is_away=True)
        if code in _PERMANENT and code != _SIGN_IN_FIRST:
            return NotDeliveredError(f"refused {code}", is_final=True)
        return NotDeliveredError(f"deferred {code}")

    def _ready(self) -> smtplib.SMTP:
        """Return the open connection if it still answers, else a new one."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._server.noop()[0] == _OK:
                    return self._server
            self._drop()
        self._server = self._connected()
        return self._server

    def _connected(self) -> smtplib.SMTP:
        server: smtplib.SMTP | None = None
        try:
            server = self._greeted()
            if self._user:
                server.login(self._user, self._password)
        except (smtplib.SMTPException, OSError) as failure:
            if server is not None:
                server.close()
            raise NotDeliveredError(_why_unreachable(failure), is_away=True) from None
        return server

    def _greeted(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(
                self._host,
                self._port,
                self._our_name,
                timeout=TIMEOUT_SECONDS,
                context=ssl.create_default_context(),
            )
        server = smtplib.SMTP(self._host, self._port, self._our_name, timeout=TIMEOUT_SECONDS)
        try:
            if self._scheme == "smtp+starttls":
                # Raises whenever the conversation would stay in plain text.
                server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
        return server


def _why_unreachable(failure: Exception) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return "certificate refused"
    if isinstance(failure, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return "no encryption"
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return f"sign-in refused {failure.smtp_code}"
    return "no connection"


def our_name(settings: Settings) -> str:
    """Return what we call ourselves to the server: the portal's public name, not this machine's."""
    host = urlsplit(settings.address).hostname or "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{host}]" if address.version == 6 else f"[{host}]"  # noqa: PLR2004 - IPv6
