"""What may be done with a text, by all that its publisher says: one decision for each use, with what it rests on. Pure.

Signals in, decisions out; the strictest comes first. What is done about a decision is settled elsewhere: exports and
`publish` leave out what is reserved, `rights` of cuttings.toml says whether it is filed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive.rights import licences
from archive.rights.licences import UNREAD, UNREADABLE, Term
from archive.rights.signals import Signal, SignalKind, Use, denied, denies, fits, preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A signal with its place, an address, and when it was last read there (UTC, as it is stored)."""

    signal: Signal
    place: str = ""
    seen_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Something said, and the uses that it denies."""

    said: Said
    uses: frozenset[Use]

    @property
    def reason(self) -> str:
        """The words, the place and the date in a line."""
        signal = self.said.signal
        place = signal.location if signal.kind is SignalKind.RSL_FEED else self.said.place
        where = ", ".join(filter(None, (place, self.said.seen_at and f"read {self.said.seen_at[:10]}")))
        return f"{_NAMES.get(signal.kind, signal.kind)} says {signal.value}{f' ({where})' if where else ''}"

    @property
    def is_settled(self) -> bool:
        """False where a licence was named that is yet to be read."""
        return not is_unread(self.said.signal)


_NAMES: Final = {SignalKind.RSL_FEED: "the feed in rsl"}


@dataclass(frozen=True, slots=True)
class Decisions:
    """What denies a use, the strictest first; nothing denied is allowed."""

    denials: tuple[Denial, ...] = ()

    def allows(self, use: Use) -> bool:
        """Whether a use is allowed."""
        return self.denying(use) is None

    def denying(self, use: Use) -> Denial | None:
        """The strictest of what denies a use; None where nothing does."""
        return next((denial for denial in self.denials if use in denial.uses), None)

    def reasons(self) -> tuple[tuple[str, str], ...]:
        """What is denied by what, in words, the strictest first."""
        return tuple(
            (", ".join(use for use in Use if use in denial.uses), denial.reason) for denial in self.denials[:_MOST]
        )

    @property
    def settled(self) -> Denial | None:
        """The strictest of what denies a use by words that were read; None where it is all yet to be read."""
        return next((denial for denial in self.denials if denial.is_settled), None)

    @property
    def reserved(self) -> str | None:
        """What keeps a text out of exports, as `articles.reserved` has it; None where nothing does."""
        kinds = (denial.said.signal.kind for denial in self.denials if Use.EXPORT in denial.uses)
        return " ".join(dict.fromkeys(_RESERVING.get(kind, kind) for kind in kinds)) or None


_MOST: Final = 10  # reasons that are told
_RESERVING: Final = {SignalKind.RSL_FEED: SignalKind.RSL}
_OF_RSL: Final = frozenset({SignalKind.RSL, SignalKind.RSL_FEED})


def is_unread(signal: Signal) -> bool:
    """Whether a signal says that a licence is yet to be read, and no more."""
    return is_unreadable(signal) or (signal.kind is SignalKind.RSL and signal.value.startswith(UNREAD))


def is_unreadable(signal: Signal) -> bool:
    """Whether a signal says that a licence was asked for, and could not be had or read."""
    return signal.kind in _OF_RSL and signal.value.startswith(UNREADABLE)


def decide(url: str, page: Sequence[Said] = (), site: Sequence[Said] = ()) -> Decisions:
    """Decide for the text at an address: by what its page says, or a feed of it, and by what its site says."""
    found = [
        *(_denial(said) for said in page if said.signal.reserves and said.signal.kind not in _OF_RSL),
        *_of_files(url, site, freed=_is_freed(page)),
        *_of_licences(url, page, site),
    ]
    order = list(SignalKind)
    return Decisions(
        tuple(
            sorted(found, key=lambda each: (-len(each.uses), not each.is_settled, order.index(each.said.signal.kind)))
        )
    )


def _denial(said: Said) -> Denial:
    return Denial(said=said, uses=denied(said.signal.kind, said.signal.value))


def _is_freed(page: Iterable[Said]) -> bool:
    """Whether a page says by itself that nothing is reserved: that goes before the tdmrep.json of its host."""
    own = {said.signal.value for said in page if said.signal.kind in _TDM_OF_PAGES}
    return "tdm-reservation=0" in own and "tdm-reservation=1" not in own


_TDM_OF_PAGES: Final = frozenset({SignalKind.TDM_HEADER, SignalKind.TDM_META})


# Files of the site but licences ---------------------------------------------------------------------------------------


def _of_files(url: str, site: Sequence[Said], *, freed: bool) -> Iterator[Denial]:
    """What robots.txt, ai.txt and tdmrep.json deny. Of those with a location the longest that fits decides."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    fitting = [said for said in site if said.signal.location is None or fits(said.signal.location or "/", path)]
    fitting.sort(key=lambda said: -len(said.signal.location or ""))
    longest = next((said for said in fitting if said.signal.kind is SignalKind.TDMREP), None)
    if longest is not None and longest.signal.reserves and not freed:
        yield _denial(longest)
    yield from _of_preferences([said for said in fitting if said.signal.kind is SignalKind.CONTENT_SIGNAL])
    elsewhere = {SignalKind.TDMREP, SignalKind.CONTENT_SIGNAL, *_OF_RSL}
    yield from (_denial(said) for said in fitting if said.signal.reserves and said.signal.kind not in elsewhere)


def _of_preferences(fitting: Sequence[Said]) -> Iterator[Denial]:
    """What Content-Signal and Content-Usage deny: each key by the longest path, of two as long the stricter."""
    decided: dict[str, int] = {}
    found: dict[int, set[Use]] = {}
    for number, said in enumerate(fitting):
        length = len(said.signal.location or "")
        if said.signal.location is None and not said.signal.reserves:
            continue  # of the whole site, said to another robot or allowing: it takes nothing back
        for key, value in preferences(said.signal.value):
            if decided.setdefault(key, length) == length:
                found.setdefault(number, set()).update(denies(key, value) if said.signal.reserves else ())
    yield from (Denial(said=fitting[number], uses=frozenset(uses)) for number, uses in found.items() if uses)


# Licences in RSL ------------------------------------------------------------------------------------------------------


def _of_licences(url: str, page: Sequence[Said], site: Sequence[Said]) -> Iterator[Denial]:
    """What licences deny: those of the page itself; of what they do not speak of, those of its site (section 4.9)."""
    spoken: set[str] = set()
    for level in (page, site):
        heard: set[str] = set()
        for file in _by_place(level).values():
            yield from (Denial(said=said, uses=_UNKNOWN) for said in file if is_unread(said.signal))
            terms = {_term(said, of_page=level is page): said for said in file if not is_unread(said.signal)}
            verdicts = {
                usage: term for usage, term in licences.verdicts(tuple(terms), url).items() if usage not in spoken
            }
            heard |= verdicts.keys()
            yield from _denials(verdicts, terms)
        spoken |= heard


_UNKNOWN: Final = frozenset({Use.EXPORT, Use.TRAIN})


def _by_place(level: Iterable[Said]) -> dict[str, list[Said]]:
    files: dict[str, list[Said]] = {}
    for said in level:
        if said.signal.kind in _OF_RSL:
            feed = said.signal.location if said.signal.kind is SignalKind.RSL_FEED else None
            files.setdefault(feed or said.place, []).append(said)
    return files


def _term(said: Said, *, of_page: bool) -> Term:
    """A term; what stands on a page, or in a feed about it, is said of that page."""
    own = of_page and (said.signal.kind is SignalKind.RSL_FEED or said.signal.location is None)
    return Term(
        licence=licences.of_words(said.signal.value),
        location="" if own else said.signal.location or "",
    )


def _denials(verdicts: Mapping[str, Term | None], terms: Mapping[Term, Said]) -> Iterator[Denial]:
    by_term: dict[Term, list[str]] = {}
    for usage, term in verdicts.items():
        if term is not None:
            by_term.setdefault(term, []).append(usage)
    for term, usages in by_term.items():
        yield Denial(said=terms[term], uses=licences.denied(usages))
