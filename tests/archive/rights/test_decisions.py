"""What may be done with a text: robots.txt, headers and licences as the web has them, decided by hand beside ours.

The files are written for these tests, after the examples of the standards and forms that sites use. By hand: F, S, E
and T stand for file, show, export and train where they are allowed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rights import licences
from archive.rights.decisions import Said, decide
from archive.rights.licences import Licence, holds_for, of_words
from archive.rights.signals import Signal, SignalKind, Use
from pipelines.metadata.reservations import robots_signals, tdmrep_signals
from pipelines.page.rsl import licence_signals

URL = "https://paper.test/news/2026/ferry?page=1"
LICENCE = "https://paper.test/rights.xml"


def rsl(*contents: str) -> str:
    return f'<rsl xmlns="https://rslstandard.org/rsl">{"".join(contents)}</rsl>'


def content(inner: str, url: str = "/", more: str = "") -> str:
    return f'<content url="{url}"{more}>{inner}</content>'


def licence(*inner: str) -> str:
    return f"<license>{''.join(inner)}</license>"


def permits(what: str, kind: str = "usage") -> str:
    return f'<permits type="{kind}">{what}</permits>'


def prohibits(what: str, kind: str = "usage") -> str:
    return f'<prohibits type="{kind}">{what}</prohibits>'


def pays(kind: str, inner: str = "") -> str:
    return f'<payment type="{kind}">{inner}</payment>'


def said(signals: tuple[Signal, ...], place: str) -> list[Said]:
    return [Said(signal=signal, place=place, seen_at="2026-11-30T00:00:00Z") for signal in signals]


def allowed(page: list[Said], site: list[Said], url: str = URL) -> str:
    decided = decide(url, page, site)
    return "".join(use[0].upper() for use in Use if decided.allows(use))


@dataclass(frozen=True, kw_only=True)
class Wild:
    """A site as the web has them, and what is allowed by hand."""

    name: str
    by_hand: str
    robots: str = ""
    rsl: str | None = None  # the file that robots.txt names
    page: tuple[tuple[SignalKind, str], ...] = ()  # signals of the page that reserve
    of_page: str | None = None  # the licence that the page names
    tdmrep: str = ""


K = SignalKind
MANAGED = "User-agent: *\nContent-Signal: search=yes,ai-train=no,use=reference\nAllow: /\n"
WILD = (
    Wild(name="nothing is said", by_hand="FSET"),
    Wild(name="robots for AI alone are shut out", robots="User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n",
         by_hand="FSET"),
    # Content-Signal and Content-Usage
    Wild(name="the first managed file of a CDN", robots=MANAGED.replace(",use=reference", ""), by_hand="FS"),
    Wild(name="the managed file of today", robots=MANAGED, by_hand="F"),
    Wild(name="all is yes", robots="User-agent: *\nContent-Signal: search=yes, ai-input=yes, ai-train=yes\n",
         by_hand="FSET"),
    Wild(name="no grounding", robots="User-agent: *\nContent-Signal: ai-input=no\n", by_hand="FST"),
    Wild(name="no search", robots="User-agent: *\nContent-Signal: search=no\n", by_hand="FT"),
    Wild(name="nothing may be kept", robots="User-agent: *\nContent-signal: search=yes, use=immediate\n", by_hand=""),
    Wild(name="links and excerpts", robots="User-agent: *\nContent-Signal: use=reference\n", by_hand="FT"),
    Wild(name="full use", robots="User-agent: *\nContent-Signal: ai-train=yes, use=full\n", by_hand="FSET"),
    Wild(name="before any group", robots="Content-Signal: ai-train=no\nUser-agent: *\nAllow: /\n", by_hand="FS"),
    Wild(name="to another robot alone", robots="User-agent: GPTBot\nContent-Signal: ai-train=no\n", by_hand="FSET"),
    Wild(name="to another robot, then the same to all", by_hand="FS",
         robots="User-agent: GPTBot\nContent-Signal: ai-train=no\n\nUser-agent: *\nContent-Signal: ai-train=no\n"),
    Wild(name="our own group is not the one for all", by_hand="FSET",
         robots="User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: cuttings\nAllow: /\n"),
    Wild(name="our own group is stricter", by_hand="FS",
         robots="User-agent: *\nContent-Signal: ai-train=yes\n\nUser-agent: Cuttings\nContent-Signal: ai-train=no\n"),
    Wild(name="Content-Usage of the draft", robots="User-agent: *\nContent-Usage: train-ai=n\n", by_hand="FS"),
    Wild(name="another part of the site", robots="User-agent: *\nContent-Usage: /opinion/ train-ai=n\n",
         by_hand="FSET"),
    Wild(name="this part of the site", robots="User-agent: *\nContent-Usage: /news/ train-ai=n\n", by_hand="FS"),
    Wild(name="the longer path allows", by_hand="FSET",
         robots="User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /news/ train-ai=y\n"),
    Wild(name="a longer path of another robot allows it that robot", by_hand="FS",
         robots="User-agent: *\nContent-Usage: train-ai=n\n\nUser-agent: ABot\nContent-Usage: /news/ train-ai=y\n"),
    Wild(name="a header of the page", page=((K.CONTENT_SIGNAL, "ai-train=no, use=immediate"),), by_hand=""),
    # TDM Reservation Protocol
    Wild(name="TDMRep for all", tdmrep='[{"location": "/*", "tdm-reservation": 1}]', by_hand="FS"),
    Wild(name="TDMRep frees this part", by_hand="FSET",
         tdmrep='[{"location": "/", "tdm-reservation": 1}, {"location": "/news/*", "tdm-reservation": 0}]'),
    # RSL, after the examples of the standard
    Wild(name="search, and no AI", rsl=rsl(content(licence(prohibits("ai-all")))), by_hand="FS"),
    Wild(name="all is permitted", rsl=rsl(content(licence(permits("all")))), by_hand="FSET"),
    Wild(name="free without a list", rsl=rsl(content(licence(pays("free")))), by_hand="FSET"),
    Wild(name="all is prohibited", rsl=rsl(content(licence(prohibits("all")))), by_hand=""),
    Wild(name="training alone is prohibited", rsl=rsl(content(licence(prohibits("ai-train")))), by_hand="FS"),
    Wild(name="grounding alone is prohibited", rsl=rsl(content(licence(prohibits("ai-input")))), by_hand="FST"),
    Wild(name="training is not in the list", rsl=rsl(content(licence(permits("search ai-input")))), by_hand="FS"),
    Wild(name="AI for a fee to be agreed", by_hand="FS",
         rsl=rsl(content(licence(permits("ai-all"), "<payment><custom>https://paper.test/buy</custom></payment>")))),
    Wild(name="all for a price a crawl", by_hand="F",
         rsl=rsl(content(licence(permits("all"), pays("crawl", '<amount currency="USD">0.015</amount>'))))),
    Wild(name="for credit", rsl=rsl(content(licence(permits("all"), pays("attribution")))), by_hand="FSET"),
    Wild(name="for credit and five dollars", by_hand="F",
         rsl=rsl(content(licence(permits("all"), pays("attribution", '<amount currency="USD">5</amount>'))))),
    Wild(name="a contribution is asked for", by_hand="F",
         rsl=rsl(content(licence(permits("all"), pays("contribution"))))),
    Wild(name="an unknown payment", rsl=rsl(content(licence(permits("all"), pays("per-token")))), by_hand="F"),
    Wild(name="an empty payment", rsl=rsl(content(licence(permits("all"), "<payment/>"))), by_hand="FSET"),
    Wild(name="a token though it is free", by_hand="F",
         rsl=rsl(content(licence(permits("all"), pays("free")), more=' server="https://olp.test/api"'))),
    Wild(name="a server in the licence, as a plugin writes it", by_hand="F",
         rsl=rsl(content(licence(permits("all"), '<server url="https://paper.test/olp"/>')))),
    Wild(name="reports are asked for", by_hand="F",
         rsl=rsl(content(licence(permits("all"), '<reporting type="audit" profile="https://p.test/"/>')))),
    Wild(name="two offers, one of them free", by_hand="FSET",
         rsl=rsl(content(licence(permits("all"), pays("use")) + licence(permits("all"), pays("free"))))),
    Wild(name="one licence for search, one against training", by_hand="FS",
         rsl=rsl(content(licence(permits("ai-input ai-index search"), pays("attribution"))
                         + licence(prohibits("ai-train"), pays("subscription"))))),
    Wild(name="the same licence permits and prohibits", by_hand="",
         rsl=rsl(content(licence(permits("ai-train ai-input"), prohibits("all"), pays("subscription"))))),
    Wild(name="not for commerce", by_hand="F",
         rsl=rsl(content(licence(permits("all"), permits("non-commercial education", "user"))))),
    Wild(name="for every kind of user", by_hand="FSET",
         rsl=rsl(content(licence(permits("all"), permits("commercial non-commercial education government personal",
                                                         "user"))))),
    Wild(name="in some countries", rsl=rsl(content(licence(permits("all"), permits("US CA", "geo")))), by_hand="F"),
    Wild(name="not in one country", rsl=rsl(content(licence(permits("all"), prohibits("FR", "geo")))), by_hand="F"),
    Wild(name="lists with commas, words of 0.9", rsl=rsl(content(licence(prohibits("train-ai, ai-input")))),
         by_hand="FS"),
    Wild(name="a prohibition in a word of nobody", rsl=rsl(content(licence(prohibits("scrape-and-sell")))),
         by_hand="FS"),
    Wild(name="a permission in a word of nobody", rsl=rsl(content(licence(permits("scrape-and-sell")))),
         by_hand="FS"),
    Wild(name="a misspelt element that can be read", by_hand="FS",
         rsl=rsl(content('<license><prohibit type="usage">ai-train</prohibit></license>'))),
    Wild(name="an element that cannot be read", by_hand="F",
         rsl=rsl(content("<license><permits>all</permits><obliges>to much</obliges></license>"))),
    Wild(name="an element of another vocabulary", by_hand="FSET",
         rsl=rsl(content(licence(permits("all"), '<x:tip xmlns:x="https://tips.test/">1</x:tip>')))),
    Wild(name="terms and no licence", by_hand="F",
         rsl=rsl(content("<terms>https://paper.test/terms</terms>"))),
    Wild(name="no namespace", rsl="<rsl><content url='/'><license><prohibits type='usage'>ai-train</prohibits>"
         "</license></content></rsl>", by_hand="FS"),
    Wild(name="a prefix", by_hand="FS",
         rsl='<r:rsl xmlns:r="https://rslstandard.org/rsl"><r:content url="/"><r:license><r:prohibits type="usage">'
         "ai-train</r:prohibits></r:license></r:content></r:rsl>"),
    # Parts of a site
    Wild(name="another part of the site is licensed", rsl=rsl(content(licence(prohibits("all")), "/video/*")),
         by_hand="FSET"),
    Wild(name="a pattern with a star and an end", by_hand="FS",
         rsl=rsl(content(licence(prohibits("ai-train")), "/*/2026/*=1$"))),
    Wild(name="a whole address", by_hand="FS",
         rsl=rsl(content(licence(prohibits("ai-train")), "https://paper.test/news/*"))),
    Wild(name="the address of another host", by_hand="FSET",
         rsl=rsl(content(licence(prohibits("ai-train")), "https://magazine.test/*"))),
    Wild(name="all hosts of a domain", by_hand="FSET",
         rsl=rsl(content(licence(prohibits("ai-train")), "https://*.paper.test/*"))),
    Wild(name="the smaller part is stricter", by_hand="FS",
         rsl=rsl(content(licence(permits("all"))), content(licence(prohibits("ai-train")), "/news/"))),
    Wild(name="the smaller part is free", by_hand="FSET",
         rsl=rsl(content(licence(prohibits("ai-all"))), content(licence(permits("all")), "/news/"))),
    Wild(name="the smaller part speaks of search alone", by_hand="F",
         rsl=rsl(content(licence(prohibits("ai-all"))), content(licence(prohibits("search")), "/news/"))),
    # Together
    Wild(name="free by its licence, not by its signal", robots=MANAGED, by_hand="F",
         rsl=rsl(content(licence(permits("all"))))),
    Wild(name="the page's own licence goes before its site's", by_hand="FSET",
         rsl=rsl(content(licence(prohibits("ai-all")))), of_page=rsl(content(licence(permits("all")), ""))),
    Wild(name="the page's own licence is stricter", by_hand="FS",
         rsl=rsl(content(licence(permits("all")))), of_page=rsl(content(licence(prohibits("ai-train")), ""))),
    Wild(name="the page's own licence is about another page", by_hand="FSET",
         of_page=rsl(content(licence(prohibits("ai-train")), "/sport/"))),
    # Not to be read
    Wild(name="a web page instead of a licence", rsl="<!doctype html><title>Gazette</title><p>News", by_hand="FS"),
    Wild(name="broken XML", rsl="<rsl><content url='/'>", by_hand="FS"),
    Wild(name="an empty file", rsl="", by_hand="FS"),
    Wild(name="no content", rsl=rsl(), by_hand="FS"),
)  # fmt: skip


@pytest.mark.parametrize("case", WILD, ids=lambda case: case.name)
def test_the_decisions_are_those_made_by_hand(case: Wild) -> None:
    robots = "https://paper.test/robots.txt"
    site = said(robots_signals(case.robots.encode(), "cuttings", robots), robots)
    site += said(tdmrep_signals(case.tdmrep.encode()), "https://paper.test/.well-known/tdmrep.json")
    if case.rsl is not None:
        site += said(licence_signals(case.rsl.encode()), LICENCE)
    page = [Said(signal=Signal(kind=kind, value=value, reserves=True), place=URL) for kind, value in case.page]
    if case.of_page is not None:
        page += said(licence_signals(case.of_page.encode()), "https://paper.test/own.xml")

    assert allowed(page, site) == case.by_hand


@pytest.mark.parametrize("case", WILD, ids=lambda case: case.name)
def test_what_may_not_be_shown_is_not_exported(case: Wild) -> None:
    assert "S" in case.by_hand or "E" not in case.by_hand  # `publish` leaves out what exports leave out


def test_the_strictest_comes_first_with_place_date_and_words() -> None:
    robots = "https://paper.test/robots.txt"
    site = [
        *said(robots_signals(b"User-agent: *\nContent-Signal: ai-train=no\n", "cuttings", robots), robots),
        *said(licence_signals(rsl(content(licence(prohibits("all")))).encode()), LICENCE),
    ]

    decided = decide(URL, (), site)

    assert decided.reasons() == (
        ("file, show, export, train", f"rsl says prohibits: all ({LICENCE}, read 2026-11-30)"),
        ("export, train", f"content-signal says ai-train=no ({robots}, read 2026-11-30)"),
    )
    assert decided.reserved == "rsl content-signal"


def test_a_licence_that_was_not_read_yet_reserves_and_is_not_settled() -> None:
    unread = Signal(kind=K.RSL, value=licences.UNREAD, reserves=True)

    decided = decide(URL, (), [Said(signal=unread, place=LICENCE)])

    assert decided.reserved == "rsl"
    assert decided.settled is None


TOKENS = st.lists(st.sampled_from(["all", "ai-all", "ai-train", "ai-input", "search", "x-1"]), max_size=3).map(tuple)


@given(
    permits=TOKENS,
    prohibits=TOKENS,
    users=TOKENS,
    places=TOKENS,
    payment=st.sampled_from([None, "free", "crawl 0.01 USD"]),
    needs=st.sampled_from([(), ("a token",), ("a", "b")]),
)
def test_a_licence_in_words_is_read_as_it_was_written(
    permits: tuple[str, ...], prohibits: tuple[str, ...], users: tuple[str, ...], places: tuple[str, ...],
    payment: str | None, needs: tuple[str, ...],
) -> None:  # fmt: skip
    unique = {"permits": permits, "prohibits": prohibits, "not_users": users, "places": places}
    one = Licence(**{k: tuple(dict.fromkeys(v)) for k, v in unique.items()}, payment=payment, needs=needs)

    assert of_words(one.words()) == one


@pytest.mark.parametrize(
    ("location", "holds"),
    [
        ("", True), ("/", True), ("*", True), ("/news/", True), ("/news/*", True), ("/sport", False),
        ("news/*", True), ("paper.test/news/*", True), ("HTTPS://PAPER.TEST/news", True), ("//paper.test", True),
        ("https://paper.test:8443/news", True), ("https://*/news/*", True), ("https://paper.test.evil.test/", False),
        ("/news/2026/ferry?page=1$", True), ("/news/2026/ferry$", False),
    ],
)  # fmt: skip
def test_a_location_is_a_path_or_an_address_with_a_pattern(location: str, *, holds: bool) -> None:
    assert holds_for(location, URL) is holds


NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asks", "due"),
    [
        ([], True),
        ([(1, False)], False), ([(24, False)], True),
        ([(24, False), (48, False)], False), ([(24 * 7, False), (24 * 8, False)], True),
        ([(24, False), (48, True)], True),
        ([(24, True)], False), ([(24 * 7, True)], True),
        ([(-5, True)], True),  # by a clock that was wrong
    ],
)  # fmt: skip
def test_a_licence_is_asked_for_again_after_a_day_and_then_after_a_week(
    asks: list[tuple[int, bool]], *, due: bool
) -> None:
    assert licences.is_due([(NOW - timedelta(hours=hours), read) for hours, read in asks], NOW) is due
