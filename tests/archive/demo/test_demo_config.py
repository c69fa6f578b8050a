import re
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from lxml import html

from archive.config import toml
from archive.demo.crawl_config import config_text
from archive.demo.newspaper import Newspaper
from tests.archive.demo.asking import Get

PROXY = "http://127.0.0.1:4711"


@pytest.fixture
def parsed() -> toml.Config:
    return toml.parse(config_text(PROXY), Path("cuttings.toml"))


def test_there_is_a_source_for_every_outlet(parsed: toml.Config, first: Newspaper) -> None:
    assert parsed.proxy == PROXY
    assert {source.url for source in parsed.sources} == {f"http://{outlet.host}/" for outlet in first.outlets}
    assert all(source.delay <= 0.2 for source in parsed.sources)


def test_every_address_in_it_is_answered(parsed: toml.Config, get: Get) -> None:
    for source in parsed.sources:
        for url in (source.url, *source.feeds, *source.sitemaps, *source.sections, *source.urls):
            assert get(url).status == 200, url


def test_the_selectors_and_patterns_fit_the_section_pages(parsed: toml.Config, first: Newspaper, get: Get) -> None:
    (source,) = (source for source in parsed.sources if source.sections)
    links = {
        urljoin(source.url, quote(link.get("href").split("#")[0]))
        for section in source.sections
        for selector in source.links
        for link in html.fromstring(get(section).body).cssselect(selector)
    }
    stories = {story.url for story in first.articles if story.url.startswith(source.url)}
    assert stories < links
    assert all(re.search(pattern, url) for pattern in source.include for url in stories)
