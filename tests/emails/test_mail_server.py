"""The conversation with the mail server: encrypted where asked for, and honest about failures."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from portal.domain.emails.models import Letter
from portal.mail.delivery import NotDeliveredError, Postman
from portal.mail.event_emails import compose
from tests.conftest import ADDRESS
from tests.emails.programme import NOW

pytestmark = pytest.mark.both_engines


@pytest.fixture
def message(world):
    world.sign_up(confirmed=False)
    with world.database.writing() as db:
        letter = db.scalars(select(Letter)).one()
        return compose(db, letter, world.links, world.settings, NOW)


class Desk:
    """Takes every letter as it comes."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd names it
        self.taken.append(envelope.content.decode())
        return "250 2.0.0 Kept"


@pytest.fixture(params=["smtps", "smtp+starttls"])
def encrypted_server(request, tmp_path):
    """A desk behind a certificate signed by nobody; its address and the certificate's file."""
    certificate = self_signed(tmp_path / "mail.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    option = "ssl_context" if request.param == "smtps" else "tls_context"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    desk = Desk()
    server = Controller(
        desk, "127.0.0.1", port, server_hostname="mail.invalid", **{option: context}
    )
    server.start()
    yield desk, f"{request.param}://127.0.0.1:{port}", certificate
    server.stop()


def self_signed(path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def failure_of(settings, message, **changed):
    with (
        Postman(settings.model_copy(update=changed)) as postman,
        pytest.raises(NotDeliveredError) as failure,
    ):
        postman.send(message)
    return failure.value


def test_an_encrypted_server_must_show_a_certificate_we_trust(
    world, message, encrypted_server, monkeypatch
):
    desk, address, certificate = encrypted_server
    failure = failure_of(world.settings, message, smtp_url=address)
    assert (failure.label, failure.is_away, failure.is_final) == (
        "certificate refused",
        True,
        False,
    )
    assert desk.taken == []

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Postman(world.settings.model_copy(update={"smtp_url": address})) as postman:
        postman.send(message)
        postman.send(message)
    assert len(desk.taken) == 2
    (unsubscribe,) = [x for x in desk.taken[0].splitlines() if x.startswith("List-Unsub")]
    assert unsubscribe.startswith(f"List-Unsubscribe: <{ADDRESS}/en/passes/")
    assert unsubscribe.endswith(">")


def test_a_letter_never_leaves_in_plain_text_where_starttls_was_asked_for(world, message):
    insisting = world.settings.smtp_url.replace("smtp:", "smtp+starttls:")

    failure = failure_of(world.settings, message, smtp_url=insisting)
    assert (failure.label, failure.is_away) == ("no encryption", True)
    assert world.mailbox.letters() == []


def test_a_password_the_server_does_not_take_is_no_fault_of_the_recipient(world, message):
    with_password = world.settings.smtp_url.replace("://", "://me%40example.org:p%2Fw@")

    failure = failure_of(world.settings, message, smtp_url=with_password)
    assert (failure.is_away, failure.is_final) == (True, False)


def test_a_server_that_hung_up_between_letters_is_called_again(world, message):
    with Postman(world.settings) as postman:
        postman.send(message)
        postman._server.sock.close()
        postman.send(message)
    assert len(world.mailbox.letters()) == 2
