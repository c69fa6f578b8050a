"""RSL (Really Simple Licensing 1.0, https://rslstandard.org/rsl): what a licence denies for an address. Pure.

A licence is kept in words, one line each, as `Licence.words` writes them and `of_words` reads them: so that a person
reads in the table `rights` what the decision rests on. It is read conservatively, as section 3.1.1 asks: what is not
known expands no right. XML is read in `pipelines.page.rsl`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit

from archive.rights.signals import EVERY_USE, Use, fits
from archive.web.urls import host

# The usage vocabulary (section 3.4.1.1), and how older drafts and IETF aipref write it -> the uses it is made of.
_OF_AI: Final = frozenset({"ai-train", "ai-input", "ai-index"})
_TRAINING: Final = frozenset({"ai-train"})
_INPUT: Final = frozenset({"ai-input"})
USAGES: Final[Mapping[str, frozenset[str]]] = {
    "all": _OF_AI | {"search", "all"},
    **dict.fromkeys(("ai", "ai-all", "ai-use", "genai", "tdm", "text-and-data-mining"), _OF_AI),
    **dict.fromkeys(("ai-train", "ai-training", "train", "train-ai", "train-genai", "training"), _TRAINING),
    **dict.fromkeys(("ai-inference", "ai-input", "ai-search", "ai-summarize", "inference", "rag"), _INPUT),
    "ai-index": frozenset({"ai-index"}),
    "search": frozenset({"search"}),
}  # fmt: skip
# A use that is denied -> what is denied here for that. Each denies exports.
_DENIED: Final[Mapping[str, frozenset[Use]]] = {
    "all": EVERY_USE,
    "ai-train": frozenset({Use.EXPORT, Use.TRAIN}),
    "ai-input": frozenset({Use.EXPORT}),
    "ai-index": frozenset({Use.EXPORT}),
    "search": frozenset({Use.SHOW, Use.EXPORT}),
}
_LISTED: Final = frozenset({"ai-train", "ai-input"})  # of every version: left out of a list of permits, it is denied
_USERS: Final = frozenset({"commercial", "non-commercial", "education", "government", "personal"})
FREE: Final = frozenset({"attribution", "free"})  # types of payment that cost nothing
UNREAD: Final = "a licence that was not read yet"
UNREADABLE: Final = "a licence that could not be read"
_TOKEN: Final = re.compile(r"[^\s,;]+")


class _Verdict(Enum):
    DENIED = auto()
    CONDITIONAL = auto()  # permitted for money, with a token, to some
    UNLISTED = auto()  # something else is permitted
    FREE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One `license` of a `content`. Each field is a list of tokens but `payment` and `needs`, which are words.

    `payment` is what it costs, None where nothing. `needs` is what else a use takes: a token of a server, reports.
    """

    permits: tuple[str, ...] = ()
    prohibits: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    not_users: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    payment: str | None = None
    needs: tuple[str, ...] = ()

    def words(self) -> str:
        """The licence in a line: what denies first."""
        lists = [(name, " ".join(getattr(self, attribute))) for name, attribute in _LISTS]
        said = [f"{name}: {value}" for name, value in lists if value]
        said += [f"{_PAYMENT}: {self.payment}"] if self.payment else []
        said += [f"{_NEEDS}: {what}" for what in self.needs]
        return "; ".join(said) or _NOTHING

    @property
    def is_conditional(self) -> bool:
        """Whether what it permits is not free to everybody."""
        bounded = self.not_users or self.places or self.not_places or (self.users and not set(self.users) >= _USERS)
        return bool(bounded or self.needs or (self.payment and self.payment.split()[0] not in FREE))

    @property
    def reserves(self) -> bool:
        """Whether it denies training or mining by itself."""
        return any(self.verdict(usage) not in {None, _Verdict.FREE} for usage in _OF_AI)

    def verdict(self, usage: str) -> _Verdict | None:
        """What it says of a use; None where nothing."""
        if _covers(self.prohibits, usage):
            return _Verdict.DENIED
        if usage == "all":  # is denied by name alone
            return _Verdict.FREE if self.permits else None
        if usage != "search" and _has_unknown(self.prohibits):
            return _Verdict.DENIED
        if self.permits and not _covers(self.permits, usage):
            return _Verdict.UNLISTED if usage in _LISTED else None
        if self.is_conditional:
            return _Verdict.CONDITIONAL
        return None if self.prohibits and not self.permits else _Verdict.FREE


_LISTS: Final = (
    ("prohibits", "prohibits"), ("not to", "not_users"), ("not in", "not_places"), ("permits", "permits"),
    ("only to", "users"), ("only in", "places"),
)  # fmt: skip
_PAYMENT: Final = "payment"
_NEEDS: Final = "needs"
_NOTHING: Final = "free for all"


def of_words(words: str) -> Licence:
    """Read a line that `Licence.words` has written."""
    fields: dict[str, tuple[str, ...]] = {}
    payment, needs = None, []
    names = dict(_LISTS)
    for said in words.split("; "):
        name, _, value = said.partition(": ")
        if name in names:
            fields[names[name]] = tokens(value)
        elif name == _PAYMENT:
            payment = value
        elif said != _NOTHING:
            needs.append(value if name == _NEEDS else said)
    return Licence(**fields, payment=payment, needs=tuple(needs))


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a list, apart by spaces (1.0) or commas (0.9), in lower case, each once."""
    return tuple(dict.fromkeys(token.lower() for token in _TOKEN.findall(text)))


def _covers(listed: Iterable[str], usage: str) -> bool:
    return any(usage in USAGES.get(token, ()) for token in listed)


def _has_unknown(listed: Iterable[str]) -> bool:
    """Whether a list has a word of no version that we know: what is prohibited by it may be what is done here."""
    return any(token not in USAGES for token in listed)


# When a file is asked for -----------------------------------------------------------------------------------------

AGAIN: Final = timedelta(days=1)  # where it could not be read, once
EVERY: Final = timedelta(days=7)
MOST: Final = 50  # files of a source in one run: each page may name another


def is_due(asks: Sequence[tuple[datetime, bool]], now: datetime) -> bool:
    """Whether a file is to be asked for, by its last two tries (newest first): when, and whether it could be read."""
    if not asks:
        return True
    (last, good), *before = asks
    failed_before = bool(before) and not before[0][1]
    return not last <= now < last + (EVERY if good or failed_before else AGAIN)


# What a file says of an address ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A licence, and what it is said of: a pattern of RFC 9309, or an address with one; empty: all it is named for."""

    licence: Licence
    location: str = ""


def holds_for(location: str, url: str) -> bool:
    """Whether a term is said of an address, by its location. A path is one of the site that names the licence."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    place = location.strip()
    whole = _WHOLE.match(place)
    if whole:
        return _is_host(whole[1], url) and fits(place[whole.end() :] or "/", path)
    if place.startswith(("/", "*")) or not place:
        return fits(place or "/", path)
    name, slash, pattern = place.partition("/")
    if "." in name and slash and _is_host(name, url):  # a host without a scheme
        return fits(f"/{pattern}", path)
    return fits(f"/{place}", path)


_WHOLE: Final = re.compile(r"^(?:https?:)?//([^/]*)", re.IGNORECASE)


def _is_host(written: str, url: str) -> bool:
    name, ours = host(f"//{written.lower()}"), host(url)
    return name in {"*", ours} or (name.startswith("*.") and ours.endswith(name[1:]))


def verdicts(terms: Sequence[Term], url: str) -> dict[str, Term | None]:
    """Each use that is spoken of -> the term that denies it, None where it is free.

    What is said of the smaller part of a site goes before what is said of a larger one (section 3.1.1). Of one part a
    prohibition goes before a permission (3.6), and a free licence before one with conditions: each is an offer.
    """
    layers: dict[int, list[Term]] = {}
    for term in terms:
        if holds_for(term.location, url):
            layers.setdefault(len(_path(term.location)), []).append(term)
    found: dict[str, Term | None] = {}
    for usage in _DENIED:
        for _, layer in sorted(layers.items(), reverse=True):
            said = {verdict: term for term in reversed(layer) if (verdict := term.licence.verdict(usage))}
            if said:
                found[usage] = _denying(said)
                break
    return found


def denied(usages: Iterable[str]) -> frozenset[Use]:
    """What is denied here where these uses are."""
    return frozenset().union(*(_DENIED[usage] for usage in usages))


def _denying(said: Mapping[_Verdict, Term]) -> Term | None:
    if _Verdict.DENIED in said:
        return said[_Verdict.DENIED]
    if _Verdict.FREE in said:
        return None
    return said.get(_Verdict.CONDITIONAL) or said[_Verdict.UNLISTED]


def _path(location: str) -> str:
    """A location without scheme and host: its length tells how small a part it is of."""
    return _WHOLE.sub("", location.strip(), count=1)
