"""A security key in software: makes passkeys and signs with them, as WebAuthn says (Level 2)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, HAS_CREDENTIAL = 0x01, 0x40


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One key for one portal; `origin` is what the browser says it is at."""

    origin: str
    host: str
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, offer: dict) -> str:
        """What a browser answers when it was asked to make a passkey."""
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(USER_PRESENT | HAS_CREDENTIAL) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": _text(self._client("webauthn.create", offer)),
                "attestationObject": _text(attestation),
            }
        )

    def sign(self, offer: dict) -> str:
        """What a browser answers when it was asked for a passkey."""
        self.count += 1
        data, client = self._data(USER_PRESENT), self._client("webauthn.get", offer)
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(data),
                "signature": _text(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            }
        )

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, offer: dict) -> bytes:
        said = {"type": kind, "challenge": offer["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, response: dict) -> str:
        name = _text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
