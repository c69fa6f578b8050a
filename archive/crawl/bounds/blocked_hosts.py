"""When a host that keeps refusing us is left alone, and for how long: how it received us in, a pause out. Pure.

A challenge page (one that a browser has to solve) and five refusals in a row pause the host, not the URL. Nothing is
done to get around either.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Final

IN_A_ROW: Final = 5  # refusals, without an answer between, that pause a host
FIRST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=1)
_DOUBLINGS: Final = 5  # from the first pause to more than the longest


class Reception(Enum):
    """How a host received a request of ours."""

    REFUSED = auto()
    LIMITED = auto()  # asks for rest (429)
    CHALLENGED = auto()  # asks for the proof that a person is there
    ANSWERED = auto()  # with a body; it is not known yet whether that is a page or a challenge
    READ = auto()  # with a page, which was read and is no challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a host has thought of us lately: refusals in a row, and pauses for them, each twice as long as the last."""

    refusals: int = 0
    pauses: int = 0


def after(standing: Standing, reception: Reception) -> tuple[Standing, timedelta | None]:
    """The standing after one more answer, and for how long the host is left alone now; None where it is not.

    An answer to a poll of a feed ends a row of refusals. Only a page that was read ends the memory of pauses: the feeds
    of many hosts are open while their pages are not.
    """
    if reception is Reception.READ:
        return Standing(), None
    if reception is Reception.ANSWERED:
        return replace(standing, refusals=0), None
    refusals = standing.refusals + 1
    if reception is not Reception.CHALLENGED and refusals < IN_A_ROW:
        return replace(standing, refusals=refusals), None
    pause = min(FIRST * 2 ** min(standing.pauses, _DOUBLINGS), LONGEST)
    return Standing(refusals=refusals, pauses=standing.pauses + 1), pause


_BY_STATUS: Final = {401: Reception.REFUSED, 403: Reception.REFUSED, 429: Reception.LIMITED}


def reception_of(status: int, mitigated: str | None) -> Reception | None:
    """How a host received us, by status and `cf-mitigated`. None for what says nothing of that (404, 500 ...)."""
    if status >= 400 and (mitigated or "").strip().lower() == "challenge":
        return Reception.CHALLENGED
    if 200 <= status <= 299 or status == 304:
        return Reception.ANSWERED
    return _BY_STATUS.get(status)


# In so many runs a URL has been refused, while its host gave us other pages, when it is taken to be refused itself.
_OWN: Final = {Reception.REFUSED: 1, Reception.CHALLENGED: 2}


def is_its_own(standing: Standing, reception: Reception, runs: int) -> bool:
    """Whether a refusal is of the URL alone and says nothing of its host: it was refused in `runs` runs before."""
    return standing.pauses == 0 and reception in _OWN and runs >= _OWN[reception]


def reason_of(standing: Standing, reception: Reception, detail: str) -> str:
    """Why a host is left alone, for a person."""
    if reception is Reception.CHALLENGED:
        return f"a challenge page: {detail}"
    return f"{standing.refusals} refusals in a row: {detail}"
