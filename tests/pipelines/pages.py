"""Captures to extract from: made of a few paragraphs, or read from tests/fixtures."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.models import Article, Capture, Extraction, SiteRules
from pipelines.extract import extract

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CASES = tuple(sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
URL = "https://gazette.test/town/the-mill-turns-again"
FETCHED = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

TITLE = "The Mill Turns Again After Forty Years"
PROSE = (
    (
        "The water mill below the weir turned again on Sunday for the first time in forty years, and half the town had "
        "come to watch it. The first flour went to the bakery on the square."
    ),
    (
        "It took nine volunteers four summers to rebuild the wheel. They had one drawing, two photographs and the "
        "memory of a miller's daughter, who is ninety-one and corrected the drawing twice."
    ),
    (
        "The wheel has forty paddles of larch. It turns six times a minute when the river is high, and in August, the "
        "volunteers admit, it will probably not turn at all."
    ),
    (
        "Flour will be ground on the first Sunday of each month. A bag costs four, and the money goes into a new roof, "
        "which the swallows have been waiting for even longer than the town."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A saved page with what must hold for it."""

    name: str
    capture: Capture
    rules: SiteRules
    expected: dict[str, Any]
    xfail: str | None  # why the case is known to fail


def read_case(name: str) -> Case:
    """Read tests/fixtures/NAME."""
    folder = FIXTURES / name
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    rules = {key: tuple(selectors) for key, selectors in meta.get("rules", {}).items()}
    return Case(
        name=name,
        capture=capture(
            (folder / "page.html").read_bytes(),
            meta["url"],
            status=meta.get("status", 200),
            headers=meta.get("headers"),
        ),
        rules=SiteRules(**rules),
        expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
        xfail=meta.get("xfail"),
    )


def capture(body: bytes | str, url: str = URL, *, status: int = 200, headers: dict[str, str] | None = None) -> Capture:
    """A server's answer."""
    return Capture(
        url=url,
        final_url=url,
        fetched_at=FETCHED,
        status=status,
        headers=tuple((headers or {}).items()),
        body=body.encode("utf-8") if isinstance(body, str) else body,
    )


def page(*blocks: str, head: str = "", title: str = TITLE, article: bool = True) -> str:
    """A page with a heading and these blocks of HTML below it."""
    marked = (
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">' if article else ""
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{marked}{head}</head>'
        f"<body><main><article><h1>{title}</h1>\n" + "\n".join(blocks) + "\n</article></main></body></html>"
    )


def prose(texts: Iterable[str] = PROSE) -> str:
    """Paragraphs as HTML."""
    return "\n".join(f"<p>{text}</p>" for text in texts)


def extracted(
    body: bytes | str, url: str = URL, *, status: int = 200, headers: dict[str, str] | None = None
) -> Extraction:
    """What extraction makes of a page that it can read."""
    result = extract(capture(body, url, status=status, headers=headers))
    assert isinstance(result, Extraction), result
    return result


def article(*blocks: str, head: str = "", url: str = URL) -> Article:
    """The article of a page with these blocks among its paragraphs and this in its head."""
    return extracted(page(*(blocks or (prose(),)), head=head), url).article
