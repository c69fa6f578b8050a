"""Adds to a cuttings.toml, and puts new URLs in it. What a person wrote there stays: comments, order, line ends.

A new [[source]] goes to the end of the file, where TOML allows it whatever stands before. The file is replaced only by
one that can be read as a configuration, whole or not at all.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copymode
from typing import Any, Final
from urllib.parse import urlsplit

import tomlkit

from archive.config import toml
from archive.errors import ConfigError, cannot_be_written
from archive.model.source import Source
from archive.web.urls import normalize, registered_domain, same_site

Entry = Mapping[str, Any]  # the keys of one [[source]]
_INDENTED: Final = 100  # characters of a list on one line


def table(entry: Entry) -> str:
    """A [[source]] as TOML."""
    made = tomlkit.table()
    for key, value in entry.items():
        made[key] = _array(value) if isinstance(value, (list, tuple)) else value
    tables = tomlkit.aot()
    tables.append(made)
    document = tomlkit.document()
    document.append("source", tables)
    return tomlkit.dumps(document).strip() + "\n"


def _array(values: Sequence[str]) -> Any:
    array = tomlkit.array()
    array.extend(values)
    array.multiline(sum(map(len, values)) > _INDENTED)
    return array


def known(settings: toml.Config, url: str, listings: Collection[str] = ()) -> Source | None:
    """The source that reads a site, or one of these listings, already."""
    for source in settings.sources:
        if _reads(source.url, (*source.feeds, *source.sitemaps), url, listings):
            return source
    return None


def repeated(entries: Iterable[Entry], entry: Entry) -> Entry | None:
    """The first of some entries that reads what another one would."""
    return next(
        (each for each in entries if _reads(each["url"], listings_of(each), entry["url"], listings_of(entry))), None
    )


def listings_of(entry: Entry) -> tuple[str, ...]:
    """The feeds and sitemaps that an entry names."""
    return (*entry.get("feeds", ()), *entry.get("sitemaps", ()))


def _reads(reader: str, its_listings: Collection[str], url: str, listings: Collection[str]) -> bool:
    return is_one_site(reader, url) or not set(listings).isdisjoint(its_listings)


def is_one_site(a: str, b: str) -> bool:
    """Whether one source reads both: they are of one host but for `www.`, at one port, and one is below the other.

    So `/world` is a part of the whole paper; `/alice/` and `/bob/` of a host of many sites are two.
    """
    if not same_site(a, b):
        return False
    one, other = urlsplit(a), urlsplit(b)
    paths = [f"{parts.path.rstrip('/')}/" for parts in (one, other)]
    return one.port == other.port and (paths[0].startswith(paths[1]) or paths[1].startswith(paths[0]))


def free_id(settings: toml.Config, url: str, taken: Sequence[str] = ()) -> str | None:
    """An id for a source whose own would be that of another; None where its own is free."""
    used = {source.id for source in settings.sources} | set(taken)
    own = toml.id_of(url)
    if own not in used:
        return None
    return next(name for number in range(2, len(used) + 3) if (name := f"{own}-{number}") not in used)


def add(path: Path, entries: Sequence[Entry]) -> toml.Config:
    """Write the entries to the end of a configuration. Returns what it says now. Raises ConfigError, CuttingsError."""
    text = toml.read_text(path)
    line_end = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"\n{table(entry)}" for entry in entries).replace("\n", line_end)
    whole = text + ("" if text.endswith("\n") or not text else line_end) + added
    return _write(path, whole)


def keep(path: Path, source_id: str, selector: str) -> None:
    """Add a selector to what a source keeps, in the last of its rules. Raises ConfigError, CuttingsError."""
    text = toml.read_text(path)
    document = tomlkit.parse(text)
    for source in document.get("source", ()):
        if str(source.get("id") or toml.id_of(str(source.get("url")))) != source_id:
            continue
        rules = source.get("extract")
        if rules is None:
            source["extract"] = {"keep": [selector]}
        else:
            last = rules[-1] if isinstance(rules, list) else rules
            kept = [str(each) for each in last.get("keep", ())]
            last["keep"] = _array([*kept, selector] if selector not in kept else kept)
        break
    else:
        raise ConfigError(f'{path}: has no source "{source_id}"; nothing was written')
    _write(path, tomlkit.dumps(document))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A listing of a source (its id) that stands at another URL now."""

    source: str
    url: str
    moved_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of the moves: what was `written`, by key and move, and what was `left` as it is, and why."""

    written: tuple[tuple[str, Move], ...] = ()
    left: tuple[tuple[Move, str], ...] = ()


def relocate(path: Path, moves: Sequence[Move]) -> Moved:
    """Write the new URLs in the place of the old ones. Raises ConfigError, CuttingsError; then nothing was written."""
    text = toml.read_text(path)
    settings = toml.parse(text, path)
    document = tomlkit.parse(text)
    tables = {
        source.id: (source, table) for source, table in zip(settings.sources, document.get("source", ()), strict=True)
    }
    owners = {url: source.id for source in settings.sources for _, url in source.listings}
    written: list[tuple[str, Move]] = []
    left: list[tuple[Move, str]] = []
    for move in moves:
        source, entry = tables[move.source]
        owner = owners.get(move.moved_to, move.source)
        key = _relocate(source, entry, move) if owner == move.source else None
        if owner != move.source:
            left.append((move, f'"{owner}" names that already; take {move.url} out'))
        elif key is None:
            left.append((move, "that is another domain; write it yourself if it is the same paper"))
        else:
            owners[move.moved_to] = move.source
            written.append((key, move))
    if written:
        _write(path, tomlkit.dumps(document))
    return Moved(written=tuple(written), left=tuple(left))


_LISTING_KEYS: Final = ("feeds", "sitemaps", "sections", "urls")


def _relocate(source: Source, entry: Any, move: Move) -> str | None:
    """Write a new URL into a [[source]]. Returns under which key; None where it is better left to a person.

    A feed can be read or not, but a page of another domain may be anything: the old one may have been sold.
    """
    same_owner = registered_domain(move.url) == registered_domain(move.moved_to)
    for key in _LISTING_KEYS:
        for place, name, value in _written(entry, key):
            if normalize(value, source.url) != move.url:
                continue
            if key == "sections" and not same_owner:
                return None
            place[name] = _as_written(value, source.url, move.moved_to)
            return key
    if not same_owner:
        return None
    entry["url"] = move.moved_to
    if toml.id_of(move.moved_to) != source.id and "id" not in entry:
        entry["id"] = source.id  # it was that of its host
    return "url"


def _written(entry: Any, key: str) -> list[tuple[Any, Any, str]]:
    """The values of a key: where each stands, under which index or key, and its text."""
    value = entry.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return [(value, index, str(each)) for index, each in enumerate(value)]
    return [(entry, key, str(value))]


def _as_written(before: str, base: str, url: str) -> str:
    """A URL as the one before it was written: without the host, if that had none and it is the site's own."""
    parts = urlsplit(url)
    relative = f"{parts.path}?{parts.query}" if parts.query else parts.path
    was_relative = not urlsplit(before).netloc
    return relative if was_relative and normalize(relative, base) == url else url


def _write(path: Path, whole: str) -> toml.Config:
    """Put a text in the place of a configuration, if it is one; a link stays a link."""
    try:
        settings = toml.parse(whole, path)
    except ConfigError as error:
        raise ConfigError(f"{error}; nothing was written") from error
    _replace(path.resolve(), whole)
    return settings


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as stream:
            copymode(path, part)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise cannot_be_written(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()
