"""Heads of pages that the tests of metadata share, and what is read from a page with one."""

import json

from pipelines.metadata.article_facts import Signals, read_signals
from pipelines.page.head import read_head
from pipelines.page.parse import decode, parse
from tests.pipelines.pages import FETCHED, URL, page


def signals(head: str = "", *blocks: str, url: str = URL, html: str | None = None) -> Signals:
    parsed = parse(decode((html or page(*blocks, head=head)).encode()), url)
    assert parsed is not None
    return read_signals(read_head(parsed), FETCHED)


def ld(**said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **said})}</script>'


def meta(**said: str) -> str:
    return "".join(f'<meta name="{name.replace("__", ":")}" content="{value}">' for name, value in said.items())


def person(name: str, **more: str) -> dict[str, str]:
    return {"@type": "Person", "name": name, **more}
