"""TLS certificates: which are accepted. What speaks against one is an error with its reason, never a traceback."""

import copy
from collections.abc import Callable
from typing import Any

from OpenSSL import SSL
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # zope ships no types

from archive.web.public_hosts import is_among

_Callback = Callable[[SSL.Connection, Any, int, int, int], bool]


@implementer(IPolicyForHTTPS)
class Certificates:
    """Certificates are verified, but for the hosts of which cuttings.toml says `verify_tls = false`.

    `strict` is Scrapy's own policy.
    """

    def __init__(self, strict: Any, insecure: frozenset[str]) -> None:
        self._strict = strict
        self._lax = copy.copy(strict)
        self._lax._verify_certificates = False  # noqa: SLF001 - the setting behind it is one for all hosts
        self._insecure = insecure

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        """What makes a TLS connection to a host."""
        name = hostname.decode("ascii")
        if is_among(name, port, self._insecure):
            return self._lax.creatorForNetloc(hostname, port)
        return _Verified(self._strict.creatorForNetloc(hostname, port), name)


@implementer(IOpenSSLClientConnectionCreator)
class _Verified:
    """Makes connections that end where the certificate is not the host's.

    Twisted does so where the certificate names other hosts. Where it names none, or what cannot be read, Twisted logs a
    traceback and goes on (26.4, `_sslverify._verifyCB`).
    """

    def __init__(self, creator: Any, name: str) -> None:
        self._creator = creator
        self._identity = IPAddress_ID(name) if isIPAddress(name) or isIPv6Address(name) else DNS_ID(name)

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802 - Twisted's name
        """One connection."""
        connection: SSL.Connection = self._creator.clientConnectionForTLS(protocol)
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _check(protocol, self._identity))
        return connection


def _check(protocol: TLSMemoryBIOProtocol, identity: ServiceID) -> _Callback:
    """What OpenSSL asks of each certificate of a chain; the last, at depth 0, is the host's own."""

    def check(_connection: SSL.Connection, certificate: Any, _error: int, depth: int, good: int) -> bool:
        if depth == 0:
            try:
                verify_service_identity(extract_patterns(certificate), [identity], [])
            except (CertificateError, VerificationError, ValueError):
                protocol.failVerification(Failure())  # type: ignore[no-untyped-call]  # Twisted's own
                return False
        return bool(good)

    return check
