"""Reads what a publisher says of the use of its work: on a page, in its headers, in the files of its host. Pure.

Forgiving, since a signal that is written badly is meant all the same; bounded, since whoever writes it may be hostile.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import orjson

from archive.signals import AI_ROBOTS, DIRECTIVES, LONGEST, MOST, Signal, SignalKind, uses
from archive.text import fold, scrub
from pipelines.head import Head
from pipelines.jsonld import Node

_SITE_FILE_BYTES: Final = 200_000  # of tdmrep.json and ai.txt


def page_signals(headers: Iterable[tuple[str, str]], head: Head) -> tuple[Signal, ...]:
    """What a page and its headers say."""
    return _bounded([*_of_headers(headers), *_of_head(head)])


def _of_headers(headers: Iterable[tuple[str, str]]) -> Iterator[Signal]:
    for name, value in headers:
        match name.lower():
            case "x-robots-tag":
                yield from _directives(SignalKind.X_ROBOTS_TAG, value)
            case "tdm-reservation" | "tdm-policy":
                yield _tdm(SignalKind.TDM_HEADER, name, value)
            case "content-signal" | "content-usage":
                yield Signal(kind=SignalKind.CONTENT_SIGNAL, value=value, reserves=uses(value))
            case "link":
                yield from (Signal(kind=SignalKind.LICENCE, value=url) for url in _LICENCE_LINK.findall(value[:_LONG]))


_LONG: Final = 8_192  # characters of a header
_LICENCE_LINK: Final = re.compile(r'<([^<>]{1,500})>[^<>,]{0,200}?rel="?license\b', re.IGNORECASE)


def _of_head(head: Head) -> Iterator[Signal]:
    for name in ("robots", *sorted(AI_ROBOTS & head.meta.keys())):
        for value in head.meta.get(name, ()):
            yield from _directives(SignalKind.META_ROBOTS, value if name == "robots" else f"{name}: {value}")
    for name in ("tdm-reservation", "tdm-policy"):
        yield from (_tdm(SignalKind.TDM_META, name, value) for value in head.meta.get(name, ()))
    links = [*head.links.get("license", ()), *head.meta.get("dcterms.license", ()), *_licences(head.nodes)]
    for link in dict.fromkeys(links):
        if url := head.absolute(link):
            yield Signal(kind=SignalKind.LICENCE, value=url)


def _licences(nodes: Iterable[Node]) -> Iterator[str]:
    """schema.org `license` and `usageInfo` of the page's nodes: an address, or a node with one."""
    for node in nodes:
        for said in (node.get("license"), node.get("usageInfo")):
            url = said.get("url") or said.get("@id") if isinstance(said, dict) else said
            if isinstance(url, str):
                yield url


def _directives(kind: SignalKind, value: str) -> Iterator[Signal]:
    """The directives about use in a list such as `noindex, noai` or `gptbot: noai`, which is said to GPTBot alone."""
    whole = fold(value[:_LONG]).lower()
    found = _TO_A_ROBOT.match(whole)
    agent = found[1].strip() if found else ""
    for word in re.split(r"[\s,;]+", whole[found.end() :] if found else whole):
        if word in DIRECTIVES:
            to_us = agent in {"", "*"}
            yield Signal(kind=kind, value=f"{agent}: {word}" if agent else word, reserves=to_us and DIRECTIVES[word])


_TO_A_ROBOT: Final = re.compile(r"\s*([a-z0-9*_ -]{1,60}):")


def _tdm(kind: SignalKind, name: str, value: str) -> Signal:
    said = value.strip()
    return Signal(kind=kind, value=f"{name.lower()}={said}", reserves=name.lower() == "tdm-reservation" and said == "1")


# Files of a host ----------------------------------------------------------------------------------------------------


def robots_signals(body: bytes) -> tuple[Signal, ...]:
    """What a robots.txt says of AI: robots that it shuts out of everything, Content-Signal and Content-Usage lines."""
    return _bounded(_of_robots(body.decode("utf-8", "replace")))


def _of_robots(text: str) -> Iterator[Signal]:
    agents: list[str] = []
    in_rules = False
    for line in text.splitlines():
        field, _, rest = line.partition(":")
        name, value = field.strip().lower(), rest.partition("#")[0].strip()
        if name == "user-agent":
            agents = [] if in_rules else agents
            in_rules = False
            agents.append(value.lower())
        elif name in {"content-signal", "content-usage"}:
            in_rules = True
            to_us = not agents or "*" in agents
            yield Signal(kind=SignalKind.CONTENT_SIGNAL, value=value, reserves=to_us and uses(value))
        elif name in {"allow", "disallow"}:
            in_rules = True
            if name == "disallow" and value in {"/", "/*", "*"}:
                for agent in agents:
                    if agent in AI_ROBOTS:
                        yield Signal(kind=SignalKind.ROBOTS_TXT, value=f"{agent}: disallow: {value}")


def tdmrep_signals(body: bytes) -> tuple[Signal, ...]:
    """What a /.well-known/tdmrep.json says; nothing where it is none."""
    if len(body) > _SITE_FILE_BYTES:
        return ()
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    return _bounded(_of_tdmrep(read if isinstance(read, list) else [read]))


def _of_tdmrep(rows: Iterable[Any]) -> Iterator[Signal]:
    for row in rows:
        if not isinstance(row, dict) or "tdm-reservation" not in row:
            continue
        reserves = str(row["tdm-reservation"]) == "1"
        value = f"tdm-reservation={int(reserves)}"
        if isinstance(policy := row.get("tdm-policy"), str):
            value = f"{value}; tdm-policy={policy}"
        location = row.get("location")
        yield Signal(
            kind=SignalKind.TDMREP, value=value, reserves=reserves,
            location=scrub(location) if isinstance(location, str) and len(location) <= LONGEST else "/",
        )  # fmt: skip


def ai_txt_signals(body: bytes) -> tuple[Signal, ...]:
    """What an ai.txt (Spawning) says; nothing where it is none. It shuts out kinds of files, by their endings."""
    if len(body) > _SITE_FILE_BYTES or body.lstrip()[:1] == b"<":
        return ()
    return _bounded(_of_ai_txt(body.decode("utf-8", "replace")))


def _of_ai_txt(text: str) -> Iterator[Signal]:
    to_all = True
    for line in text.splitlines():
        field, _, rest = line.partition(":")
        name, value = field.strip().lower(), rest.partition("#")[0].strip()
        if name == "user-agent":
            to_all = value == "*"
        elif name == "disallow" and to_all and value in _TEXTS:
            yield Signal(kind=SignalKind.AI_TXT, value=f"disallow: {value}", reserves=True)
        elif name in {"content-signal", "content-usage"}:
            yield Signal(kind=SignalKind.AI_TXT, value=f"{name}: {value}", reserves=uses(value))


_TEXTS: Final = frozenset({"/", "*", "/*", "*.txt", "*.html", "*.htm", "*.php", "*.pdf", "*.xml"}) - {"*.pdf", "*.xml"}


def _bounded(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Each once, not too many, and none too long; in the order they stand there."""
    seen: dict[tuple[SignalKind, str, str | None], Signal] = {}
    for signal in islice(signals, 20 * MOST):
        value = fold(signal.value)[:LONGEST]
        if value:
            seen.setdefault(
                (signal.kind, value, signal.location),
                Signal(kind=signal.kind, value=value, reserves=signal.reserves, location=signal.location),
            )
    found = list(seen.values())
    if len(found) > MOST:  # what reserves must not be lost behind what does not
        found.sort(key=lambda signal: not signal.reserves)
    return tuple(found[:MOST])
