"""Prints an outlet's pages: a desk and its templates to bytes. Pure; knows nothing of requests."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from gzip import compress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from archive.demo.content import Desk, Sheet
from archive.demo.markup import BlockKind, Picture, inline_html
from archive.demo.story import Leaf, Oddity, Story

if TYPE_CHECKING:
    from jinja2 import Environment

Entry = Story | Oddity  # what a listing can list


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands at a path; `printed` makes its bytes when asked. A listing knows when it last changed."""

    printed: Callable[[], bytes]
    content_type: str
    status: int = 200
    location: str = ""
    listing: bool = False
    modified: datetime | None = None


def pages(desk: Desk) -> dict[str, Page]:
    """Return every page of the outlet by its decoded path (with the query where that is what tells pages apart)."""
    printed = dict(_pictures(desk))
    printed |= {_path(leaf.url): _leaf_page(desk, story, leaf) for story in desk.stories for leaf in story.leaves}
    printed |= {_path(story.amp_url): _amp_page(desk, story) for story in desk.stories if story.amp_url}
    printed |= {path: page for section in desk.sections for path, page in _section_page(desk, section)}
    printed |= {_path(story.short_url): _moved(story.url) for story in desk.stories if story.short_url}
    printed |= {_path(odd.url): _oddity_page(desk, odd) for odd in desk.oddities if _is_at_home(odd)}
    printed |= {sheet.path: _sheet_page(desk, sheet) for sheet in desk.sheets}
    printed |= {redirect.path: _moved(redirect.to, redirect.status) for redirect in desk.redirects}
    return printed


def entries(desk: Desk, listing: str) -> tuple[Entry, ...]:
    """Return what the listing ("feed", "sitemap", "section" ...) lists, newest first."""
    stories = (story for story in desk.stories if not story.listed or listing in story.listed)
    oddities = (odd for odd in desk.oddities if listing in odd.listed)
    return tuple(sorted((*stories, *oddities), key=lambda entry: entry.published, reverse=True))


def _is_at_home(odd: Oddity) -> bool:
    return odd.url.startswith(f"http://{odd.host}/")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path) + (f"?{parts.query}" if parts.query else "")


def _leaf_page(desk: Desk, story: Story, leaf: Leaf) -> Page:
    def printed() -> bytes:
        return _render(desk, "article.html", story=story, leaf=leaf).encode(story.charset, "xmlcharrefreplace")

    return Page(printed=printed, content_type=desk.outlet.html_type)


def _amp_page(desk: Desk, story: Story) -> Page:
    return Page(printed=lambda: _render(desk, "amp.html", story=story).encode(), content_type=desk.outlet.html_type)


def _section_page(desk: Desk, section: str) -> Iterator[tuple[str, Page]]:
    if not desk.outlet.section_path:
        return
    path = section_path(desk, section)
    yield (
        path,
        Page(
            printed=lambda: _render(desk, "section.html", section=section).encode(),
            content_type=desk.outlet.html_type,
        ),
    )


def section_path(desk: Desk, section: str) -> str:
    """Return the path of a section's page."""
    language = next(story.language for story in desk.stories if story.section == section)
    return desk.outlet.section_path.format(section=section.lower().replace(" ", "-"), language=language)


def _sheet_page(desk: Desk, sheet: Sheet) -> Page:
    def printed() -> bytes:
        text = _render(desk, sheet.template, path=sheet.path, **dict(sheet.fields)).encode()
        return compress(text, mtime=0) if sheet.gzip else text

    return Page(
        printed=printed,
        content_type=sheet.content_type,
        listing=sheet.listing,
        modified=max([story.updated for story in desk.stories] + [odd.updated for odd in desk.oddities]),
    )


def _oddity_page(desk: Desk, odd: Oddity) -> Page:
    if odd.content_type == "application/pdf":
        return Page(printed=lambda: _PDF, content_type=odd.content_type)
    return Page(
        printed=lambda: _render(desk, odd.template, odd=odd).encode() if odd.template else b"",
        content_type=odd.content_type or desk.outlet.html_type,
        status=odd.status,
        location=odd.location,
    )


def _moved(to: str, status: int = 301) -> Page:
    return Page(printed=lambda: b"", content_type="text/html", status=status, location=to)


def _pictures(desk: Desk) -> Iterator[tuple[str, Page]]:
    for story in desk.stories:
        for image in story.images:
            # Whatever the ending says, as picture services do that choose the format themselves.
            yield _path(image.url), Page(printed=lambda url=image.url: _png(url), content_type="image/png")  # type: ignore[misc]  # a lambda's default


def _render(desk: Desk, template: str, **fields: Any) -> str:
    page = _environment().get_template(f"{desk.outlet.templates}/{template}")
    return page.render(
        desk=desk,
        outlet=desk.outlet,
        say={key: offcut.text for key, offcut in desk.furniture.items()},
        entries=lambda listing: entries(desk, listing),
        section_path=lambda section: section_path(desk, section),
        picture_url=_picture_url,
        authors_ld=lambda authors: [{"@type": "Person", "name": author} for author in authors],
        json_feed=lambda address: _json_feed(desk, address),
        live_updates=lambda story: list(_live_updates(story)),
        story_url=lambda slug: next(story.url for story in desk.stories if story.slug == slug),
        **fields,
    )


def _json_feed(desk: Desk, address: str) -> str:
    """Return the outlet's JSON Feed 1.1. Made here and not in a template: JSON has no place for a stray comma."""
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.standfirst,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [{"name": name} for name in entry.authors],
        }
        for entry in entries(desk, "feed")
    ]
    home = f"http://{desk.outlet.host}/"
    head = {"version": "https://jsonfeed.org/version/1.1", "title": desk.outlet.name, "home_page_url": home}
    return json.dumps({**head, "feed_url": address, "items": items}, ensure_ascii=False, indent=1)


def _live_updates(story: Story) -> Iterator[dict[str, str]]:
    """Yield the entries of a live blog as schema.org's BlogPosting, each with its paragraphs in one text."""
    heads = [i for i, block in enumerate(story.blocks) if block.kind is BlockKind.ENTRY]
    for start, end in zip(heads, [*heads[1:], len(story.blocks)], strict=True):
        head, *rest = story.blocks[start:end]
        yield {
            "@type": "BlogPosting",
            "headline": head.text,
            "datePublished": head.when.isoformat() if head.when else "",
            "articleBody": " ".join(text for block in rest for text in block.kept),
        }


def _picture_url(story: Story, picture: Picture) -> str:
    return next(image.url for image in story.images if image.url.endswith("/" + picture.file))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("archive.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters |= {
        "day": _day,
        "clock": lambda when: f"{when:%H:%M}",
        "inline": lambda text: Markup(inline_html(text)),  # noqa: S704  # escaped there
        "iso": lambda when: when.isoformat(timespec="seconds"),
        "rfc822": format_datetime,
        "path": _path,
        "slugged": lambda text: text.lower().replace(" ", "-"),
        "utc": lambda when: f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return environment


_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_DAYS = {"en": "{month} {day}, {year}", "de": "{day}. {month} {year}", "ar": "{day} {month} {year}"}


def _day(when: datetime, language: str) -> str:
    return _DAYS[language].format(day=when.day, month=_MONTHS[language].split()[when.month - 1], year=when.year)


def _png(url: str) -> bytes:
    """Return a picture of one colour, 16 by 9 pixels, that depends on its address alone."""
    colour = zlib.crc32(url.encode()).to_bytes(4)[:3]
    rows = (b"\0" + colour * 16) * 9
    header = struct.pack(">IIBBBBB", 16, 9, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


_PDF = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>> endobj
trailer <</Root 1 0 R /Size 4>>
%%EOF
"""
