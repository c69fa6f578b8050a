"""Plain lists of addresses."""

from dataclasses import replace

import pytest

from archive.model.listing import ListingKind
from tests.spiders.discovery.outlet import GAZETTE, HOME, addresses, complaint, feed, listing, rss

LIST = HOME + "list.txt"


def test_a_list_has_one_address_a_line_and_comments() -> None:
    read = listing(
        ListingKind.URLS, f"# ours\n\n{HOME}one\r\n  {HOME}two  # later\n#{HOME}no\n{HOME}three#part\n", url=LIST
    )
    assert read.kind is ListingKind.URLS
    assert addresses(read) == ["/one", "/two", "/three"]
    assert read.failures == ()


def test_what_is_no_address_is_reported_and_the_rest_goes_on() -> None:
    read = listing(
        ListingKind.URLS, f"{HOME}one\ngazette.example/two\n/three\njavascript:x\nhttp://[bad\n{HOME}four", url=LIST
    )
    assert addresses(read) == ["/one", "/four"]
    assert [one.url for one in read.failures] == ["gazette.example/two", "/three", "javascript:x", "http://[bad"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_in_every_encoding_of_an_editor(encoding: str) -> None:
    assert addresses(listing(ListingKind.URLS, f"{HOME}caf\u00e9\n".encode(encoding), url=LIST)) == ["/caf%C3%A9"]


def test_a_list_of_comments_alone_is_empty() -> None:
    assert listing(ListingKind.URLS, "# nothing yet\n", url=LIST).found == ()


def test_patterns_of_the_source_apply_to_a_list_too() -> None:
    source = replace(GAZETTE, exclude=("/two",))
    assert addresses(listing(ListingKind.URLS, f"{HOME}one\n{HOME}two", url=LIST, source=source)) == ["/one"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("Service unavailable\nTry later", "no line is an http or https address"),
        ("<html><title>Login</title>", 'a web page ("Login") came instead of a list of addresses'),
        ("", "nothing came instead of a list of addresses"),
    ],
)
def test_what_is_no_list_is_a_bad_listing(body: str, says: str) -> None:
    assert says in complaint(ListingKind.URLS, body, url=LIST)


def test_a_feed_in_place_of_a_list_is_read_as_a_feed() -> None:
    body = rss("<item><link>/one</link></item>")
    assert listing(ListingKind.URLS, body).found == feed(body).found
