"""Redirects: where they lead, what a request takes along, and what is known of the moves that are for good."""

import pytest
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from archive.model.outcome import Outcome
from pipelines.answers import PERMANENT_TO, fetch_of
from spiders.http import conditions
from spiders.http.outcomes import RefusedError
from spiders.middlewares.redirects import RedirectMiddleware, permanent_to

ASKED = "https://news.example/feed"
VALIDATORS = {"If-None-Match": '"7"', "If-Modified-Since": "Sun, 01 Mar 2026 10:00:00 GMT"}


@pytest.fixture(scope="module")
def middleware() -> RedirectMiddleware:
    return RedirectMiddleware.from_crawler(get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 7}))


def answered(request: Request, status: int, location: bytes | None) -> Response:
    headers = {} if location is None else {"Location": location}
    return Response(request.url, status=status, headers=headers, request=request)


def follow(middleware: RedirectMiddleware, *hops: tuple[int, str], headers: dict[str, str] | None = None) -> Request:
    """The request that comes of a chain of redirects."""
    request = Request(ASKED, headers=headers or {})
    for status, location in hops:
        led = middleware.process_response(request, answered(request, status, location.encode()))
        assert isinstance(led, Request)
        request = led
    return request


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (b"/atom", "https://news.example/atom"),
        (b"///paper.example/atom", "https://paper.example/atom"),
        (b"\\\\paper.example\\atom", "https://paper.example/atom"),
        (b"https://Paper.Example.:443/atom?utm_source=x", "https://paper.example/atom?utm_source=x"),
        ("https://b\u00fccher.example/\u00e9t\u00e9".encode(), "https://xn--bcher-kva.example/%C3%A9t%C3%A9"),
        (b"/\xe9t\xe9", "https://news.example/%E9t%E9"),
    ],
)
def test_a_redirect_is_followed_to_where_browsers_go(middleware: RedirectMiddleware, location: bytes, url: str) -> None:
    request = Request(ASKED)
    led = middleware.process_response(request, answered(request, 302, location))
    assert led.url == url


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (b"http://127.0.0.1%25:1/", "leads to http://127.0.0.1%25:1/, which has a host that cannot exist"),
        (b"http://two words.example/", "leads to http://two words.example/, which has a host that cannot exist"),
        (b"http://[bad", "leads to http://[bad, which cannot be read as an address"),
        (b"mailto:desk@news.example", "leads to mailto:desk@news.example, which is not an http or https address"),
        (b"http://me:secret@news.example/", "which names a user or a password"),
        (b"", "leads nowhere"),
        (None, "leads nowhere"),
    ],
)
def test_a_redirect_that_cannot_be_requested_is_final_and_says_why(
    middleware: RedirectMiddleware, location: bytes | None, reason: str
) -> None:
    request = Request(ASKED)
    with pytest.raises(RefusedError) as refused:
        middleware.process_response(request, answered(request, 301, location))
    assert refused.value.outcome is Outcome.REDIRECT
    assert reason in str(refused.value)
    assert refused.value.retry_at is None


def test_the_ninth_request_is_not_made(middleware: RedirectMiddleware) -> None:
    with pytest.raises(RefusedError, match="more than 7 redirects"):
        follow(middleware, *[(302, f"/{number}") for number in range(8)])


def test_what_is_no_redirect_stays_an_answer(middleware: RedirectMiddleware) -> None:
    request = Request(ASKED)
    for status in (200, 300, 304, 404):
        response = answered(request, status, b"/elsewhere")
        assert middleware.process_response(request, response) is response


# ---- What a request takes along --------------------------------------------------------------------------------------


def test_validators_stay_with_the_url_they_were_given_for(middleware: RedirectMiddleware) -> None:
    led = follow(middleware, (302, "https://other.example/feed"), headers={**VALIDATORS, "Accept": "text/html"})
    assert not led.headers.keys() & {name.encode() for name in VALIDATORS}
    assert led.headers["Accept"] == b"text/html"


def test_a_redirect_to_the_same_url_keeps_its_validators(middleware: RedirectMiddleware) -> None:
    led = follow(middleware, (302, "/feed"), headers=VALIDATORS)
    assert led.headers["If-None-Match"] == b'"7"'


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [(304, VALIDATORS, True), (304, {"If-None-Match": '"7"'}, True), (304, {}, False), (200, VALIDATORS, False)],
)
def test_not_modified_is_an_answer_to_who_asked_for_it(status: int, headers: dict[str, str], said: bool) -> None:  # noqa: FBT001 - a case
    assert conditions.holds(answered(Request(ASKED, headers=headers), status, None)) is said


def test_a_304_from_elsewhere_says_nothing(middleware: RedirectMiddleware) -> None:
    led = follow(middleware, (301, "/atom"), headers=VALIDATORS)
    assert not conditions.holds(answered(led, 304, None))


def test_validators_of_another_url_are_not_kept_for_this_one(middleware: RedirectMiddleware) -> None:
    direct, led = Request(ASKED), follow(middleware, (302, "/atom"))
    given = {"ETag": '"8"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
    here = fetch_of(Response(direct.url, headers=given, request=direct), ASKED)
    there = fetch_of(Response(led.url, headers=given, request=led), ASKED)
    assert (here.etag, here.last_modified) == ('"8"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert (there.etag, there.last_modified) == (None, None)


# ---- Moved for good --------------------------------------------------------------------------------------------------

A, B, C, D = (f"https://{name}.example/feed" for name in "abcd")


@pytest.mark.parametrize(
    ("chain", "statuses", "reached"),
    [
        ([A], [], None),
        ([A, B], [301], B),
        ([A, B], [308], B),
        ([A, B], [302], None),
        ([A, B], [303], None),
        ([A, B], [307], None),
        ([A, B, C], [301, 308], C),
        ([A, B, C], [301, 302], B),
        ([A, B, C], [302, 301], None),
        ([A, B, C, D], [301, 302, 301], B),
        ([A, B, C, D], [308, 301, 301], D),
    ],
)
def test_only_the_permanent_hops_at_the_beginning_are_a_move(
    chain: list[str], statuses: list[int], reached: str | None
) -> None:
    assert permanent_to(chain, statuses) == reached


def moved_to(request: Request) -> str | None:
    return fetch_of(Response(request.url, request=request), ASKED).moved_to


def test_a_fetch_tells_where_its_url_has_moved(middleware: RedirectMiddleware) -> None:
    assert moved_to(Request(ASKED)) is None
    assert moved_to(follow(middleware, (302, "/atom"))) is None
    assert moved_to(follow(middleware, (301, "/atom"))) == "https://news.example/atom"
    assert moved_to(follow(middleware, (308, "/a"), (301, "/b"), (302, "/c"))) == "https://news.example/b"
    led = follow(middleware, (302, "/a"), (301, "/b"))
    assert (moved_to(led), PERMANENT_TO in led.meta) == (None, False)


def test_a_url_that_moved_to_itself_has_not_moved(middleware: RedirectMiddleware) -> None:
    assert moved_to(follow(middleware, (301, "/feed?utm_source=here"))) is None
