"""Captures to extract from, made of a few paragraphs or read from tests/fixtures, and what holds for any of them."""

import json
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.model.article import Article, Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from archive.text import fold, scrub
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
LONG = (
    *PROSE,
    (
        "The council has lent the volunteers a shed and a padlock. It kept the second key, which nobody has been able "
        "to find since the opening, although the mayor remembers holding it."
    ),
    (
        "Mills of this size once stood at every bend of the river. A survey of 1822 counts thirty-seven between the "
        "source and the sea, most of them grinding oats for horses that are no longer there."
    ),
    (
        "On Sunday the last bag was carried home at half past six by a boy of eight, who had been promised that he "
        "might if he did not ask again. He had asked, he admitted, twice."
    ),
    (
        "The swallows left in the night, a week earlier than usual. The miller's daughter was not surprised: they had "
        "never liked the noise, she said, and they would be back when it was familiar."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A saved page with what must hold for it."""

    name: str
    capture: Capture
    rules: SiteRules
    expected: dict[str, Any]


def read_case(name: str) -> Case:
    """Read tests/fixtures/NAME."""
    folder = FIXTURES / name
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    said = meta.get("rules", {})
    return Case(
        name=name,
        capture=capture(
            (folder / "page.html").read_bytes(),
            meta["url"],
            final_url=meta.get("final_url"),
            status=meta.get("status", 200),
            headers=meta.get("headers"),
        ),
        rules=SiteRules(
            body=tuple(said.get("body", ())),
            remove=tuple(said.get("remove", ())),
            keep=tuple(said.get("keep", ())),
            captions=tuple(said.get("captions", ())),
            boilerplate=tuple(said.get("boilerplate", ())),
        ),
        expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
    )


def capture(
    body: bytes | str,
    url: str = URL,
    *,
    final_url: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Capture:
    """A server's answer; `final_url` is where redirects led, if there were any."""
    return Capture(
        url=url,
        final_url=final_url or url,
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


# What is promised of any page, whatever bytes it is made of -----------------------------------------------------------


def promised(result: Extraction | Failure) -> Extraction | Failure:
    """See that a result is one of two things, can cross a process border and stand in a database."""
    assert isinstance(result, Extraction | Failure)
    if isinstance(result, Failure) and result.outcome is Outcome.ERROR:
        assert "RecursionError" in result.detail, result  # nested deeper than Python recurses; it says so
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own
    for text in texts_in(result):
        assert text == scrub(text)
        text.encode("utf-8")
    if isinstance(result, Extraction):
        _whole(result)
    return result


def _whole(result: Extraction) -> None:
    paragraphs = result.article.paragraphs
    assert all(text == fold(text) != "" for text in paragraphs)
    cuts = [cut.after_paragraph for cut in result.clutter]
    assert cuts == sorted(cuts), "the ledger is in page order"
    places = [*cuts, *(image.after_paragraph for image in result.article.images)]
    assert all(0 <= place <= len(paragraphs) for place in places)


def texts_in(value: object) -> Iterator[str]:
    """Every text in a value of ours, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts_in(getattr(value, each.name))
