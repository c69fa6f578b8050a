"""WARC: what is appended can be read back, by us and by others; a torn file is cut back to its last whole record."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from archive.errors import ArchiveError
from archive.models import Locator

NOON = datetime(2026, 11, 3, 12, 0, 0, 987654, tzinfo=UTC)


def exchange(
    url: str = "http://paper.test/a?b=1", body: bytes = b"<html>Hello</html>", **changes: object
) -> warc.Exchange:
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
    return warc.Exchange(**(values | changes))  # type: ignore[arg-type]  # a table of fields


def writer(folder: Path, **options: int) -> warc.Writer:
    return warc.Writer(folder, 7, software="cuttings/test", operator="tests (+mailto:t@tests.test)", **options)


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

    capture = warc.read(tmp_path, second)

    assert (capture.url, capture.status, capture.body) == ("http://paper.test/b", 404, b"\x00\xff" * 500)
    assert capture.fetched_at == NOON.replace(microsecond=0)
    assert warc.read(tmp_path, first).body == b"<html>Hello</html>"


def test_a_body_keeps_its_encoding_in_the_file_and_is_decoded_when_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"<html>packed</html>")
    out = writer(tmp_path)
    where = out.append(exchange(body=packed, headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"))))
    out.close()

    raw = gzip.decompress((tmp_path / where.file).read_bytes()[where.offset : where.offset + where.length])

    assert packed in raw
    assert warc.read(tmp_path, where).body == b"<html>packed</html>"


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

    headers = dict(warc.read(tmp_path, where).headers)

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
    assert warc.read(tmp_path, where).body == b"<html>Hello</html>"

    out.close()

    assert [path.name for path in tmp_path.iterdir()] == [where.file]


def test_files_are_rotated_by_size(tmp_path: Path) -> None:
    out = writer(tmp_path, max_bytes=1500)
    places = [out.append(exchange(url=f"http://paper.test/{n}", body=str(n).encode() * 50)) for n in range(6)]
    out.close()

    assert len({place.file for place in places}) > 1
    assert [warc.read(tmp_path, place).url for place in places] == [f"http://paper.test/{n}" for n in range(6)]


def test_a_folder_without_records_stays_empty(tmp_path: Path) -> None:
    writer(tmp_path / "none").close()

    assert not (tmp_path / "none").exists()
    assert warc.repair(tmp_path / "none") == []


def test_a_torn_file_is_cut_back_to_its_last_whole_record_at_every_byte(tmp_path: Path) -> None:
    out = writer(tmp_path)
    out.append(exchange())
    end_of_first = next(tmp_path.iterdir()).stat().st_size
    out.append(exchange(url="http://paper.test/second", body=b"x"))
    out.close()
    whole = next(tmp_path.iterdir()).read_bytes()
    first_records = records(next(tmp_path.iterdir()))[:3]

    for length in range(end_of_first, len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        torn = folder / f"torn{warc.OPEN_SUFFIX}"
        torn.write_bytes(whole[:length])
        (done,) = warc.repair(folder)
        mended = folder / done.file
        assert done.kept + done.cut == length
        assert done.kept >= end_of_first
        assert records(mended)[:3] == first_records


def test_garbage_behind_the_last_record_is_cut_off(tmp_path: Path) -> None:
    out = writer(tmp_path)
    where = out.append(exchange())
    out.close()
    path = tmp_path / where.file
    size = path.stat().st_size
    path.rename(path.with_name(f"{path.name}.open"))
    with path.with_name(f"{path.name}.open").open("ab") as stream:
        stream.write(b"\x1f\x8b\x08\x00 no gzip at all")

    (done,) = warc.repair(tmp_path)

    assert (done.kept, path.stat().st_size) == (size, size)
    assert warc.read(tmp_path, where).body == b"<html>Hello</html>"


def test_a_file_with_no_whole_record_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"empty{warc.OPEN_SUFFIX}").write_bytes(b"\x1f\x8b\x08")

    (done,) = warc.repair(tmp_path)

    assert (done.kept, done.cut) == (0, 3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Locator(file="gone.warc.gz", offset=0, length=10), "cannot be read"),
        (Locator(file="here.warc.gz", offset=0, length=10), "no response at byte 0"),
    ],
)
def test_a_locator_that_points_at_nothing_is_one_clear_sentence(tmp_path: Path, where: Locator, said: str) -> None:
    (tmp_path / "here.warc.gz").write_bytes(b"")
    with pytest.raises(ArchiveError, match=said):
        warc.read(tmp_path, where)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=3000), status=st.integers(100, 599))
def test_any_bytes_survive_the_round_trip(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    folder = tmp_path_factory.mktemp("warc")
    out = writer(folder)
    where = out.append(exchange(body=body, status=status))
    out.close()

    capture = warc.read(folder, where)

    assert (capture.body, capture.status) == (body, status)
