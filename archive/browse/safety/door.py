"""Where passwords wait to be checked: one at a time, in a thread, so that nobody who reads is held up by a guess.

Checking takes a core for a quarter of a second. Whoever has failed least is next, and whoever has failed most gives way
where too many wait: guesses by the thousand delay each other, and the owner least of all. A browser in which somebody
has logged in before is known by a cookie and counted by itself, whatever others do at the same address.
"""

import asyncio
import hmac
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from archive.browse.safety.passwords import Failures, PasswordHash

MOST_WAITING: Final = 32  # logins at once
_PAUSE: Final = 1.0  # seconds after the first wrong password of somebody ...
_LONGEST: Final = 60.0  # ... and after the seventh
_PAUSE_OF_ALL: Final = 0.02  # seconds between two checks after a wrong password of anybody ...
_LONGEST_OF_ALL: Final = 2.0  # ... and after the eighth
_ALL: Final = "all"
_ID: Final = 16  # bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right; `wait` are the seconds after which it will be looked at, where it was not."""

    is_right: bool
    wait: int = 0


@dataclass(eq=False, slots=True)
class _Knock:
    who: str
    user: str
    password: str = field(repr=False)
    is_known: bool
    answer: asyncio.Future[Verdict]


class Door:
    """Checks passwords, and remembers who guesses."""

    def __init__(self, password: PasswordHash, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password
        self._clock = clock
        self._each = Failures(first=_PAUSE, most=_LONGEST)
        self._all = Failures(first=_PAUSE_OF_ALL, most=_LONGEST_OF_ALL)
        self._waiting: list[_Knock] = []
        self._work: asyncio.Task[None] | None = None
        self._key = password.key("browsers in which somebody has logged in")

    async def knock(self, client: str, user: str, password: str, browser: str = "") -> Verdict:
        """Say whether a password is right. `browser` is what `known` gave it when somebody logged in there."""
        is_known = self._is_known(browser)
        who = browser if is_known else client
        if (wait := self._each.wait(who, self._clock())) > 0:
            return Verdict(is_right=False, wait=math.ceil(wait))
        knock = _Knock(who, user, password, is_known, asyncio.get_running_loop().create_future())
        if len(self._waiting) >= MOST_WAITING and not self._made_room(knock):
            return _LATER
        self._waiting.append(knock)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._check_all())
        return await knock.answer

    def known(self) -> str:
        """Return what a browser is given to be known by."""
        name = secrets.token_hex(_ID)
        return f"{name}.{self._signature(name)}"

    def _is_known(self, browser: str) -> bool:
        name, _, signature = browser.partition(".")
        return hmac.compare_digest(self._signature(name).encode(), signature.encode("utf-8", "replace"))

    def _signature(self, name: str) -> str:
        return hmac.digest(self._key, name.encode("utf-8", "replace"), "sha256").hex()

    def _rank(self, knock: _Knock) -> tuple[bool, int]:
        """Lower is next: known browsers, then by failures."""
        return not knock.is_known, self._each.count(knock.who, self._clock())

    def _made_room(self, knock: _Knock) -> bool:
        last = max(self._waiting, key=self._rank)
        if self._rank(last) <= self._rank(knock):
            return False
        self._waiting.remove(last)
        _tell(last, _LATER)
        return True

    async def _check_all(self) -> None:
        while self._waiting:
            if not any(knock.is_known for knock in self._waiting):
                await asyncio.sleep(self._all.wait(_ALL, self._clock()))
            knock = min(self._waiting, key=self._rank)
            self._waiting.remove(knock)
            if not knock.answer.done():  # nobody waits for it any more
                try:
                    _tell(knock, await self._checked(knock))
                except BaseException:
                    knock.answer.cancel()
                    raise

    async def _checked(self, knock: _Knock) -> Verdict:
        # Others of the same client may have been wrong while this one waited.
        if (wait := self._each.wait(knock.who, self._clock())) > 0:
            return Verdict(is_right=False, wait=math.ceil(wait))
        if await asyncio.to_thread(self._password.admits, knock.user, knock.password):
            self._each.forget(knock.who)
            return Verdict(is_right=True)
        self._each.note(knock.who, self._clock())
        self._all.note(_ALL, self._clock())
        return Verdict(is_right=False)


_LATER: Final = Verdict(is_right=False, wait=5)


def _tell(knock: _Knock, verdict: Verdict) -> None:
    if not knock.answer.done():
        knock.answer.set_result(verdict)
