"""What a publisher says of the use of its work, in all the places where it is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model.article import Extraction
from archive.model.capture import Capture
from archive.rights.signals import LONGEST, MOST, Signal, SignalKind, fits
from pipelines.extract import extract
from pipelines.metadata.reservations import ai_txt_signals, robots_signals, tdmrep_signals
from tests.pipelines.pages import FETCHED, PROSE, TITLE, URL

K = SignalKind
PAGE = "<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>"


def read(head: str = "", *headers: tuple[str, str]) -> list[tuple[str, str, bool]]:
    """Kind, value and whether it reserves, of what a page and its headers say."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    body = PAGE.format(title=TITLE, head=head, text=text).encode()
    made = extract(Capture(url=URL, final_url=URL, fetched_at=FETCHED, status=200, headers=headers, body=body))
    assert isinstance(made, Extraction)
    return said(made.rights)


def said(signals: tuple[Signal, ...]) -> list[tuple[str, str, bool]]:
    return [(signal.kind, signal.value, signal.reserves) for signal in signals]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<meta name="robots" content="noindex, NOAI">', (K.META_ROBOTS, "noai", True)),
        ('<meta name="robots" content="noimageai">', (K.META_ROBOTS, "noimageai", False)),
        ('<meta name="ROBOTS" content="noarchive">', (K.META_ROBOTS, "noarchive", False)),
        ('<meta name="gptbot" content="noai">', (K.META_ROBOTS, "gptbot: noai", False)),
        ('<meta name="tdm-reservation" content="1">', (K.TDM_META, "tdm-reservation=1", True)),
        ('<meta name="tdm-reservation" content="0">', (K.TDM_META, "tdm-reservation=0", False)),
        (
            '<meta name="tdm-policy" content="https://gazette.test/policy.json">',
            (K.TDM_META, "tdm-policy=https://gazette.test/policy.json", False),
        ),
        (
            '<link rel="license" href="/licence">',
            (K.LICENCE, "https://gazette.test/licence", False),
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","license":"https://cc.test/by/4.0"}</script>',
            (K.LICENCE, "https://cc.test/by/4.0", False),
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","usageInfo":{"url":"/terms"}}</script>',
            (K.LICENCE, "https://gazette.test/terms", False),
        ),
    ],
)
def test_a_page_says_it_in_its_head(head: str, found: tuple[str, str, bool]) -> None:
    assert read(head) == [found]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("X-Robots-Tag", "noai, noarchive", [(K.X_ROBOTS_TAG, "noai", True), (K.X_ROBOTS_TAG, "noarchive", False)]),
        ("x-robots-tag", "gptbot: noai", [(K.X_ROBOTS_TAG, "gptbot: noai", False)]),
        ("X-Robots-Tag", "*: noai", [(K.X_ROBOTS_TAG, "*: noai", True)]),
        ("TDM-Reservation", "1", [(K.TDM_HEADER, "tdm-reservation=1", True)]),
        ("tdm-policy", "https://p.test/", [(K.TDM_HEADER, "tdm-policy=https://p.test/", False)]),
        ("Content-Signal", "search=yes, ai-train=no", [(K.CONTENT_SIGNAL, "search=yes, ai-train=no", True)]),
        ("Content-Signal", "search=yes, ai-train=yes", [(K.CONTENT_SIGNAL, "search=yes, ai-train=yes", False)]),
        ("Content-Usage", "train-ai=n", [(K.CONTENT_SIGNAL, "train-ai=n", True)]),
        ("Link", '<https://cc.test/by>; rel="license"', [(K.LICENCE, "https://cc.test/by", False)]),
        ("X-Robots-Tag", "noindex, nofollow", []),
        ("X-Robots-Tag", "max-snippet: 50", []),
    ],
)
def test_a_page_says_it_in_its_headers(name: str, value: str, found: list[tuple[str, str, bool]]) -> None:
    assert read("", (name, value)) == found


def test_a_page_that_says_nothing_has_no_signal() -> None:
    assert read('<meta name="robots" content="index, follow, max-image-preview:large">') == []


def test_what_reserves_is_not_lost_behind_thousands_of_others() -> None:
    licences = "".join(f'<link rel="license" href="/l/{n}">' for n in range(500))

    found = read(f'{licences}<meta name="robots" content="noai">')

    assert found[0] == (K.META_ROBOTS, "noai", True)
    assert len(found) == MOST


ROBOTS = b"""\
User-agent: *
Content-Signal: search=yes, ai-train=no
Allow: /

User-agent: GPTBot
User-agent: CCBot   # Common Crawl
Disallow: /

User-agent: Google-Extended
Disallow: /archive/

User-agent: Bingbot
Disallow: /
"""


def test_a_robots_txt_names_the_robots_for_ai_that_it_shuts_out() -> None:
    assert said(robots_signals(ROBOTS)) == [
        (K.CONTENT_SIGNAL, "search=yes, ai-train=no", True),
        (K.ROBOTS_TXT, "gptbot: disallow: /", False),
        (K.ROBOTS_TXT, "ccbot: disallow: /", False),
    ]


def test_a_content_signal_to_another_robot_is_not_said_to_us() -> None:
    assert said(robots_signals(b"User-agent: GPTBot\nContent-Signal: ai-train=no\n")) == [
        (K.CONTENT_SIGNAL, "ai-train=no", False)
    ]


def test_a_tdmrep_json_has_a_policy_for_each_part_of_its_host() -> None:
    body = b'[{"location": "/free/*", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://p"}]'

    free, rest = tdmrep_signals(body)

    assert (free.location, free.reserves) == ("/free/*", False)
    assert (rest.location, rest.reserves, rest.value) == ("/", True, "tdm-reservation=1; tdm-policy=https://p")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"7",
        b'["a"]',
        b'[{"location": "/"}]',
        b"[" * 100_000,
        b"\xff\xfe",
        b'[{"a": 1}' + b" " * 300_000,
    ],
)
def test_what_is_no_tdmrep_json_says_nothing(body: bytes) -> None:
    assert tdmrep_signals(body) == ()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"User-Agent: *\nDisallow: *.txt\nAllow: *.jpg\n", [(K.AI_TXT, "disallow: *.txt", True)]),
        (b"User-Agent: *\nDisallow: /\n", [(K.AI_TXT, "disallow: /", True)]),
        (b"User-Agent: *\nDisallow: *.jpg\n", []),
        (b"User-Agent: GPTBot\nDisallow: /\n", []),
        (b"<!doctype html><p>User-Agent: *\nDisallow: /", []),
    ],
)
def test_an_ai_txt_shuts_out_kinds_of_files(body: bytes, found: list[tuple[str, str, bool]]) -> None:
    assert said(ai_txt_signals(body)) == found


@given(body=st.binary(max_size=400))
def test_no_file_of_a_host_breaks_its_reader(body: bytes) -> None:
    for reader in (robots_signals, tdmrep_signals, ai_txt_signals):
        for signal in reader(body):
            assert len(signal.value) <= LONGEST
            signal.value.encode()


@pytest.mark.parametrize(
    ("pattern", "path", "fit"),
    [
        ("/", "/anything", "yes"),
        ("/news/*", "/news/1", "yes"),
        ("/news/*", "/sport/1", "no"),
        ("/*.html$", "/a/b.html", "yes"),
        ("/*.html$", "/a/b.html?x", "no"),
        ("/a$", "/a", "yes"),
        ("/a$", "/ab", "no"),
        ("*", "/x", "yes"),
        ("/" + "*a" * 200, "/" + "a" * 5_000, "yes"),
        ("/" + "*a" * 200 + "$", "/" + "a" * 5_000 + "b", "no"),
    ],
)
def test_a_location_is_a_pattern_of_robots_txt(pattern: str, path: str, fit: str) -> None:
    assert ("yes" if fits(pattern, path) else "no") == fit


def test_extraction_carries_signals_across_processes() -> None:
    import pickle

    signal = Signal(kind=K.TDMREP, value="tdm-reservation=1", reserves=True, location="/")

    assert pickle.loads(pickle.dumps(signal)) == replace(signal)  # noqa: S301 - our own
