"""A finished snapshot of an archive, for a server that knows nothing of crawls: plain Datasette, or a container.

One state of the archive is copied (VACUUM INTO), what its publishers reserve is taken out of the copy with all its
traces, and counts are written down beside it. What belongs to crawling only (frontier, hosts, notices of alerts) stays
at home. The folder is made under another name and renamed when it is whole.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from archive.browse.serve import settings
from archive.browse.table_metadata import metadata
from archive.copies.wheel import make_wheel
from archive.copies.withheld import Withheld, disclosed, find, take_out
from archive.errors import FULL_IN_SQLITE, CuttingsError, StorageFullError, cannot_be_written
from archive.storage.connection import open_reader
from archive.storage.rows import first, rows

NAME: Final = "archive.db"
PART: Final = ".publish.part"
_PORT: Final = 8001


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a snapshot holds: articles in it, those left out for being reserved, and bytes of the database."""

    folder: Path
    articles: int
    left_out: int
    size: int


def publish(archive: Path, folder: Path, *, sql: bool, tell: Callable[[str], None] = lambda _what: None) -> Published:
    """Make the snapshot. `sql` lets its readers write queries of their own; `tell` is called with each step.

    Raises CuttingsError where the folder is there already or cannot be made, ArchiveError for what is no archive.
    """
    if folder.exists():
        raise CuttingsError(f"{folder}: is there already; name a folder that is not, or remove it first")
    if not folder.parent.is_dir():
        raise CuttingsError(f"{folder}: there is no folder {folder.parent}; make it first")
    part = folder.with_name(folder.name + PART)
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a publication that was killed
        part.mkdir()
        found = _fill(archive, part, folder, sql=sql, tell=tell)
        part.rename(folder)
    except OSError as error:
        raise cannot_be_written(folder, error) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in FULL_IN_SQLITE:
            raise StorageFullError(
                f"{folder}: the disk is full: nothing was published; make room and start again"
            ) from error
        raise CuttingsError(f"{folder}: the snapshot cannot be made ({error})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return found


def _fill(archive: Path, part: Path, folder: Path, *, sql: bool, tell: Callable[[str], None]) -> Published:
    tell("copying the archive")
    copy = part / "copy.db"
    with closing(open_reader(archive)) as conn:
        conn.execute("PRAGMA query_only = 0")  # VACUUM INTO writes the new file alone
        conn.execute("VACUUM INTO ?", (str(copy),))
    database = part / NAME
    with closing(sqlite3.connect(copy, isolation_level=None)) as conn:
        conn.execute("PRAGMA secure_delete = ON")
        tell("taking out what is reserved")
        withheld = _take_out(conn)
        tell("packing")
        conn.execute("VACUUM INTO ?", (str(database),))
    copy.unlink()
    tell("looking for what is reserved in it")
    _check(database, withheld, folder)
    with closing(sqlite3.connect(database)) as conn:
        counts = _counts(conn)
    articles, left_out = counts["articles"], len(withheld.ids)
    tell("writing what stands beside it")
    about = metadata(database.stem, counts)
    _write(part / "metadata.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
    _write(part / "settings.json", orjson.dumps(_settings(sql=sql), option=orjson.OPT_INDENT_2))
    _write(part / "inspect-data.json", orjson.dumps(_inspected(database, counts), option=orjson.OPT_INDENT_2))
    wheel = make_wheel(part)
    install = _INSTALL.format(wheel=wheel.name) if wheel else _NO_WHEEL
    _write(part / "Dockerfile", _DOCKERFILE.format(install=install, name=NAME, port=_PORT).encode())
    pip = f"./{wheel.name}" if wheel else "cuttings-VERSION-py3-none-any.whl"
    about_it = _README.format(port=_PORT, name=NAME, articles=articles, left_out=left_out, wheel=pip)
    _write(part / "README.md", about_it.encode())
    return Published(folder=folder, articles=articles, left_out=left_out, size=database.stat().st_size)


def _take_out(conn: sqlite3.Connection) -> Withheld:
    """Remove reserved articles from the copy, with all that is said of them, and what is of use to a crawl only."""
    conn.execute("PRAGMA foreign_keys = OFF")
    conn.execute("BEGIN")
    withheld = find(conn)
    take_out(conn, withheld)
    conn.execute("DELETE FROM boilerplate")  # its examples are lines of pages that may be reserved
    for table in ("listed", "sightings", "frontier", "hosts"):
        conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
    # Nothing that only the machine of the archive can use, or that is nobody's business.
    conn.execute("UPDATE fetches SET warc_file = NULL, warc_offset = NULL, warc_length = NULL")
    conn.execute("COMMIT")
    if withheld.ids:  # what was deleted from an index is in it, with a mark that it is gone, until its parts are joined
        for index in ("articles_fts", "images_fts"):
            conn.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608 - our names
    conn.execute("PRAGMA journal_mode = DELETE")
    return withheld


def _check(database: Path, withheld: Withheld, folder: Path) -> None:
    """Raise CuttingsError where the snapshot gives away what it must not: it is looked at, whatever was deleted."""
    with closing(sqlite3.connect(database)) as conn:
        if found := list(disclosed(conn, withheld)):
            raise CuttingsError(
                f"{folder}: nothing was published, for the snapshot would hold what publishers reserve: "
                f"{'; '.join(found)}. This is a fault of the program: please report it"
            )


def _counts(conn: sqlite3.Connection) -> dict[str, int]:
    """Rows of every table but those of the search index."""
    names = [row["name"] for row in rows(conn, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: first(conn, f"SELECT count(*) FROM [{name}]")[0]  # noqa: S608 - names of tables of our own
        for name in names
        if not name.startswith(("articles_fts", "images_fts", "sqlite_"))
    }


def _inspected(database: Path, counts: dict[str, int]) -> dict[str, Any]:
    """What `datasette inspect` would write: it spares the server counting (https://docs.datasette.io, performance)."""
    with database.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    tables = {name: {"count": count} for name, count in counts.items()}
    return {database.stem: {"hash": digest, "size": database.stat().st_size, "file": database.name, "tables": tables}}


def _settings(*, sql: bool) -> dict[str, Any]:
    """Settings of a server that anybody may reach; the base URL is the command line's."""
    found = settings(sql=sql)
    return {name: value for name, value in found.items() if name != "base_url"} | {"default_cache_ttl": 3_600}


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content if content.endswith(b"\n") else content + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


# Never by name: nobody knows whose package a registry has under it.
_INSTALL: Final = """\
COPY {wheel} ./
RUN pip install --no-cache-dir ./{wheel}"""
_NO_WHEEL: Final = """\
RUN echo "No wheel of cuttings could be made: put one here, then COPY and install it in place of this." >&2; exit 1"""
_DOCKERFILE: Final = """\
# docker build -t news-archive . && docker run -p {port}:{port} news-archive
FROM python:3.13-slim
{install}
WORKDIR /archive
COPY {name} metadata.json settings.json inspect-data.json ./
USER nobody
EXPOSE {port}
CMD ["datasette", "serve", ".", "--host", "0.0.0.0", "--port", "{port}"]
"""
_README: Final = """\
# A snapshot of a news archive

{articles:,} articles. {left_out:,} are not in it, because their publishers reserve their use by machines.

    pip install {wheel}
    datasette serve . --port {port}

serves this folder; `{name}` is opened immutable, as `inspect-data.json` says. The Dockerfile makes a container of it.
"""
