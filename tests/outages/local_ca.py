"""A certificate of "localhost", signed by an authority of the test's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import SSLContext, create_default_context

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"
CERTIFICATE, KEY, AUTHORITY = "certificate.pem", "key.pem", "ca.pem"


def write_certificate(folder: Path) -> SSLContext:
    """Write a certificate, its key and the authority. Return the context that trusts it."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _builder("Authority of a test", "Authority of a test", authority_key)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    certificate = _builder(HOST, "Authority of a test", key)
    certificate = certificate.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(HOST)]), False
    )
    for name, builder in ((AUTHORITY, authority), (CERTIFICATE, certificate)):
        signed = builder.sign(authority_key, hashes.SHA256())
        (folder / name).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / KEY).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return create_default_context(cafile=str(folder / AUTHORITY))


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (subject, issuer)]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
