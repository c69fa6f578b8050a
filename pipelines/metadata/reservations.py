"""What a publisher says of the use of its work: on a page, in its headers, in the files of its host. Pure.

Forgiving, since a signal that is written badly is meant all the same; bounded, since its author may be hostile.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

import orjson

from archive.rights.signals import AI_ROBOTS, ARCHIVING_ROBOTS, DIRECTIVES, LONGEST, MOST, Signal, SignalKind, uses
from archive.text import fold, scrub
from archive.web.urls import BadURLError, resolve
from pipelines.page.head import Head
from pipelines.page.jsonld import Node
from pipelines.page.rsl import MEDIA_TYPE, unreadable
from pipelines.page.rsl import page_signals as page_licence

_SITE_FILE_BYTES: Final = 200_000  # of tdmrep.json and ai.txt
_LONG: Final = 8_192  # characters of a header
_LINK: Final = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_RELATION: Final = re.compile(r';\s*rel\s*=\s*(?:"[^"]*?\blicense\b|license\b)', re.IGNORECASE)
_OF_RSL: Final = re.compile(rf';\s*type\s*=\s*"?{re.escape(MEDIA_TYPE)}', re.IGNORECASE)
_TO_A_ROBOT: Final = re.compile(r"\s*([a-z0-9*_ -]{1,60}):")
_MOST_NAMED: Final = 3  # robots of a group, in words
_MISSPELT: Final = {"licence": "license", "user agent": "user-agent", "useragent": "user-agent"}
_ROBOTS_FIELDS: Final = frozenset({"allow", "content-signal", "content-usage", "disallow", "license"})
_TEXTS: Final = frozenset({"/", "*", "/*", "*.txt", "*.html", "*.htm", "*.php", "*.pdf", "*.xml"}) - {"*.pdf", "*.xml"}
_LONGEST: Final = {SignalKind.RSL: 2_000}  # a licence in words, which `pipelines.page.rsl` has bounded


def page_signals(headers: Iterable[tuple[str, str]], head: Head) -> tuple[Signal, ...]:
    """Read what a page and its headers say."""
    return _bounded([*_of_headers(headers, head.page.url), *_of_head(head)])


def _of_headers(headers: Iterable[tuple[str, str]], base: str) -> Iterator[Signal]:
    for name, value in headers:
        match name.lower():
            case "x-robots-tag":
                yield from _directives(SignalKind.X_ROBOTS_TAG, value)
            case "tdm-reservation" | "tdm-policy":
                yield _tdm(SignalKind.TDM_HEADER, name, value)
            case "content-signal" | "content-usage":
                yield Signal(kind=SignalKind.CONTENT_SIGNAL, value=value, reserves=uses(value))
            case "link":
                yield from _of_link(value[:_LONG], base)


def _of_link(value: str, base: str) -> Iterator[Signal]:
    """Links to licences in a Link header (RFC 8288)."""
    for target, parameters in _LINK.findall(value):
        if _RELATION.search(parameters):
            if _OF_RSL.search(parameters):
                yield from _link(target, base)
            else:
                yield Signal(kind=SignalKind.LICENCE, value=target)


def _link(target: str, base: str) -> Iterator[Signal]:
    """Read a licence in RSL by its URL; one that cannot be requested is one that cannot be read."""
    try:
        url = resolve(target.strip().strip("<>"), base).partition("#")[0]
    except BadURLError as error:
        yield unreadable(f"{fold(target)[:200]} {error}")
        return
    if "@" in urlsplit(url).netloc:
        yield unreadable(f"{fold(url)[:200]} has a user or a password")
    elif len(url) > LONGEST:
        yield unreadable(f"{url[:200]}... is longer than {LONGEST} characters")
    else:
        yield Signal(kind=SignalKind.RSL_LINK, value=url)


def _of_head(head: Head) -> Iterator[Signal]:
    for text in islice(head.licences, MOST):
        yield from page_licence(text)
    for link in dict.fromkeys(head.licence_links):
        yield from _link(link, head.page.url)
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
    """schema.org `license` and `usageInfo` of the page's nodes: a URL, or a node with one."""
    for node in nodes:
        for said in (node.get("license"), node.get("usageInfo")):
            url = said.get("url") or said.get("@id") if isinstance(said, dict) else said
            if isinstance(url, str):
                yield url


def _directives(kind: SignalKind, value: str) -> Iterator[Signal]:
    """Yield the directives about use in a list such as `noindex, noai` or `gptbot: noai`, which is for GPTBot alone."""
    whole = fold(value[:_LONG]).lower()
    found = _TO_A_ROBOT.match(whole)
    agent = found[1].strip() if found else ""
    for word in re.split(r"[\s,;]+", whole[found.end() :] if found else whole):
        if word in DIRECTIVES:
            to_us = agent in {"", "*"}
            yield Signal(kind=kind, value=f"{agent}: {word}" if agent else word, reserves=to_us and DIRECTIVES[word])


def _tdm(kind: SignalKind, name: str, value: str) -> Signal:
    said = value.strip()
    return Signal(kind=kind, value=f"{name.lower()}={said}", reserves=name.lower() == "tdm-reservation" and said == "1")


# Files of a host ----------------------------------------------------------------------------------------------------


def robots_signals(body: bytes, agent: str = "", url: str = "") -> tuple[Signal, ...]:
    """Read what a robots.txt says of AI and of archives: robots that it shuts out, preferences, licences.

    `agent` is the name by which it may speak to us, in lower case; `url` that of the file, which links are relative to.
    """
    lines = list(dict.fromkeys(_robots_lines(body.decode("utf-8", "replace").removeprefix("\ufeff"))))
    ours = agent if any(line.name == "user-agent" and line.value == agent for line in lines) else "*"
    return _bounded(_of_robots(lines, ours, url), MOST + len(AI_ROBOTS) + len(ARCHIVING_ROBOTS), len(body))


@dataclass(frozen=True, slots=True)
class _Group:
    """Whom some lines are for, made once a group: a hostile file has thousands of names, and of lines for them."""

    agents: frozenset[str] = frozenset()  # empty: the lines precede any group, and are for all
    known: tuple[str, ...] = ()  # the robots among them that gather for AI or for archives
    named: str = ""  # the first of them, in words

    @classmethod
    def of(cls, agents: Sequence[str]) -> Self:
        """Make the group of these robots."""
        known = tuple(agent for agent in dict.fromkeys(agents) if agent in AI_ROBOTS or agent in ARCHIVING_ROBOTS)
        return cls(frozenset(agents), known, " ".join(agents[:_MOST_NAMED]))


class _Line(NamedTuple):
    """A line of a group.

    `apart`: an empty line is between it and the names of the group. By the first drafts of RSL a licence is said to
    all at any place, and many still write it at the end of the file.
    """

    group: _Group
    name: str
    value: str
    apart: bool


def _robots_lines(text: str) -> Iterator[_Line]:
    agents: list[str] = []
    group: _Group | None = _Group()
    apart = False
    for line in text.splitlines():
        field, _, rest = line.partition(":")
        written, value = field.strip().lower(), rest.partition("#")[0].strip()
        name = _MISSPELT.get(written, written)
        if name == "user-agent":
            agents = agents if group is None else []
            group, apart = None, False
            agents.append(value.partition("/")[0].strip().lower())
            yield _Line(_Group(), name, agents[-1], apart)  # a group without lines is one all the same
        elif name in _ROBOTS_FIELDS:
            if group is None:
                group = _Group.of(agents)
            yield _Line(group, name, value, apart)
        elif not line.strip():
            apart = True


def _of_robots(lines: Sequence[_Line], ours: str, url: str) -> Iterator[Signal]:
    yield from _licences_of_robots(lines, ours, url)
    shut_out: set[_Group] = set()
    for line in lines:
        if line.name in {"content-signal", "content-usage"}:
            yield from _preference(line, to_us=not line.group.agents or ours in line.group.agents)
        elif line.name == "disallow" and line.value in {"/", "/*", "*"} and line.group not in shut_out:
            shut_out.add(line.group)
            for agent in line.group.known:
                yield Signal(kind=SignalKind.ROBOTS_TXT, value=f"{agent}: disallow: {line.value}")


def _preference(line: _Line, *, to_us: bool) -> Iterator[Signal]:
    """Read a Content-Signal or Content-Usage. A path before it is the part of the host that it applies to."""
    path, value = "", line.value
    if value.startswith("/"):
        path, _, value = value.partition(" ")
    whom = "" if to_us or not path else f"{line.group.named}: "  # where it might take something back
    yield Signal(
        kind=SignalKind.CONTENT_SIGNAL,
        value=f"{whom}{value.strip()}",
        reserves=to_us and uses(value),
        location=path[:LONGEST] or None,
    )


def _licences_of_robots(lines: Sequence[_Line], ours: str, url: str) -> Iterator[Signal]:
    """Yield the licences that are named to us: those of our group, or else those to all (RSL 1.0, section 4.4.2)."""
    named = [line for line in lines if line.name == "license" and line.value]
    own = any(ours in line.group.agents for line in named)
    for line in named:
        to_all = not line.group.agents or line.apart
        if ours in line.group.agents if own else to_all:
            yield from _link(line.value, url or "http://localhost/robots.txt")
        elif line.group.agents:
            yield Signal(kind=SignalKind.ROBOTS_TXT, value=f"{line.group.named}: license: {line.value}")


def tdmrep_signals(body: bytes) -> tuple[Signal, ...]:
    """Read a /.well-known/tdmrep.json; no signals if it is none."""
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
    """Read an ai.txt (Spawning); no signals if it is none. It shuts out kinds of files, by their endings."""
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


def _bounded(signals: Iterable[Signal], most: int = MOST, read: int = 20 * MOST) -> tuple[Signal, ...]:
    """Return each once, not too many, and none too long, in their order; at most `read` are read."""
    seen: dict[tuple[SignalKind, str, str | None], Signal] = {}
    for signal in islice(signals, read):
        value = fold(signal.value)[: _LONGEST.get(signal.kind, LONGEST)]
        key = (signal.kind, value, signal.location)
        if value and (key not in seen or (signal.reserves and not seen[key].reserves)):  # to others first, then to us
            seen[key] = Signal(kind=signal.kind, value=value, reserves=signal.reserves, location=signal.location)
    found = list(seen.values())
    if len(found) > most:  # what reserves, and what may, must not be lost behind what does not
        found.sort(key=lambda signal: not (signal.reserves or signal.kind is SignalKind.RSL_LINK))
    return tuple(found[:most])
