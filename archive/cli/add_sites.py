"""The sites that `cuttings add` is given, on its command line or in a file, and the fate of each."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

from archive.config import site_list
from archive.config.edit import known
from archive.config.toml import Config
from archive.errors import CuttingsError, UsageError
from archive.service.interruption import Interruption, heeding
from archive.web.urls import BadURLError

_STDIN: Final = "-"


class Fate(StrEnum):
    """The fate of a site. Each has exactly one: their counts add up to the number of sites given."""

    ADDED = "added"
    FOUND = "found"  # can be added, and was not
    THERE = "already_there"  # in cuttings.toml, or given before
    REFUSED = "refused"
    UNSEEN = "not_looked_at"


@dataclass(slots=True, kw_only=True)
class Site:
    """A site that was given. `name` is its URL, or the line of a file that names none."""

    name: str
    url: str | None
    fate: Fate = Fate.UNSEEN
    why: str = ""  # it is already there, or refused
    is_bad_line: bool = False
    entry: dict[str, Any] = field(default_factory=dict)  # of one that was found
    lines: tuple[str, ...] = ()  # the evidence for a person ...
    record: bytes = b""  # ... and for a program: JSON, compressed, since a thousand of them may wait for the end

    def end(self, fate: Fate, why: str = "") -> None:
        """Set its fate."""
        self.fate, self.why = fate, why


def gather(settings: Config, given: Sequence[str], path: Path | None, interruption: Interruption) -> tuple[Site, ...]:
    """Return the sites in the order given, with the fate of those that need no survey.

    Raises UsageError for a command line that names no site, CuttingsError for a file that cannot be read. If the user
    interrupts while a pipe is read, the sites are those that were read by then.
    """
    sites = [Site(name=url, url=url) for url in map(_typed, given)]
    if path is not None:
        try:
            for site in _listed(path, interruption):
                sites.append(site)  # noqa: PERF402 - one by one: reading may be interrupted
        except KeyboardInterrupt:
            return tuple(sites)
        if not sites:
            raise UsageError(f"{_called(path)}: names no site; write one URL or host a line")
    _mark_known(settings, sites)
    return tuple(sites)


def _typed(url: str) -> str:
    if "://" not in url and _is_file(url):
        raise UsageError(
            f"{url}: is a file; --from reads the sites it names; write https://{url}/ for the site of that name"
        )
    try:
        return site_list.address(url)
    except BadURLError as error:
        raise UsageError(f"{url}: {error}") from error


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a file's name
        return False


def _called(path: Path) -> str:
    return "standard input" if str(path) == _STDIN else str(path)


def _listed(path: Path, interruption: Interruption) -> Iterator[Site]:
    try:
        if str(path) == _STDIN:
            yield from _read(path, heeding(sys.stdin.fileno(), interruption))
            return
        with path.open("rb") as stream:
            yield from _read(path, stream)
    except OSError as error:
        raise CuttingsError(f"{_called(path)}: cannot be read ({error.strerror or error})") from error


def _read(path: Path, stream: BinaryIO) -> Iterator[Site]:
    try:
        for line in site_list.read(stream):
            if line.url is not None:
                yield Site(name=line.url, url=line.url)
                continue
            quoted = f'"{line.text}" ' if line.text else ""
            name = f"{_called(path)}: line {line.number}"
            yield Site(name=name, url=None, fate=Fate.REFUSED, why=f"{quoted}{line.fault}", is_bad_line=True)
    except ValueError as error:
        raise UsageError(f"{_called(path)}: {error}") from error


def _mark_known(settings: Config, sites: Sequence[Site]) -> None:
    """Set the fate of the sites that are in the configuration, or were given before."""
    before: set[str] = set()
    for site in sites:
        if site.url is None:
            continue
        page = site.url.rstrip("/")
        if there := known(settings, site.url):
            site.end(Fate.THERE, read_by(settings, there.id))
        elif page in before:
            site.end(Fate.THERE, "it is given twice")
        before.add(page)


def read_by(settings: Config, source_id: str) -> str:
    """Say why a site is not added that a source of the configuration reads."""
    return f'"{source_id}" in {settings.path} reads that site; change it there'
