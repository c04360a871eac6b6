"""A device with a passkey, as a browser would use it, in Python."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
ORIGIN, HOST = "http://testserver", "testserver"


@dataclass
class Device:
    """A device. Tests change what it answers."""

    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | VERIFIED
    count: int = 0
    # A device that counts no signatures reports 0.
    counts: bool = True
    credential_id: bytes = b"credential-of-the-test"
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """Answer like `navigator.credentials.create`."""
        public_key = public_key_of(self.key.public_key())
        size = len(self.credential_id).to_bytes(2, "big")
        data = self._data(HAS_CREDENTIAL) + bytes(16) + size + self.credential_id
        data += cbor.encode(dict(public_key))
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> str:
        """Answer like `navigator.credentials.get`."""
        client = self._client_data("webauthn.get", options)
        data = self._data()
        signature = self.key.sign(data + sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, flags: int = 0) -> bytes:
        self.count += self.counts
        hashed = sha256(self.host.encode()).digest()
        return hashed + bytes([self.flags | flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        found = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(found).encode()

    def _answer(self, **response: bytes) -> str:
        key_id = encoded(self.credential_id)
        return json.dumps(
            {
                "id": key_id,
                "rawId": key_id,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: encoded(value) for name, value in response.items()},
            }
        )


def public_key_of(key: Any) -> Any:
    return ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
