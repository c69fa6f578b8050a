"""Starting Datasette on an archive, with our metadata and safe settings, until somebody ends it.

Datasette is imported inside the functions (2.3 s). It prints nothing: `ready` is called with the address once it
answers.
"""

import asyncio
import errno
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from archive.browse.safety import query_bounds
from archive.browse.safety.hosts import Hosts, is_loopback, named, split_base_url
from archive.browse.safety.passwords import USER, PasswordHash
from archive.browse.table_metadata import metadata
from archive.errors import CuttingsError, UsageError
from archive.storage.connection import open_reader
from archive.storage.rows import rows

HOST: Final = "127.0.0.1"
PORT: Final = 8001

_SETTINGS: Final = {
    "default_cache_ttl": 0,  # the live file changes with every crawl
    "allow_download": False,  # the whole file: nobody's wish in passing, and hours for a million articles
    "default_facet_size": 12,  # thirty push the rows off the screen; "..." shows all
    "max_returned_rows": 1_000,
    "num_sql_threads": 4,
    "sql_time_limit_ms": 1_000,
    "truncate_cells_html": 300,  # a table shows the beginning of a text, its row page all of it
    "suggest_facets": False,  # 146 of the 198 ms that a table page took with a million articles
}
_LAST_PORT: Final = 65_535
_GRACE_SECONDS: Final = 3  # for answers under way when it is ended


def settings(base_url: str = "/", *, sql: bool) -> dict[str, Any]:
    """Return Datasette's settings. `sql`: whether readers may write SQL of their own."""
    return {**_SETTINGS, "default_allow_sql": sql, "base_url": base_url}


def datasette(
    database: Path,
    *,
    host: str = HOST,
    base_url: str = "/",
    sql: bool = False,
    password_hash: str | None = None,
    allowed: Iterable[str] = (),
) -> Any:
    """Return a Datasette on the live archive; crawls may go on while it reads.

    It answers as the host it listens on, as this machine's own names, and as the hosts `allowed`. A base URL is a path,
    or the whole address that a proxy offers it under. Readers may write SQL where only this machine reaches it,
    or where `sql` says so.
    With the hash of a password nobody sees anything who has not logged in. Raises ArchiveError for another file,
    UsageError for what is no hash.
    """
    from archive.browse.safety.application import ArchiveDatasette
    from archive.browse.safety.bounded_database import ArchiveDatabase

    _print_errors_briefly()
    _hash_nothing_for_anybody()
    with closing(open_reader(database)) as conn:  # says what is wrong with the file in a sentence
        counts = {row["name"]: row["amount"] for row in rows(conn, "SELECT name, amount FROM table_counts")}
    password = PasswordHash.parse(password_hash) if password_hash else None
    about = metadata(database.stem, counts) | ({"allow": {"id": USER}} if password else {})
    origin, path = split_base_url(base_url)
    names = frozenset(map(named, allowed))
    at_home = is_loopback(host) and not names and origin is None
    app = ArchiveDatasette(
        [str(database)],
        hosts=Hosts(bound=host, named=names, origin=origin),
        password=password,
        metadata=about,
        settings=settings(path, sql=sql or at_home),
    )
    app.remove_database(database.stem)
    app.add_database(ArchiveDatabase(app, str(database)), name=database.stem)
    return app


def _print_errors_briefly() -> None:
    """Keep Datasette from printing every 404 and every slow query as pages of traceback with all local values.

    It does so wherever rich is installed. What is a real fault (500) it prints as a plain traceback all the same.
    """
    from datasette import handle_exception  # type: ignore[import-untyped]  # only once datasette.app is loaded

    handle_exception.rich = None


def _hash_nothing_for_anybody() -> None:
    """Leave the pages of datasette-auth-passwords out: they check passwords where all requests are answered.

    One of them makes a hash of whatever anybody sends it. Eight at once held up every reader for seconds.
    """
    from datasette.plugins import pm  # type: ignore[import-untyped]

    if (plugin := next((each for name, each in pm.list_name_plugin() if name == _LOGIN_PLUGIN), None)) is not None:
        pm.unregister(plugin)


_LOGIN_PLUGIN: Final = "auth_passwords"  # the name of its entry point


def serve(
    database: Path,
    *,
    host: str = HOST,
    port: int = PORT,
    base_url: str = "/",
    sql: bool = False,
    password_hash: str | None = None,
    allowed: Iterable[str] = (),
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve the archive until Ctrl-C or SIGTERM, then return. `ready` gets the address once it answers.

    Port 0 takes any free one. Raises UsageError where the port cannot be had, ArchiveError where there is no archive.
    """
    with closing(_bound(host, port)) as listening, closing(sqlite3.connect(":memory:")) as conn:
        app = datasette(database, host=host, base_url=base_url, sql=sql, password_hash=password_hash, allowed=allowed)
        query_bounds.bound_heap(conn)  # of this process, for good: from here on it is the server's
        address = _address(host, listening.getsockname()[1], split_base_url(base_url)[1])
        asyncio.run(_serve(app, listening, lambda: ready(address)))


async def _serve(app: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Tells when it answers, and ends by returning: uvicorn's own raises the signal again behind itself."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            with _signals_to(self.handle_exit):
                yield

    await app.invoke_startup()
    config = uvicorn.Config(
        app.app(),
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=["127.0.0.1", "::1"],  # nobody else may say where a request came from, and by https
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    await Server(config).serve(sockets=[listening])


@contextmanager
def _signals_to(handle: Callable[[int, Any], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen to signals
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bound(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:  # getaddrinfo makes 4464 of 70000
        raise UsageError(f"--port: {port} is not between 0 and {_LAST_PORT}")
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address[:2], family=family)
    except (socket.gaierror, UnicodeError) as error:  # the second for what cannot even be a name
        raise UsageError(f'--host: "{host}" is not an address of this machine') from error
    except OSError as error:
        raise _refused(host, port, error) from error


def _refused(host: str, port: int, error: OSError) -> CuttingsError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {port} on {host} is in use by another program; choose another one with --port")
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} is kept for the system's own programs; choose one above 1023 with --port")
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f'--host: "{host}" is not an address of this machine')
    return CuttingsError(f"cannot listen on {host} port {port}: {error.strerror or error}")


def _address(host: str, port: int, base_url: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}" + (base_url if base_url != "/" else "")
