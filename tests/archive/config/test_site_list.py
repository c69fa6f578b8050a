"""Lists of sites: what a line names, and why one names none; and which sites one source reads."""

from io import BytesIO

import pytest

from archive.config.edit import is_one_site
from archive.config.site_list import MOST_BYTES, read


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (b"paper.test", "https://paper.test/"),
        (b"  http://paper.test:8080/a#top  ", "http://paper.test:8080/a"),
        (b"HTTP://Paper.Test/\t# ours", "http://paper.test/"),
        ("zürich.test".encode(), "https://xn--zrich-kva.test/"),
        (b"\xef\xbb\xbfpaper.test\r\n", "https://paper.test/"),
    ],
)
def test_a_line_names_a_site_as_people_write_it(written: bytes, url: str) -> None:
    (line,) = read(BytesIO(written))

    assert (line.number, line.url, line.fault) == (1, url, None)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (b"a.test b.test", "has a space in it; write one URL or host a line"),
        (b"ftp://a.test/", "is not an http or https address"),
        (b"mailto:desk@a.test", "names a user or a password"),
        (b"\xe9.test", "is not UTF-8 text"),
        (b"a\x00b", "holds a control character"),
        (b"x" * 25_000, "is longer than 10,000 bytes"),
        (b"https://", "has no host"),
    ],
)
def test_a_bad_line_is_told_and_the_next_one_read(written: bytes, fault: str) -> None:
    bad, good = read(BytesIO(b"# two\n" + written + b"\nb.test\n"))

    assert (bad.number, bad.url, bad.fault) == (2, None, fault)
    assert (good.number, good.url) == (3, "https://b.test/")


def test_comments_and_empty_lines_are_none_and_what_is_too_large_is_no_list() -> None:
    assert list(read(BytesIO(b"\n  \n# a.test\n\t# b\n"))) == []
    with pytest.raises(ValueError, match="is larger than 10 MiB"):
        list(read(BytesIO(b"x" * (MOST_BYTES + 20_000))))


@pytest.mark.parametrize(
    ("one", "other", "sites"),
    [
        ("http://a.test/", "https://www.a.test/", 1),
        ("http://a.test/", "http://a.test/world/feed.xml", 1),
        ("http://a.test/world", "http://a.test/world/", 1),
        ("http://a.test/ann/", "http://a.test/bob/", 2),
        ("http://a.test/ann", "http://a.test/anna", 2),
        ("http://a.test:8001/", "http://a.test:8002/", 2),
        ("http://a.test/", "http://b.test/", 2),
    ],
)
def test_one_source_reads_a_host_at_one_port_and_what_is_below_its_path(one: str, other: str, sites: int) -> None:
    assert is_one_site(one, other) is is_one_site(other, one) is (sites == 1)
