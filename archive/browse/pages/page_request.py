"""What every page of ours needs: the archive among the attached files, who may see it, questions that end in time.

Asynchronous and thin: reading is done by plain functions in Datasette's threads, within its time limit for a query.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from datasette.database import QueryInterrupted  # type: ignore[import-untyped]  # Datasette ships no types
from datasette.utils import sqlite_timelimit  # type: ignore[import-untyped]
from datasette.utils.asgi import NotFound, Response  # type: ignore[import-untyped]

from archive.browse import bridge
from archive.browse.look.render import HEADERS, page, style_address
from archive.errors import UsageError
from archive.storage.connection import APPLICATION_ID
from archive.storage.rows import first

_Answer = TypeVar("_Answer")


class TooSlowError(bridge.PageError):  # type: ignore[misc]  # untyped
    """A question took longer than Datasette's time limit allows, or more memory than there is for it."""

    def __init__(self) -> None:
        super().__init__(
            "The archive has too much to do; try again in a moment.", status=HTTPStatus.SERVICE_UNAVAILABLE
        )


# The archive among the attached files --------------------------------------------------------------------------------


async def find_archive(datasette: Any) -> Any | None:
    """Return the first attached database that is an archive of ours, whatever its name."""
    for database in datasette.databases.values():
        if await is_archive(database):
            return database
    return None


async def is_archive(database: Any) -> bool:
    """Whether the database carries our application id. Asked once: an answer must not wait for a thread to be free."""
    if database not in _IDENTITIES:
        identity = await database.execute_fn(lambda conn: first(conn, "PRAGMA application_id")[0])
        _IDENTITIES[database] = identity == APPLICATION_ID
    return _IDENTITIES[database]


_IDENTITIES: Final[WeakKeyDictionary[Any, bool]] = WeakKeyDictionary()


async def enter(datasette: Any, request: Any, tables: Iterable[str] = ("articles",)) -> Any:
    """Return the archive. Raises NotFound where there is none, and Forbidden where Datasette's own pages would.

    `tables` are those that the page shows: who may not see one of them does not see the page.
    """
    database = await find_archive(datasette)
    if database is None:
        raise NotFound("None of the attached files is an archive of Cuttings")
    for table in tables:
        await bridge.permit(datasette, request.actor, database.name, table)
    return database


# Questions -----------------------------------------------------------------------------------------------------------


async def ask(datasette: Any, database: Any, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
    """Return what a function makes of a connection. Raises TooSlowError where that takes too long."""
    limit = datasette.setting("sql_time_limit_ms")

    def timed(conn: sqlite3.Connection) -> _Answer:
        with sqlite_timelimit(conn, limit):
            return question(conn)

    try:
        answer: _Answer = await database.execute_fn(timed)
    except QueryInterrupted as error:
        raise TooSlowError from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM}:
            raise TooSlowError from error
        raise
    return answer


async def ask_or_none(
    datasette: Any, database: Any, question: Callable[[sqlite3.Connection], _Answer]
) -> _Answer | None:
    """Return the answer, or None where it takes too long: it costs its own part of a page only."""
    try:
        return await ask(datasette, database, question)
    except TooSlowError:
        return None


# What was asked for --------------------------------------------------------------------------------------------------


class Asked:
    """The parameters of a request. What cannot be meant raises UsageError, which names it; nothing is ignored.

    Those in `many` may be given more than once: each adds a value.
    """

    def __init__(self, args: Any, known: Sequence[str], many: Sequence[str] = ()) -> None:
        self._args = args
        self._known = known
        self._many = frozenset(many)
        # As they were typed, for a form to show them again.
        self.shown = {name: self.texts(name) if name in self._many else self.text(name) for name in known}

    def check(self) -> None:
        """Raise UsageError for a parameter that this page does not have, or has once only."""
        for name in self._args.keys():  # noqa: SIM118 - Datasette's own multi-valued mapping
            if name not in self._known:
                known = ", ".join(self._known) if self._known else "none"
                raise UsageError(f'this page has no parameter "{name[:40]}"; it has {known}')
            if name not in self._many and len(self._typed(name)) > 1:
                raise UsageError(f"{name}: is given {len(self._typed(name))} times; this page takes one")

    def text(self, name: str) -> str:
        """Return a text, "" where there is none."""
        return next(iter(self._typed(name)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a parameter that may be given more than once, each once."""
        return tuple(dict.fromkeys(self._typed(name)))

    def _typed(self, name: str) -> list[str]:
        return [str(value) for value in self._args.getlist(name) if value]

    def number(self, name: str, least: int = 1) -> int | None:
        """Return a whole number of up to nine digits."""
        typed = self.text(name)
        if not typed:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", typed) or int(typed) < least:
            raise UsageError(f'{name}: "{typed[:40]}" is not a number from {least} on')
        return int(typed)

    def day(self, name: str) -> date | None:
        """Return a day."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError as error:
            raise UsageError(f'{name}: "{typed[:40]}" is not a day; write it as 2026-11-23') from error

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return one of these; the first where nothing is chosen."""
        typed = self.text(name)
        if typed and typed not in choices:
            raise UsageError(f'{name}: "{typed[:40]}" is none of {", ".join(choices)}')
        return typed or choices[0]

    def link(self, path: str, **changed: object) -> str:
        """Return a path with these parameters, some changed; None leaves one out."""
        kept = {**self.shown, **changed}
        pairs = ((name, each) for name, value in kept.items() for each in (value if type(value) is tuple else (value,)))
        query = urlencode([(name, value) for name, value in pairs if value not in (None, "")])
        return path + (f"?{query}" if query else "")


# Answers -------------------------------------------------------------------------------------------------------------


async def html(
    datasette: Any, request: Any, database: Any, template: str, status: HTTPStatus = HTTPStatus.OK, **shown: object
) -> Response:
    """Return a page of ours."""
    body = page(
        template,
        name=await bridge.title(datasette) or "News archive",
        who=request.actor,
        database=database.name,
        path=datasette.urls.path,
        table=lambda name: datasette.urls.table(database.name, name),
        data=datasette.urls.database(database.name),
        style=datasette.urls.path(style_address("cuttings")),
        **shown,
    )
    return Response.html(body, status=status.value, headers=dict(HEADERS))
