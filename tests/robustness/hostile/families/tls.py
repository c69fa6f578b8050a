"""Certificates: a good one, and every way not to have one. Made anew for each run, by an authority of our own."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.robustness.hostile.answers import Table, story
from tests.robustness.hostile.families.family import ENDING, Family

GOOD, EXPIRED, WRONG, SELF_SIGNED, NAMELESS = (
    f"{name}.{ENDING}" for name in ("sound", "expired", "wrong-host", "self-signed", "nameless")
)

FAMILY = Family(
    name="tls",
    table={
        f"https://{GOOD}/a": ("saved", story("a sound certificate")),
        f"https://{EXPIRED}/a": ("tls", story("an expired certificate")),
        f"https://{WRONG}/a": ("tls", story("somebody else's certificate")),
        f"https://{SELF_SIGNED}/a": ("tls", story("a certificate of its own")),
        f"https://{NAMELESS}/a": ("tls", story("a certificate without a host in it")),
    },
)
_EXCUSED: Table = {"https:/a": ("saved", story("a certificate that is excused"))}
EXCUSED = Family(name="excused", table=_EXCUSED, scheme="https", source='urls = ["/urls.txt"]\nverify_tls = false')


@dataclass(frozen=True, slots=True)
class _Signed:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, path: Path) -> Path:
        """Certificate and key in one file, as `ssl` reads it."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM) + key)
        return path


def authority() -> _Signed:
    return _sign("Authority of the tests", [], days=30)


def context(folder: Path, ca: _Signed) -> ssl.SSLContext:
    """A server's side of TLS, with the certificate that the asked-for host deserves."""
    own = {
        GOOD: _sign(GOOD, [GOOD], days=30, by=ca),
        EXPIRED: _sign(EXPIRED, [EXPIRED], days=-1, by=ca),
        WRONG: _sign(GOOD, [GOOD], days=30, by=ca),
        SELF_SIGNED: _sign(SELF_SIGNED, [SELF_SIGNED], days=30),
        NAMELESS: _sign(NAMELESS, [], days=30, by=ca),
        EXCUSED.host: _sign("nobody", ["nobody.example"], days=-1),
    }
    contexts = {host: _context(signed.write(folder / f"{host}.pem")) for host, signed in own.items()}

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = contexts.get(name or "", contexts[GOOD])

    first = _context(folder / f"{GOOD}.pem")
    first.sni_callback = choose
    return first


def _context(pem: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(pem)
    return made


def _sign(name: str, hosts: Iterable[str], *, days: int, by: _Signed | None = None) -> _Signed:
    """A certificate that ends in so many days; one that nobody else signs is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    names = [x509.DNSName(host) for host in hosts]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _Signed(builder.sign(by.key if by else key, hashes.SHA256()), key)
