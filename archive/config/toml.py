"""`cuttings.toml` -> Config. Read once, into one type; after this nothing asks the file again.

It knows the shape of the file and what makes a value usable. It opens no archive and no connection.
A message names file, table and key, says what is wrong and what to do:
`cuttings.toml: [[source]] "bbc": delay: "-1s" is below 0`.
Whatever the file holds, the result is a Config or a ConfigError.
"""

import math
import re
import tomllib
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cssselect import SelectorError
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml.cssselect import CSSSelector  # type: ignore[import-untyped]  # lxml ships no types

from archive.errors import ConfigError
from archive.model import durations, needs, schedule
from archive.model.outcome import Outcome
from archive.model.schedule import Schedule
from archive.model.source import DELAY, Fixture, Rights, SiteRules, Source
from archive.text import fold, scrub
from archive.web import urls
from archive.web.public_hosts import is_named

DEFAULT_NAME: Final = "cuttings.toml"
UTC_ZONE: Final = ZoneInfo("UTC")
MOST_WORKERS: Final = 1_024  # a machine with more cores is rarer than a typing error
_MOST_BYTES: Final = 10 * 1024 * 1024  # of a file; a thousand sources take a tenth of that

# What `cuttings init` writes. Its contact is refused until somebody puts a real one there: a site that is bothered must
# be able to reach the person who can stop it.
TEMPLATE: Final = """\
# Cuttings: what to crawl, and as whom.

[project]
# Sites see this name in their logs. Put your own page or address there, so that they can reach you.
user_agent = "Cuttings/0.1 (+mailto:you@example.org)"
archive = "cuttings.db"                # beside this file
# proxy = "http://127.0.0.1:3128"
# workers = 4                          # processes that cut articles out; one for each core if not set
# allow_private = ["news.intranet"]    # hosts that may be asked though they are in a private network; none else is
# timezone = "Europe/Berlin"           # of the times below; UTC if not set
# polls = 2400                         # looks at feeds and sitemaps a day, over all sources; shared out by their pace

[defaults]                             # for every source that does not say otherwise
delay = "2s"                           # between two requests to one host
# every = "auto"                       # when `crawl --due` looks again: "auto" (learned from each feed), "15m",
                                       # "daily 06:00", or the five fields of cron
# revisit = ["1h", "6h", "1d", "7d"]   # when a filed article is looked at again; [] for never
# rights = "record"                    # where text and data mining is reserved: "record" (exports leave it out),
                                       # "skip" (not filed) or "ignore"

# [alerts]                             # who is told when a source falls silent or changes its ways
# webhook = "https://hooks.your-paper.net/T0/B0"
# email = ["desk@your-paper.net"]
# sender = "cuttings@your-paper.net"
# smtp = "smtp://mail.your-paper.net:587"
# smtp_user = "cuttings"               # its password is read from CUTTINGS_SMTP_PASSWORD
# prometheus = "cuttings.prom"         # metrics, written here after each crawl

# A source needs its address alone: feeds and sitemaps are found from there.
#
# [[source]]
# url = "https://www.example.org/"
#
# All that a source can say:
#
# [[source]]
# id = "gazette"                       # in file names, commands and the archive; the host if not set
# was = "harbour-gazette"              # the id it had before, if you change it and the url at once
# name = "The Gazette"
# url = "https://gazette.example.org/"
# feeds = ["/feed.xml"]                # relative to url
# sitemaps = ["/news-sitemap.xml"]     # or ["/robots.txt"], for those it names
# sections = ["/world/", "/science/"]  # pages that list articles
# links = "h2 a"                       # CSS selector of the links on those pages
# urls = ["/list.txt"]                 # plain lists of addresses, one a line
# include = ["/20[0-9]{2}/"]           # regular expressions: an article's address matches one of these
# exclude = ["/video/"]                # and none of these
# autodiscover = false                 # read nothing but what is named above
# delay = "10s"
# language = "en"
# min_words = 25                       # a page with fewer is not an article
# enabled = true
# learn = false                        # cut no line for standing on many pages (see `cuttings learned`)
# budget = 10000                       # requests in 24 hours; what is left over waits
# verify_tls = false                   # take its certificate though it is not valid
# render = true                        # let a browser run its scripts first (needs `cuttings[render]`)
#
# The next five only with the publisher's leave. They go to the hosts of this source alone, never to another that a
# redirect leads to; the last three not to robots.txt either. Any value may be "env:NAME": the environment variable NAME
# is read when a command needs it.
#
# user_agent = "Gazette study (+https://your-university.edu/gazette)"  # with a contact; robots.txt is judged by it
# proxy = "env:GAZETTE_PROXY"                        # http://HOST:PORT
# headers = { "X-Api-Key" = "env:GAZETTE_KEY" }      # as are cookies and the login, masked in what is kept
# cookies = { session = "env:GAZETTE_SESSION" }      # or "cookies.txt", as browsers save it, beside this file
# login = { user = "desk", password = "env:GAZETTE_PASSWORD" }  # basic authentication, by https alone
#
# [source.extract]                     # CSS selectors, where the article is not found without help
# body = "div.story"                   # the article stands in these and nowhere else
# remove = ["div.promo"]
# keep = ["div.factbox"]               # stays, whatever the general rules think of it
# captions = ["p.cutline"]
#
# A site with a new layout gets a second [[source.extract]], and its first says until when it held.
#
# [[source]]
# id = "herald"
# url = "https://herald.example.org/"
#
# [[source.extract]]
# until = 2026-03-01                   # for pages fetched before this day
# body = "div#content"
#
# [[source.extract]]
# body = "main"
#
# [[source.fixture]]                   # what `cuttings check` tests these rules by, as often as you like
# url = "/2026/02/harbour-opens"
# html = "pages/harbour.html"          # the page as you saved it, beside this file; if not set, the archive's own copy
# fetched = 2026-02-11                 # when you saved it: decides which rules hold; today if not set
# contains = ["The harbour opened on Monday"]
# excludes = ["Sign up for our newsletter"]
# title = "The harbour is open"        # these four only if they matter
# authors = ["Jane Doe"]
# published = 2026-02-11
# outcome = "saved"                    # what a crawl makes of the page
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Who is told when a source departs from its usual. The mail server's password is no part of a configuration."""

    webhook: str | None = None
    email: tuple[str, ...] = ()
    sender: str | None = None
    smtp: str | None = None  # smtp://HOST:PORT, or smtps://HOST:PORT
    smtp_user: str | None = None
    prometheus: Path | None = None  # file that metrics are written to

    @property
    def ways(self) -> int:
        """In how many ways people are told."""
        return bool(self.webhook) + bool(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A project: where its archive is, as whom it crawls, and what. `workers` of None means one for each core."""

    path: Path | None
    archive: Path
    user_agent: str
    proxy: str | None = None
    workers: int | None = None
    allow_private: tuple[str, ...] = ()
    timezone: ZoneInfo = UTC_ZONE
    delay: float = DELAY  # seconds between two requests to a host, of sources that do not say otherwise
    polls: int | None = None  # looks at listings a day, over all sources; None leaves each to its own bounds
    alerts: Alerts = Alerts()
    sources: tuple[Source, ...] = ()

    @property
    def private_hosts(self) -> frozenset[str]:
        """Hosts, with a port where only that is meant, that may be asked though their addresses are not public."""
        return frozenset(self.allow_private).union(*(source.allow_private for source in self.sources))


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError."""
    return parse(read_text(path), path)


def load_rules(path: Path, url: str) -> tuple[SiteRules, ...]:
    """Read the rules for a page from a file with an [extract] table, or from a configuration with a source of its host.

    Raises ConfigError.
    """
    text = read_text(path)
    top = _Table(f"{path}:", _toml(text, path))
    if "extract" in top.values and not top.values.keys() & {"project", "source"}:
        top.check_keys(("extract",), "table")
        return tuple(SiteRules(**each) for each in _generations(top.at("[extract]"), top.values["extract"]))
    source = source_of(parse(text, path), url)
    if source is None:
        raise ConfigError(f'{path}: has no source of "{urls.host(url)}" and no [extract] table; add one of them')
    return source.rules


def source_of(config: Config, url: str) -> Source | None:
    """The source that a page belongs to by its host; None where it is of none."""
    same_host = (source for source in config.sources if urls.host(source.url) == urls.host(url))
    same_site = (source for source in config.sources if urls.same_site(source.url, url))
    return next(same_host, None) or next(same_site, None)


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError."""
    try:
        with path.open("rb") as stream:
            body = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `cuttings init` writes one to start from") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path}: cannot be read: {reason}") from error
    if len(body) > _MOST_BYTES:
        raise ConfigError(f"{path}: is larger than {_MOST_BYTES >> 20} MiB, and no configuration; name another file")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: is not UTF-8 text (line {line}); save it as UTF-8") from error


def parse(text: str, path: Path) -> Config:
    """Return the configuration that a text describes; `path` is the file it came from. Raises ConfigError."""
    top = _Table(f"{path}:", _toml(text, path))
    top.check_keys(_TABLES, "table")
    project = top.table("project")
    values = project.read(_PROJECT)
    if "user_agent" not in values:
        raise ConfigError(
            f"{project.where} user_agent is missing; name your project and a contact, "
            'as in "Gazette study (+https://your-university.edu/gazette)"'
        )
    made = Config(
        path=path,
        archive=path.parent.absolute() / values.pop("archive", "cuttings.db"),
        delay=top.table("defaults").read(_SHARED).get("delay", DELAY),
        sources=_sources(top, path.parent.absolute()),
        alerts=_alerts(top.table("alerts"), path.parent.absolute()),
        **values,
    )
    _check_logins(top.where, made)
    return made


def _check_logins(where: str, made: Config) -> None:
    """Refuse a login that everybody on the way could read."""
    for source in made.sources:
        if source.needs.login and source.url.startswith("http:") and not is_named(source.url, made.private_hosts):
            raise ConfigError(
                f'{where} [[source]] "{source.id}": login is sent by https alone, and url is {source.url}; '
                "write https, or name the host in allow_private if it is your own"
            )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who typed `word` most probably meant; None where nothing is near."""
    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(word[:64].casefold(), by_fold, n=1)
    return by_fold[found[0]] if found else None


# ---- Tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file and how a message calls it."""

    where: str
    values: Mapping[str, Any]

    def read(self, keys: Mapping[str, "_Reader"]) -> dict[str, Any]:
        """Every key that is set, as the value it stands for."""
        self.check_keys(keys, "key")
        return {key: keys[key](self.at(key), value) for key, value in self.values.items()}

    def at(self, key: str) -> str:
        return f"{self.where} {key}"

    def check_keys(self, known: Iterable[str], noun: str) -> None:
        for key in self.values:
            if key not in known:
                raise ConfigError(f"{self.where} unknown {noun} {_shown(key)}{_advice(key, tuple(known))}")

    def table(self, name: str) -> "_Table":
        where = f"{self.where} [{name}]"
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise ConfigError(f"{where} is not a table; write [{name}] and its keys below")
        return _Table(where, values)


def _toml(text: str, path: Path) -> dict[str, Any]:
    if not text.strip():
        raise ConfigError(f"{path}: is empty; `cuttings init` writes a file to start from")
    if line := _line_of_deep_key(text):
        raise ConfigError(
            f"{path}: line {line} has a key of more than {_DEEPEST_KEY} parts; quote a name that has dots in it"
        )
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, and numbers too long for int()
        raise ConfigError(f"{path}: is not TOML: {_plain(str(error))[:200]}") from error


_DEEPEST_KEY: Final = 100
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|\'[^\']*+\'')
_DEEP_KEY: Final = re.compile(rf"(?:[\w-]++[ \t]*+\.[ \t]*+){{{_DEEPEST_KEY}}}")


def _line_of_deep_key(text: str) -> int | None:
    """The line with a key (`a.b.c`) of parts beyond any sense: tomllib takes a minute for 50,000."""
    return next(
        (
            number
            for number, line in enumerate(text.split("\n"), start=1)
            if line.count(".") > _DEEPEST_KEY and _DEEP_KEY.search(_STRING.sub("_", line))
        ),
        None,
    )


def _advice(key: str, known: tuple[str, ...]) -> str:
    near = nearest(key, known)
    home = next((place for place, keys in _HOMES.items() if key in keys), None)
    if home and not (near and _is_slip(key, near)):
        return f"; it belongs under {home}"
    if near:
        return f'; did you mean "{near}"?'
    return f"; known are {', '.join(known)}"


def _is_slip(key: str, near: str) -> bool:
    """Whether a key is another but for a letter: `excludes` for `exclude`, though elsewhere it is a key of its own."""
    return bool(get_close_matches(key[:64].casefold(), [near.casefold()], cutoff=0.85))


def _alerts(table: _Table, folder: Path) -> Alerts:
    values = table.read(_ALERTS)
    if values.get("email") and not values.keys() >= {"sender", "smtp"}:
        raise ConfigError(
            f'{table.where} email needs sender and smtp too, as in smtp = "smtp://mail.your-paper.net:587"'
        )
    if "prometheus" in values:
        values["prometheus"] = folder / values["prometheus"]
    return Alerts(**values)


# ---- Sources ---------------------------------------------------------------------------------------------------------


def _sources(top: _Table, folder: Path) -> tuple[Source, ...]:
    rows = top.values.get("source", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{top.where} [source] is not a list of tables; write [[source]] above each source")
    defaults = top.table("defaults").read(_SHARED)
    sources: dict[str, Source] = {}
    for number, row in enumerate(rows, start=1):
        source = _source(_Table(f"{top.where} [[source]] {_label(row, number)}:", row), defaults, folder)
        if source.id in sources:
            raise ConfigError(_collision(_Table(top.where, row), source, sources[source.id]))
        sources[source.id] = source
    _check_renames(top.where, sources)
    return tuple(sources.values())


def _check_renames(where: str, sources: Mapping[str, Source]) -> None:
    """Refuse a `was` that cannot be: an id that is still in the file, or that two sources had."""
    by_old: dict[str, str] = {}
    for source in sources.values():
        if source.was is None:
            continue
        at = f'{where} [[source]] "{source.id}": was: "{source.was}"'
        if source.was in sources:
            raise ConfigError(
                f"{at} is still the id of a source in this file; name an id that is not, or leave was out"
            )
        if source.was in by_old:
            raise ConfigError(f'{at} is named by "{by_old[source.was]}" too; leave it in one of them')
        by_old[source.was] = source.id


def refuse_shared_listings(config: Config) -> None:
    """Raise ConfigError where two sources name one listing: its articles could be of either, by chance."""
    owners: dict[str, str] = {}
    for source in config.sources:
        for _, url in source.listings:
            if owners.setdefault(url, source.id) != source.id:
                raise ConfigError(
                    f'{config.path or DEFAULT_NAME}: [[source]] "{owners[url]}" and "{source.id}" both name {url}; '
                    "a listing belongs to one source, take it out of one of them"
                )


def _source(table: _Table, defaults: dict[str, Any], folder: Path) -> Source:
    own = table.read(_SHARED | _OWN)
    if "url" not in own:
        raise ConfigError(
            f'{table.where} url is missing; put the home page there, as in url = "https://www.bbc.co.uk/"'
        )
    listings = {
        key: _resolved(table.at(key), own[key], own["url"])
        for key in ("feeds", "sitemaps", "sections", "urls")
        if key in own
    }
    values = {"id": id_of(own["url"]), "name": urls.host(own["url"])} | defaults | own | listings
    common: dict[str, Any] = defaults.get("extract", {})
    generations: tuple[dict[str, Any], ...] = own.get("extract") or ({},)
    values["rules"] = tuple(SiteRules(**common | each) for each in generations) if common or any(generations) else ()
    values["fixtures"] = tuple(_fixture(table, each, own["url"], folder) for each in values.pop("fixture", ()))
    values.pop("extract", None)
    return Source(needs=needs.gather(values, folder), **values)


def _fixture(table: _Table, values: dict[str, Any], base: str, folder: Path) -> Fixture:
    where = table.at("fixture: url")
    html = values.get("html")
    return Fixture(**values | {"url": _normal(where, values["url"], base), "html": html and folder / html})


def _label(row: Mapping[str, Any], number: int) -> str:
    named = row.get("id") or row.get("url")
    return _shown(named) if isinstance(named, str) else f"number {number}"


def id_of(url: str) -> str:
    """The id of a source that names none: its host."""
    return re.sub(r"[^a-z0-9._-]+", "-", urls.host(url).removeprefix("www.")).strip("-._")


def _collision(table: _Table, source: Source, other: Source) -> str:
    return (
        f'{table.where} [[source]] "{source.id}": id is the same for {source.url} and {other.url}; '
        "give one of them another id"
    )


def _resolved(where: str, values: tuple[str, ...], base: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_normal(where, value, base) for value in values))


# ---- Values: each takes where it stands and what was written ---------------------------------------------------------

_Reader = Callable[[str, object], Any]


def _bad(where: str, value: object, what: str) -> ConfigError:
    return ConfigError(f"{where}: {_shown(value)} {what}")


def _plain(text: str) -> str:
    """Text of a file as it may stand in a message: on one line, and what a terminal would act upon as its number."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in fold(text))


def _shown(value: object) -> str:
    """The value as it may stand in a message: short, on one line, printable."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return _plain(str(value))[:80]
    short = _plain(value[:_LONGEST_TEXT])
    return f'"{short if len(short) <= 80 else short[:79] + "…"}"'


_LONGEST_TEXT: Final = 10_000  # characters; selectors and patterns beyond it take seconds to compile


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise _bad(where, value, "is not text; put it in quotes")
    if not value.strip():
        raise _bad(where, value, "is empty; leave the key out instead")
    if len(value) > _LONGEST_TEXT:
        raise _bad(where, value, f"is longer than {_LONGEST_TEXT:,} characters")
    if scrub(value) != value:
        raise _bad(where, value, "holds a control character")
    return value.strip()


def _line(where: str, value: object) -> str:
    text = _text(where, value)
    if "\n" in text:
        raise _bad(where, value, "has more than one line")
    return fold(text)


def _texts(where: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    for each in listed:
        if not isinstance(each, str):
            raise _bad(where, each, "is not text; write a list of texts, each in quotes")
    return tuple(dict.fromkeys(_text(where, each) for each in listed))


def _yes_or_no(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _bad(where, value, "is neither true nor false (without quotes)")
    return value


def _count(least: int, most: int = 1_000_000) -> _Reader:
    def read(where: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _bad(where, value, "is not a whole number (without quotes)")
        if value < least:
            raise _bad(where, value, f"is below {least}")
        if value > most:
            raise _bad(where, value, f"is above {most:,}")
        return value

    return read


_LONGEST_DURATION: Final = 40  # characters


def _duration(where: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        raise _bad(where, value, f'has no unit; write "{_shown(value)}s" for seconds')
    text = _line(where, value)
    if len(text) > _LONGEST_DURATION:
        raise _bad(where, value, f"is longer than {_LONGEST_DURATION} characters")
    try:
        return durations.seconds(text)
    except ValueError as error:
        raise _bad(where, value, str(error)) from error


def _durations(where: str, value: object) -> tuple[float, ...]:
    """Lengths of time, each longer than the one before."""
    listed = value if isinstance(value, list) else [value]
    found = tuple(_duration(where, each) for each in listed)
    for (text, shorter), (next_text, longer) in pairwise(zip(listed, (0.0, *found)[1:], strict=True)):
        if longer <= shorter:
            raise _bad(where, next_text, f"is not longer than {_shown(text)}; put the shortest first")
    if found and found[0] < _SOONEST_REVISIT:
        raise _bad(where, listed[0], "is shorter than a minute")
    return found


_SOONEST_REVISIT: Final = 60.0  # seconds


def _schedule(where: str, value: object) -> Schedule:
    text = _line(where, value)
    if len(text) > _LONGEST_SCHEDULE:
        raise _bad(where, value, f"is longer than {_LONGEST_SCHEDULE} characters")
    try:
        return schedule.parse(text)
    except ValueError as error:
        raise _bad(where, value, str(error)) from error


_LONGEST_SCHEDULE: Final = 200  # characters


def _timezone(where: str, value: object) -> ZoneInfo:
    text = _line(where, value)
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, LookupError) as error:  # ZoneInfoNotFoundError is a LookupError
        raise _bad(where, value, 'is no time zone; write one as in "Europe/Berlin"') from error


def _rights(where: str, value: object) -> Rights:
    text = _line(where, value)
    if text not in tuple(Rights):
        raise _bad(where, value, f"is none of {', '.join(Rights)}")
    return Rights(text)


def _mails(where: str, value: object) -> tuple[str, ...]:
    return tuple(_mail(where, each) for each in _texts(where, value))


def _mail(where: str, value: object) -> str:
    text = _line(where, value)
    if not _MAIL.fullmatch(text):
        raise _bad(where, value, "is no e-mail address")
    return text


def _smtp(where: str, value: object) -> str:
    text = _line(where, value)
    try:
        parts = urlsplit(text)
        complete = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        complete = False
    if not complete or parts.path.strip("/") or parts.query or parts.username or " " in text:
        raise _bad(where, value, 'is no mail server; write "smtp://HOST:PORT", or smtps, without a password')
    return text.rstrip("/")


def _url(where: str, value: object) -> str:
    return _normal(where, _line(where, value), None)


def _normal(where: str, value: str, base: str | None) -> str:
    try:
        return urls.normalize(value, base)
    except urls.BadURLError as error:
        raise _bad(where, value, str(error)) from error


def _id(where: str, value: object) -> str:
    text = _line(where, value)
    if not _ID.fullmatch(text):
        raise _bad(
            where, value, "is not an id: up to 64 of a-z, 0-9, dot, hyphen and underscore, a letter or digit first"
        )
    return text


def _language(where: str, value: object) -> str:
    text = _line(where, value)
    if not _LANGUAGE.fullmatch(text):
        raise _bad(where, value, 'is not a language tag such as "en" or "pt-BR"')
    primary, hyphen, rest = text.partition("-")
    return primary.lower() + hyphen + rest


def _hosts(where: str, value: object) -> tuple[str, ...]:
    return tuple(_host(where, each) for each in _texts(where, value))


def _host(where: str, value: str) -> str:
    """A host as the network will see it, with its port if one is named: `news.test`, `[::1]:8080`."""
    advice = 'is not a host; name each one, as in "news.test" or "news.test:8080"'
    try:
        normal = urls.normalize(f"http://{value}")
    except urls.BadURLError as error:
        raise _bad(where, value, advice) from error
    named = normal.removeprefix("http://").removesuffix("/")
    if "/" in named or "?" in named or any(char in value for char in "/*?#@"):
        raise _bad(where, value, advice)
    return f"{named}:80" if re.search(r":0*80$", value) else named


def _patterns(where: str, value: object) -> tuple[str, ...]:
    found = _texts(where, value)
    for pattern in found:
        _check_pattern(where, pattern)
    return found


def _check_pattern(where: str, pattern: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of today ("[[") will mean something else one day
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise _bad(where, pattern, f"is not a regular expression: {_plain(str(error))[:200]}") from error


def _selectors(where: str, value: object) -> tuple[str, ...]:
    found = _texts(where, value)
    for selector in found:
        _check_selector(where, selector)
    return found


def _check_selector(where: str, selector: str) -> None:
    """Compiled and run once: an unknown namespace prefix shows only when the selector is used."""
    try:
        CSSSelector(selector, translator="html")(etree.Element("html"))
    except (SelectorError, etree.LxmlError, ValueError, RecursionError) as error:
        raise _bad(where, selector, f"is not a CSS selector: {_plain(str(error))[:200]}") from error


def _links(where: str, value: object) -> tuple[str, ...]:
    found = _selectors(where, value)
    if not found:
        raise ConfigError(f'{where}: the list is empty; leave the key out for every link ("a[href]")')
    return found


def _extract(where: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} is not a table; write [defaults.extract] and its keys below")
    return _Table(f"{where}:", value).read(_EXTRACT)


def _generations(where: str, value: object) -> tuple[dict[str, Any], ...]:
    """One table, or several that follow upon each other: each holds until its day, the last for ever."""
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{where} is not a table; write [source.extract] and its keys below")
    read = tuple(
        _Table(f"{where} number {number}:" if len(rows) > 1 else f"{where}:", row).read(_EXTRACT | _UNTIL)
        for number, row in enumerate(rows, start=1)
    )
    for number, (before, after) in enumerate(pairwise(read), start=1):
        if before.get("until", date.max) >= after.get("until", date.max):
            raise ConfigError(
                f"{where} number {number + 1}: never holds; each [[source.extract]] but the last needs an until, "
                "the earliest first"
            )
    return read


def _fixtures(where: str, value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ConfigError(f"{where} is not a list of tables; write [[source.fixture]] above each")
    return tuple(
        _read_fixture(_Table(f"{where} {_label(row, number)}:", row)) for number, row in enumerate(value, start=1)
    )


def _read_fixture(table: _Table) -> dict[str, Any]:
    values = table.read(_FIXTURE)
    if "url" not in values:
        raise ConfigError(f"{table.where} url is missing; put the address of the page there")
    if not values.keys() & {"contains", "excludes", "title", "authors", "published", "outcome"}:
        raise ConfigError(f"{table.where} expects nothing; say what the text contains or excludes")
    return values


def _day(where: str, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _bad(where, value, "is not a day; write one as in 2026-03-01, without quotes")
    return value


def _outcome(where: str, value: object) -> Outcome:
    text = _line(where, value)
    if text not in _OUTCOMES:
        near = nearest(text, _OUTCOMES)
        advice = f'did you mean "{near}"?' if near else f"known are {', '.join(_OUTCOMES)}"
        raise _bad(where, value, f"is not an outcome of extraction; {advice}")
    return Outcome(text)


def _path(where: str, value: object) -> Path:
    text = _line(where, value)
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # "~somebody" whose home nobody knows
        raise _bad(where, value, "is in a home folder that does not exist") from error


def _user_agent(where: str, value: object) -> str:
    text = _line(where, value)
    fault = needs.fault_of_user_agent(text)
    if fault and needs.has_template_contact(text):
        raise ConfigError(f"{where} {fault}")
    if fault:
        raise _bad(where, value, fault)
    return text


def _proxy(where: str, value: object) -> str:
    text = _line(where, value)
    if fault := needs.fault_of_proxy(text):
        raise _bad(where, value, fault)
    return text.rstrip("/")


_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")

_TABLES: Final = ("project", "defaults", "alerts", "source")

_PROJECT: Final[Mapping[str, _Reader]] = {
    "allow_private": _hosts,
    "archive": _path,
    "polls": _count(1),
    "proxy": _proxy,
    "timezone": _timezone,
    "user_agent": _user_agent,
    "workers": _count(1, MOST_WORKERS),
}

_ALERTS: Final[Mapping[str, _Reader]] = {
    "email": _mails,
    "prometheus": _path,
    "sender": _mail,
    "smtp": _smtp,
    "smtp_user": _line,
    "webhook": _url,
}

# What extraction alone can make of a page.
_OUTCOMES: Final = (
    *(Outcome.SAVED, Outcome.NOT_ARTICLE, Outcome.TOO_SHORT),
    *(Outcome.NOT_HTML, Outcome.TOO_BIG, Outcome.ERROR),
)

# What stands below `[source.extract]` and `[defaults.extract]`.
_EXTRACT: Final[dict[str, _Reader]] = {
    "body": _selectors,
    "captions": _selectors,
    "keep": _selectors,
    "remove": _selectors,
}
_UNTIL: Final[dict[str, _Reader]] = {"until": _day}

# What stands below `[[source.fixture]]`.
_FIXTURE: Final[Mapping[str, _Reader]] = {
    "authors": _texts,
    "contains": _texts,
    "excludes": _texts,
    "fetched": _day,
    "html": _path,
    "outcome": _outcome,
    "published": _day,
    "title": _line,
    "url": _line,
}

# What a source may leave to [defaults]. A source's own value takes the place of the default, lists too; the keys of
# `extract` do so one by one.
_SHARED: Final[dict[str, _Reader]] = {
    "autodiscover": _yes_or_no,
    "budget": _count(1),
    "delay": _duration,
    "enabled": _yes_or_no,
    "every": _schedule,
    "exclude": _patterns,
    "extract": _extract,
    "include": _patterns,
    "language": _language,
    "learn": _yes_or_no,
    "links": _links,
    "min_words": _count(0),
    "render": _yes_or_no,
    "revisit": _durations,
    "rights": _rights,
}

# What names one site and therefore stands under [[source]] alone.
_OWN: Final[dict[str, _Reader]] = {
    **needs.READERS,
    "allow_private": _hosts,
    "extract": _generations,
    "feeds": _texts,
    "fixture": _fixtures,
    "id": _id,
    "name": _line,
    "sections": _texts,
    "sitemaps": _texts,
    "url": _url,
    "urls": _texts,
    "verify_tls": _yes_or_no,
    "was": _id,
}

# Where a key belongs that was written in the wrong table.
_HOMES: Final[Mapping[str, Iterable[str]]] = {
    "[project]": _PROJECT,
    "[alerts]": _ALERTS,
    "[[source]]": _OWN,
    "[[source]] or [defaults]": _SHARED,
    "[source.extract]": _EXTRACT | _UNTIL,
    "[[source.fixture]]": _FIXTURE,
}
