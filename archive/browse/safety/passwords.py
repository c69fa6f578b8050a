"""The one account of `cuttings browse --auth`: what its password is checked against, and how long a guess must wait.

Pure: the clock is passed in.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from typing import Final

from archive.errors import UsageError

USER: Final = "root"
_ALGORITHM: Final = "pbkdf2_sha256"  # what `datasette hash-password` makes, as Django does
_MOST_ITERATIONS: Final = 10_000_000  # some six seconds
_DIGEST: Final = 32  # bytes of SHA-256


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A hash of a password: `pbkdf2_sha256$480000$SALT$DIGEST`."""

    iterations: int
    salt: str
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> "PasswordHash":
        """Read one. Raises UsageError whose text is a predicate."""
        parts = text.strip().split("$")
        try:
            algorithm, iterations, salt, encoded = parts
            digest = base64.b64decode(encoded, validate=True)
            read = cls(int(iterations), salt, digest)
        except (ValueError, binascii.Error) as error:
            raise UsageError("has no hash of a password") from error
        if algorithm != _ALGORITHM or not salt or len(digest) != _DIGEST or not 0 < read.iterations <= _MOST_ITERATIONS:
            raise UsageError("has no hash of a password")
        return read

    def admits(self, user: str, password: str) -> bool:
        """Whether this is the user with the password. Takes as long for every user, known or not: 0.2 s and more."""
        made = hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "replace"), self.salt.encode(), self.iterations)
        is_right = hmac.compare_digest(made, self.digest)
        return hmac.compare_digest(user.encode("utf-8", "replace"), USER.encode()) and is_right

    def key(self, purpose: str) -> bytes:
        """A key to sign with, which lasts as long as the password does."""
        return hmac.digest(self.digest, f"{purpose} {self.salt}".encode(), "sha256")


def client_of(address: str | None) -> str:
    """Whose guesses are counted together: an IPv4 address, or the network of an IPv6 address, which has one owner."""
    try:
        read = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(getattr(read, "ipv4_mapped", None) or read)


class Failures:
    """Wrong passwords, and the pause that follows: twice as long after each, up to a bound; forgotten after a while."""

    def __init__(self, *, first: float, most: float) -> None:
        self._first = first  # seconds
        self._most = most
        self._counted: dict[str, tuple[int, float]] = {}  # who -> how many, when the last was

    def note(self, who: str, now: float) -> None:
        """Count a wrong password."""
        count = self.count(who, now) + 1
        self._counted.pop(who, None)  # the last one stands last
        self._counted[who] = (count, now)
        while len(self._counted) > _REMEMBERED:
            del self._counted[next(iter(self._counted))]

    def count(self, who: str, now: float) -> int:
        """How many there were lately."""
        count, last = self._counted.get(who, (0, now))
        return count if now - last < _FORGOTTEN else 0

    def wait(self, who: str, now: float) -> float:
        """Seconds until the next password of somebody is looked at."""
        count = self.count(who, now)
        if not count:
            return 0.0
        pause = min(self._first * 2.0 ** min(count - 1, _DOUBLINGS), self._most)
        return max(0.0, self._counted[who][1] + pause - now)

    def forget(self, who: str) -> None:
        """Count from nothing again: the password was right."""
        self._counted.pop(who, None)


_REMEMBERED: Final = 2_000  # whose failures are counted
_FORGOTTEN: Final = 900.0  # seconds after the last one
_DOUBLINGS: Final = 30
