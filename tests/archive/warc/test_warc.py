"""WARC: what is appended can be read back, by us and by others; a torn file is cut back to its last whole record."""

import gzip
import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as fastwarc  # noqa: N813 - the other reader
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.errors import ArchiveError
from archive.model.capture import Locator
from archive.warc import warc_files
from tests.newsroom import environment

NOON = datetime(2026, 11, 3, 12, 0, 0, 987654, tzinfo=UTC)


def exchange(
    url: str = "http://paper.test/a?b=1", body: bytes = b"<html>Hello</html>", **changes: object
) -> warc_files.Exchange:
    values: dict[str, object] = {
        "url": url,
        "fetched_at": NOON,
        "method": "GET",
        "request_headers": (("Host", "paper.test"), ("User-Agent", "cuttings")),
        "status": 200,
        "reason": "OK",
        "headers": (("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"), ("Content-Length", "7")),
        "body": body,
        "media_type": "text/html",
    }
    return warc_files.Exchange(**(values | changes))  # type: ignore[arg-type]  # a table of fields


def writer(folder: Path, **options: int) -> warc_files.Writer:
    return warc_files.Writer(folder, 7, software="cuttings/test", operator="tests (+mailto:t@tests.test)", **options)


def records(path: Path) -> list[tuple[str, str | None, bytes]]:
    with path.open("rb") as stream:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]


def test_an_exchange_is_read_back_as_it_came(tmp_path: Path) -> None:
    out = writer(tmp_path)
    first = out.append(exchange())
    second = out.append(exchange(url="http://paper.test/b", body=b"\x00\xff" * 500, status=404, reason="Not Found"))
    out.close()

    capture = warc_files.read(tmp_path, second)

    assert (capture.url, capture.status, capture.body) == ("http://paper.test/b", 404, b"\x00\xff" * 500)
    assert capture.fetched_at == NOON.replace(microsecond=0)
    assert warc_files.read(tmp_path, first).body == b"<html>Hello</html>"


def test_a_body_keeps_its_encoding_in_the_file_and_is_decoded_when_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"<html>packed</html>")
    out = writer(tmp_path)
    where = out.append(exchange(body=packed, headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"))))
    out.close()

    raw = gzip.decompress((tmp_path / where.file).read_bytes()[where.offset : where.offset + where.length])

    assert packed in raw
    assert warc_files.read(tmp_path, where).body == b"<html>packed</html>"


def test_records_say_what_the_standard_and_its_readers_want(tmp_path: Path) -> None:
    out = writer(tmp_path)
    where = out.append(exchange())
    out.close()
    with (tmp_path / where.file).open("rb") as stream:
        info, response, request = [record.rec_headers for record in ArchiveIterator(stream)]

    assert info.protocol == "WARC/1.1"
    assert {head.get_header("WARC-Date") for head in (info, response, request)} == {"2026-11-03T12:00:00Z"}
    assert response.get_header("WARC-Identified-Payload-Type") == "text/html"
    assert request.get_header("WARC-Concurrent-To") == response.get_header("WARC-Record-ID")
    assert response.get_header("WARC-Payload-Digest").startswith("sha1:")


def test_headers_that_are_not_ascii_are_kept_byte_for_byte(tmp_path: Path) -> None:
    out = writer(tmp_path)
    odd = (("X-\xdcber", "caf\xe9"), ("X-Euro", "\xe2\x82\xac"))
    where = out.append(exchange(headers=odd))
    out.close()

    raw = gzip.decompress((tmp_path / where.file).read_bytes()[where.offset : where.offset + where.length])

    assert b"X-\xdcber: caf\xe9\r\nX-Euro: \xe2\x82\xac\r\n" in raw


def test_headers_are_true_for_the_body_that_stands_there(tmp_path: Path) -> None:
    out = writer(tmp_path)
    where = out.append(exchange(body=b"123456789"))
    out.close()

    headers = dict(warc_files.read(tmp_path, where).headers)

    assert headers["Content-Length"] == "9"
    assert "Transfer-Encoding" not in headers


def test_cdxj_indexer_reads_the_files(tmp_path: Path) -> None:
    out = writer(tmp_path)
    out.append(exchange())
    out.append(exchange(url="http://paper.test/ü", status=301, reason="Moved", headers=(("Location", "/z"),), body=b""))
    out.close()
    indexer = Path(sys.executable).with_name("cdxj-indexer")  # a process of its own: its libraries warn when imported

    index = subprocess.run([indexer, *tmp_path.iterdir()], capture_output=True, text=True, check=True).stdout
    lines = [json.loads(line.split(" ", 2)[2]) for line in index.splitlines()]

    assert [(line["url"], line["status"]) for line in lines] == [
        ("http://paper.test/a?b=1", "200"),
        ("http://paper.test/ü", "301"),
    ]


def test_a_file_is_called_open_while_it_is_written_and_can_be_read_all_the_same(tmp_path: Path) -> None:
    out = writer(tmp_path)
    where = out.append(exchange())

    assert [path.name for path in tmp_path.iterdir()] == [f"{where.file}.open"]
    assert warc_files.read(tmp_path, where).body == b"<html>Hello</html>"

    out.close()

    assert [path.name for path in tmp_path.iterdir()] == [where.file]


def test_files_are_rotated_by_size(tmp_path: Path) -> None:
    out = writer(tmp_path, max_bytes=1500)
    places = [out.append(exchange(url=f"http://paper.test/{n}", body=str(n).encode() * 50)) for n in range(6)]
    out.close()

    assert len({place.file for place in places}) > 1
    assert [warc_files.read(tmp_path, place).url for place in places] == [f"http://paper.test/{n}" for n in range(6)]


def test_a_folder_without_records_stays_empty(tmp_path: Path) -> None:
    writer(tmp_path / "none").close()

    assert not (tmp_path / "none").exists()
    assert warc_files.repair(tmp_path / "none") == []


# ---- Torn files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_exchanges(tmp_path: Path) -> tuple[bytes, list[int]]:
    """A file of a warcinfo record and two exchanges, and the ends of its records."""
    out = writer(tmp_path / "whole")
    out.append(exchange())
    out.append(exchange(url="http://paper.test/second", body=b"<p>A second page.</p>" * 9))
    out.close()
    path = next((tmp_path / "whole").iterdir())
    with path.open("rb") as stream:
        return path.read_bytes(), list(warc_files.member_ends(stream))


def torn(folder: Path, data: bytes) -> Path:
    """A file as a run left it that was killed, in a folder of its own."""
    folder.mkdir()
    path = folder / f"torn{warc_files.OPEN_SUFFIX}"
    path.write_bytes(data)
    return path


def kinds(path: Path) -> list[tuple[str, bool]]:
    """The records of a file in the eyes of fastwarc, which shares no code with warcio, and whether each is whole."""
    with path.open("rb") as stream:
        return [(str(each.record_type), each.verify_block_digest()) for each in fastwarc(stream, parse_http=False)]


WHOLE = [(kind, True) for kind in ("warcinfo", "response", "request", "response", "request")]


def test_a_torn_file_is_cut_back_to_its_last_whole_record_at_every_byte(
    tmp_path: Path, two_exchanges: tuple[bytes, list[int]]
) -> None:
    whole, ends = two_exchanges
    every = records(next((tmp_path / "whole").iterdir()))
    assert (len(ends), ends[-1]) == (5, len(whole))

    for length in range(1, len(whole)):
        path = torn(tmp_path / str(length), whole[:length])
        kept = max((end for end in ends if end <= length), default=0)
        count = ends.index(kept) + 1 if kept else 0

        (done,) = warc_files.repair(path.parent)

        assert (done.kept, done.cut) == (kept, length - kept)
        assert [each.name for each in path.parent.iterdir()] == ([done.file] if kept else [])
        if kept:
            assert (path.parent / done.file).read_bytes() == whole[:kept]
        if length == kept:  # the same bytes for every length up to the next end
            assert records(path.parent / done.file) == every[:count]
            assert kinds(path.parent / done.file) == WHOLE[:count]


@pytest.mark.parametrize(
    "tail",
    [
        b"\x1f\x8b\x08\x00 no gzip at all",
        b"WARC/1.1\r\nWARC-Type: response\r\n",
        bytes(1),
        bytes(4096),  # what a file system leaves that lost its power: the length without the data
        bytes(1 << 20),
        b"\x1f\x8b\x08" + bytes(5000),
        b"\xff" * 300,
    ],
)
@pytest.mark.parametrize("after", ["a whole record", "a torn one"])
def test_what_follows_the_last_whole_record_is_cut_off(
    tmp_path: Path, two_exchanges: tuple[bytes, list[int]], tail: bytes, after: str
) -> None:
    whole, ends = two_exchanges
    kept, start = (ends[-1], len(whole)) if after == "a whole record" else (ends[-2], ends[-1] - 40)
    path = torn(tmp_path / "torn", whole[:start] + tail)

    (done,) = warc_files.repair(path.parent)

    assert (done.kept, done.cut) == (kept, start + len(tail) - kept)
    assert kinds(path.parent / done.file) == WHOLE[: ends.index(kept) + 1]


def test_random_damage_to_the_last_record_leaves_those_before_it(
    tmp_path: Path, two_exchanges: tuple[bytes, list[int]]
) -> None:
    whole, ends = two_exchanges
    dice = random.Random(7)
    for number in range(200):
        data = bytearray(whole)
        data[dice.randrange(ends[-2], len(data))] ^= 1 << dice.randrange(8)
        path = torn(tmp_path / str(number), bytes(data))

        (done,) = warc_files.repair(path.parent)

        # A bit of a gzip header that nobody looks at, its time say, may be any.
        assert done.kept in {ends[-2], ends[-1]}
        assert kinds(path.parent / done.file)[:4] == WHOLE[:4]


def test_after_a_repair_the_next_run_writes_beside_it_and_all_can_be_read(tmp_path: Path) -> None:
    dead = writer(tmp_path)
    first = dead.append(exchange())
    dead.append(exchange(url="http://paper.test/torn"))
    dead.sync()
    path = next(tmp_path.iterdir())
    os.truncate(path, path.stat().st_size - 300)

    warc_files.repair(tmp_path)
    out = writer(tmp_path)
    second = out.append(exchange(url="http://paper.test/next"))
    out.close()

    assert first.file != second.file
    assert [warc_files.read(tmp_path, where).url for where in (first, second)] == [
        exchange().url,
        "http://paper.test/next",
    ]
    assert [kinds(each)[:3] for each in sorted(tmp_path.iterdir())] == [WHOLE[:3], WHOLE[:3]]
    os.close(dead._fd)  # type: ignore[arg-type]  # what a kill would have done


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08", bytes(5000)])
def test_a_file_with_no_whole_record_is_removed(tmp_path: Path, data: bytes) -> None:
    path = torn(tmp_path / "torn", data)

    (done,) = warc_files.repair(path.parent)

    assert (done.kept, done.cut) == (0, len(data))
    assert list(path.parent.iterdir()) == []


def test_a_complete_file_of_that_name_is_left_alone_and_nothing_of_either_is_lost(
    tmp_path: Path, two_exchanges: tuple[bytes, list[int]]
) -> None:
    whole, ends = two_exchanges
    path = torn(tmp_path / "torn", whole[: ends[-3]])
    path.with_name("torn.warc.gz").write_bytes(whole)
    for number in (1, 2):
        path.write_bytes(whole[: ends[-number]])
        (done,) = warc_files.repair(path.parent)
        assert done.file == f"torn-again{number}.warc.gz"

    assert {each.name: each.stat().st_size for each in path.parent.iterdir()} == {
        "torn.warc.gz": ends[-1],
        "torn-again1.warc.gz": ends[-1],
        "torn-again2.warc.gz": ends[-2],
    }


def test_a_writer_takes_no_name_that_is_taken(tmp_path: Path) -> None:
    places = []
    for body in (b"one", b"two", b"three"):  # as after a clock was put back, in archives that were begun anew
        out = writer(tmp_path)
        places.append(out.append(exchange(body=body)))
        out.close()

    assert len({place.file for place in places}) == 3
    assert [warc_files.read(tmp_path, place).body for place in places] == [b"one", b"two", b"three"]


# ---- Places that cannot be written to --------------------------------------------------------------------------------


def test_a_file_where_the_folder_should_be_is_one_clear_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "news-warc"
    folder.write_text("a note")
    said = f"{folder}: is a file, where the folder for raw pages should be; move it away"

    with pytest.raises(ArchiveError, match=re.escape(said)):
        warc_files.repair(folder)
    with pytest.raises(ArchiveError, match=re.escape(said)):
        writer(folder).append(exchange())
    assert folder.read_text() == "a note"


@pytest.mark.parametrize("kind", ["folder", "link to nothing"])
def test_an_open_file_that_is_none_is_one_clear_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"odd{warc_files.OPEN_SUFFIX}"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "gone")

    with pytest.raises(ArchiveError, match=rf"{tmp_path}.*: cannot be written \((Is a directory|No such file)"):
        warc_files.repair(tmp_path)


def test_a_disk_that_is_full_leaves_the_exchanges_before_and_nothing_of_this_one(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], env=environment(), capture_output=True, text=True, check=True
    )

    assert child.stdout.startswith("the disk is full: everything filed so far is kept")
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(warc_files.SUFFIX)
    assert kinds(path) == WHOLE[:3]


FULL = """
import resource, sys
from pathlib import Path
from archive.errors import StorageFullError
from tests.archive.warc.test_warc import exchange, writer

out = writer(Path(sys.argv[1]))
where = out.append(exchange())
size = next(Path(sys.argv[1]).iterdir()).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
try:
    out.append(exchange(url="http://paper.test/second"))
except StorageFullError as error:
    print(error)
out.close()
"""


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Locator(file="gone.warc.gz", offset=0, length=10), "cannot be read"),
        (Locator(file="empty.warc.gz", offset=0, length=10), "no response at byte 0"),
        (Locator(file="here.warc.gz", offset=0, length=10), "the response at byte 0 is damaged"),
        (Locator(file="here.warc.gz", offset=5, length=500), "the response at byte 5 is damaged"),
        (Locator(file="here.warc.gz", offset=10**9, length=500), "no response at byte 1000000000"),
    ],
)
def test_a_locator_that_points_at_nothing_is_one_clear_sentence(tmp_path: Path, where: Locator, said: str) -> None:
    out = writer(tmp_path)
    written = out.append(exchange())
    out.close()
    (tmp_path / written.file).rename(tmp_path / "here.warc.gz")
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    with pytest.raises(ArchiveError, match=said):
        warc_files.read(tmp_path, where)


def test_a_part_of_an_answer_is_not_read_as_if_it_were_the_whole(tmp_path: Path) -> None:
    out = writer(tmp_path)
    where = out.append(exchange(body=bytes(range(256)) * 40))
    out.close()

    for length in range(1, where.length):
        with pytest.raises(ArchiveError):
            warc_files.read(tmp_path, replace(where, length=length))


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=3000), status=st.integers(100, 599))
def test_any_bytes_survive_the_round_trip(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    folder = tmp_path_factory.mktemp("warc")
    out = writer(folder)
    where = out.append(exchange(body=body, status=status))
    out.close()

    capture = warc_files.read(folder, where)

    assert (capture.body, capture.status) == (body, status)
