"""Hosts that ask to be left alone. Each has several addresses waiting; after the first answer none is asked for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.robustness.hostile.answers import Answer, Asked, Table, redirect, reply, story
from tests.robustness.hostile.families.family import ENDING, Family

WAITING = 4  # addresses of each host


def _busy(after: str | None, status: int = 429) -> Answer:
    return reply(status=status, headers=[("Retry-After", after)] if after is not None else [])


def _until(wait: timedelta) -> Answer:
    def answer(asked: Asked) -> bool:
        return _busy(format_datetime(datetime.now(UTC) + wait, usegmt=True))(asked)

    return answer


# Host -> its answer to everything, and the least and the most seconds that it is left alone.
HOSTS: dict[str, tuple[Answer, int, int]] = {
    "seconds": (_busy("3600"), 3_590, 3_600),
    "unavailable": (_busy("7200", 503), 7_190, 7_200),
    "date": (_until(timedelta(hours=5)), 17_900, 18_000),
    "unsaid": (_busy(None), 3_590, 3_600),
    "negative": (_busy("-1"), 3_590, 3_600),
    "garbage": (_busy("soon; <script>"), 3_590, 3_600),
    "billion": (_busy("1000000000"), 86_390, 86_400),
    "digits": (_busy("9" * 500), 86_390, 86_400),
    "year-9999": (_busy("Fri, 31 Dec 9999 23:59:59 GMT"), 86_390, 86_400),
    "arabic": (_busy("٣٦٠٠"), 3_590, 3_600),
    "fraction": (_busy("120.5"), 3_590, 3_600),
}
_TABLE: Table = {
    f"//{name}.{ENDING}/{number}": ("", answer) for name, (answer, _, _) in HOSTS.items() for number in range(WAITING)
}

SPELLINGS = (f"seconds.{ENDING}", f"SECONDS.{ENDING}", f"seconds.{ENDING}.", f"user@seconds.{ENDING}")
# Its pages lead to a host that is left alone; it has asked for nothing itself.
LINKS = f"links.{ENDING}"
_LINKS: Table = {
    **{
        f"//{LINKS}/{number}": ("", redirect(f"http://{name}:@HTTP@/{number}")) for number, name in enumerate(SPELLINGS)
    },
    f"//{LINKS}/own": ("saved", story("a page of its own")),
}

SHORT = f"short-pause.{ENDING}"
_asked: set[int] = set()  # ports of the servers whose short pause is over


def _once(asked: Asked) -> bool:
    """Busy for two seconds, whatever is asked for first; then all is well."""
    if asked.port in _asked:
        return story(f"after a pause {asked.target}")(asked)
    _asked.add(asked.port)
    return _busy("2")(asked)


_SHORT: Table = {f"//{SHORT}/{number}": ("", _once) for number in range(WAITING)}
_LIST = "\n".join(f"http:{key.replace(ENDING, f'{ENDING}:@HTTP@')}" for key in _TABLE | _LINKS | _SHORT)

FAMILY = Family(
    name="pauses",
    table=_TABLE | _LINKS | _SHORT | {"/all.txt": ("", reply(_LIST, kind="text/plain"))},
    source='urls = ["/all.txt"]',
)
