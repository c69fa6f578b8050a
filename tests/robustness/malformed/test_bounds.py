"""The worst input of each reader takes its share of time. Quadratic work would take minutes at these sizes.

At the sizes that a crawl lets through, in a worker: `tests/benchmarks/worst.py`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from archive.config import toml
from archive.crawl.bounds import traps
from archive.errors import ConfigError
from archive.web import urls
from archive.web.media_types import sniff
from pipelines.page.parse import decode, parse
from spiders.http.retry_after import retry_at
from spiders.site.robots_txt import MAX_BYTES, RobotsParser
from tests.robustness.malformed.worst import LISTINGS

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MIB = 1 << 20
# Where 20,000 links take their time whatever the size, and where quadratic work would hardly show at one.
SIZES = {"feed: long links": MIB // 4, "section: base": MIB // 4, "sitemap: members": 4 * MIB}
SECONDS = 8  # of CPU for such a listing, on any machine
INSTANT = 1.5  # for what holds up the whole crawl: a fraction of a second, and some more for a busy machine


def seconds_of(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("title", LISTINGS)
def test_a_listing_is_read_in_time(title: str) -> None:
    assert seconds_of(LISTINGS[title].reading(SIZES.get(title, MIB))) < SECONDS


USER_AGENT = "Cuttings/0.1 (+mailto:desk@paper.test)"
PATHS = ("a" * 1_900, "/".join("ab" * 400), "%41" * 600, "a?" * 900)
ROBOTS = {
    "agents and rules": b"user-agent: a\n" * 15_000 + b"allow: /a\n" * 30_000,
    "long rule": b"user-agent: *\ndisallow: /" + b"a*" * 250_000,
    "pieces that nearly fit": b"user-agent: *\n" + b"allow:*aaaaaaab\n" * 30_000,
    "rules for all": b"user-agent: *\n" + b"".join(b"allow:/%d*a*b$\n" % number for number in range(25_000)),
    "spaces": b"user-agent: *\ndisallow:" + b" " * MAX_BYTES,
    "stars": b"user-agent: *\ndisallow: " + b"*" * MAX_BYTES,
    "delay": b"user-agent: *\ncrawl-delay: 0." + b"9" * (MAX_BYTES - 40),
    "percent signs": b"user-agent: *\ndisallow: /" + b"%2f" * 160_000,
}


@pytest.mark.parametrize("title", ROBOTS)
def test_rules_are_read_and_asked_at_once(title: str) -> None:
    body = ROBOTS[title][:MAX_BYTES]
    assert seconds_of(lambda: RobotsParser(body, USER_AGENT)) < INSTANT
    rules = RobotsParser(body, USER_AGENT)
    for path in PATHS:
        assert seconds_of(partial(rules.allowed, f"https://paper.test/{path}", USER_AGENT)) < INSTANT


ADDRESSES = {
    "as long as a page": "https://paper.test/" + "a" * (10 << 20),
    "break": "https://paper.test/" + "a\n" * 990,
    "dots": "https://paper.test/" + "../" * 650,
    "labels": "https://" + "a." * 990,
    "many parameters": "https://paper.test/?" + "utm_a=1&" * 240,
    "percent": "https://paper.test/" + "%" * 600,
    "script": "https://" + "\u00fc" * 1_900 + ".test/",
    "spaces": " " * (10 << 20),
    "www": "https://" + "www." * 60 + "test/",
}


@pytest.mark.parametrize("title", ADDRESSES)
def test_an_address_is_made_normal_at_once(title: str) -> None:
    def look() -> None:
        try:
            normal = urls.normalize(ADDRESSES[title])
        except urls.BadURLError:
            return
        traps.reason(normal)
        traps.pattern(normal)
        urls.is_home(normal)

    assert seconds_of(look) < INSTANT


@pytest.mark.parametrize("value", ["9" * 250_000, "Mon, " * 50_000, ":" * 250_000, "-" * 250_000, "1 Jan " * 40_000])
def test_retry_after_is_read_at_once(value: str) -> None:
    assert seconds_of(lambda: retry_at(value, NOW)) < INSTANT


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<!---->", b"<?xml", b"<!doctype x[", b"<!doctype aaaa", b" ", b"<", b"]", b"\0", b"\xff\xfe<"]
)
def test_a_body_is_sniffed_at_once(piece: bytes) -> None:
    for head in (b"", b"<!doctype ", b"<?xml", b"<!doctype x ["):
        assert seconds_of(partial(sniff, head + piece * 200_000)) < INSTANT


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>" + b"<!doctype " * 400_000, id="doctypes without an end"),
        pytest.param(b"<html><p>" + b"a" * (4 << 20) + b"\x81\xe9", id="one foreign byte after millions"),
        pytest.param(b"<html><p>" + b"&#x0" * 400_000, id="references without an end"),
    ],
)
def test_a_page_is_decoded_and_parsed_in_time(body: bytes) -> None:
    assert seconds_of(lambda: parse(decode(body), "https://paper.test/")) < 8


PROJECT = f'[project]\nuser_agent = "{USER_AGENT}"\n[[source]]\nurl = "https://paper.test/"\n'
FILES = {
    "delay": PROJECT + 'delay = "' + "1" * (1 << 20) + '"',
    "key in a value": "a = {" + "a." * 400_000 + "a = 1}",
    "key of many parts": "a." * 400_000 + "a = 1",
    "pattern": PROJECT + "include = ['" + "a|" * (1 << 19) + "']",
    "quoted key": '"".' * 300_000 + "a = 1",
    "selector": PROJECT + 'links = "' + "a " * (1 << 19) + '"',
}


@pytest.mark.parametrize("title", FILES)
def test_a_configuration_beyond_any_sense_is_refused_at_once_and_in_a_few_words(title: str, tmp_path: Path) -> None:
    path = tmp_path / "cuttings.toml"
    path.write_text(FILES[title], encoding="utf-8")
    began = time.process_time()
    with pytest.raises(ConfigError) as refused:
        toml.load(path)
    assert time.process_time() - began < INSTANT
    assert len(str(refused.value)) < len(str(path)) + 300
