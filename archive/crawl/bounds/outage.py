"""Names that cannot be resolved: one host's own fault, or that of our network? Pure."""

from typing import Final

from archive.crawl.frontier import Lease
from archive.model.capture import Fetch
from archive.model.outcome import Failure
from archive.web.public_hosts import literal
from archive.web.urls import host

_MANY: Final = 20  # tries
_SEVERAL: Final = 3  # hosts
NOTICE: Final = "no name could be resolved: the network or its name server is down, and no source is to blame"

Held = tuple[Lease, Fetch, Failure]


class Outage:
    """Tries whose names could not be resolved, held back until another name was, or until there are no more tries."""

    def __init__(self) -> None:
        self.over = False  # a name was resolved, or the run has ended
        self._held: list[Held] = []

    @property
    def suspected(self) -> bool:
        """True where so many names failed, and none was resolved, that there is no use in going on."""
        return not self.over and len(self._held) >= _MANY and len(self._hosts()) >= _SEVERAL

    @property
    def ours(self) -> bool:
        """True where what is held speaks against our network: several hosts, and no name was resolved."""
        return not self.over and len(self._hosts()) > 1

    def hold(self, lease: Lease, fetch: Fetch, failure: Failure) -> None:
        """Keep a try for later."""
        self._held.append((lease, fetch, failure))

    def proves(self, fetch: Fetch) -> bool:
        """True where an answer shows for the first time that names can be resolved."""
        return not self.over and fetch.status is not None and literal(host(fetch.url)) is None

    def end(self) -> list[Held]:
        """Return the tries that were held; from now on none is."""
        self.over = True
        held, self._held = self._held, []
        return held

    def _hosts(self) -> set[str]:
        return {host(lease.url) for lease, _, _ in self._held}
