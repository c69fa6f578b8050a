"""Reads what the demonstration prints from `content/*.toml`, one file an outlet. Knows nothing of HTTP or templates.

A file has the tables `[outlet]`, `[furniture]` (texts around every story), `[[sheet]]` (pages that are no story:
fronts, feeds, sitemaps), `[[redirect]]`, `[[oddity]]` and `[[story]]`;
what becomes of a story in the second edition is its table `second`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from archive.demo import markup
from archive.demo.markup import Block, BlockKind
from archive.demo.story import Comment, Leaf, Oddity, Offcut, Outlet, Story
from archive.model.article import ClutterKind, Image, PageKind
from archive.model.outcome import Outcome

Table = dict[str, Any]  # a TOML table, parsed here and not passed on
OUTLETS = ("harbour-post", "meridian-times", "vale-courier", "neuhafen-bote", "ferry-lane")
_RELATED = 3  # stories named below each story


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page that is no story, printed from a template. `fields` are what the template is told besides."""

    path: str
    template: str
    content_type: str
    listing: bool = False
    gzip: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A path that has moved."""

    path: str
    to: str
    status: int = 301


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that one outlet prints in one edition, its stories newest first."""

    outlet: Outlet
    furniture: Mapping[str, Offcut]
    sheets: tuple[Sheet, ...]
    redirects: tuple[Redirect, ...]
    stories: tuple[Story, ...]
    oddities: tuple[Oddity, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the outlet, in the order of their newest story."""
        return tuple(dict.fromkeys(story.section for story in self.stories))

    def related(self, story: Story) -> tuple[Story, ...]:
        """The stories of the same language named below this one: those that follow it, as in a ring."""
        ring = [other for other in self.stories if other.language == story.language]
        at = next(i for i, other in enumerate(ring) if other.slug == story.slug)
        return tuple((ring[at + 1 :] + ring[:at])[:_RELATED])


def load(name: str, number: int, now: datetime) -> Desk:
    """Return what the outlet prints in that edition; in the second one, what changed changed at `now`."""
    table = _read(name)
    outlet = _outlet(table["outlet"])
    furniture = {key: _offcut(row) for key, row in table.get("furniture", {}).items()}
    drafts = [dict(row, number=1204 + 7 * i) for i, row in enumerate(table["story"])]
    deleted = [row for row in drafts if number > 1 and row.get("second", {}).get("deleted")]
    printed = [_second(row, now) if number > 1 else row for row in drafts if row not in deleted]
    stories = sorted((_story(name, outlet, row) for row in printed), key=lambda story: story.published, reverse=True)
    desk = Desk(
        outlet=outlet,
        furniture=furniture,
        sheets=tuple(_sheet(row) for row in table.get("sheet", ())),
        redirects=tuple(Redirect(**row) for row in table.get("redirect", ())),
        stories=tuple(stories),
        oddities=(
            *(_oddity(name, outlet, row) for row in table.get("oddity", ())),
            *(_tombstone(name, outlet, row, now) for row in deleted),
        ),
    )
    return replace(desk, stories=tuple(_with_offcuts(desk, story) for story in desk.stories))


@cache
def _read(name: str) -> Table:
    return tomllib.loads(files("archive.demo").joinpath("content", f"{name}.toml").read_text("utf-8"))


def _outlet(row: Table) -> Outlet:
    return Outlet(**dict(row, languages=tuple(row["languages"])))


def _offcut(row: Table) -> Offcut:
    return Offcut(**dict(row, kind=ClutterKind(row["kind"])))


def _sheet(row: Table) -> Sheet:
    return Sheet(**dict(row, fields=tuple(row.get("fields", {}).items())))


def _second(row: Table, now: datetime) -> Table:
    """Return the story as the second edition prints it: unchanged, or edited at `now`."""
    change = row.get("second")
    if not change:
        return row
    body = row["body"]
    for old, new in change["rewrites"]:
        body = body.replace(_paragraph_starting(body, old), new)
    return dict(row, title=change["title"], body=body, modified=now)


def _paragraph_starting(body: str, beginning: str) -> str:
    return next(line for line in body.splitlines() if line.startswith(beginning))


def _story(name: str, outlet: Outlet, row: Table) -> Story:
    slug, published = row["slug"], row["published"]
    fields = _path_fields(row)
    blocks = markup.parse(row["body"])
    return Story(
        id=f"{name}/{slug}",
        host=outlet.host,
        slug=slug,
        url=_url(outlet, outlet.story_path, fields),
        title=row["title"],
        published=published,
        modified=row.get("modified"),
        leaves=tuple(_leaf(outlet, n, page, fields) for n, page in enumerate(markup.paginate(blocks), 1)),
        standfirst=row.get("standfirst", ""),
        authors=tuple(row.get("authors", ())),
        language=row.get("language", outlet.languages[0]),
        section=row.get("section", ""),
        tags=tuple(row.get("tags", ())),
        kind=PageKind(row.get("kind", "article")),
        images=tuple(_images(outlet, blocks, fields)),
        comments=tuple(Comment(name=name, text=text) for name, text in row.get("comments", ())),
        place=row.get("place", ""),
        number=row["number"],
        charset=row.get("charset", "utf-8"),
        amp_url=_url(outlet, outlet.amp_path, fields) if outlet.amp_path else "",
        short_url=_url(outlet, outlet.short_path, fields) if outlet.short_path else "",
        copy_of=row.get("copy_of", ""),
        note=row.get("note", ""),
        listed=tuple(row.get("listed", ())),
    )


def _path_fields(row: Table) -> dict[str, str]:
    day: datetime = row["published"]
    return {
        "slug": row["slug"],
        "section": row.get("section", "").lower().replace(" ", "-"),
        "language": row.get("language", ""),
        "number": str(row["number"]),
        "year": f"{day:%Y}",
        "month": f"{day:%m}",
        "day": f"{day:%d}",
    }


def _url(outlet: Outlet, pattern: str, fields: Mapping[str, str]) -> str:
    return f"http://{outlet.host}{quote(pattern.format_map(fields), safe='/?=&')}"


def _leaf(outlet: Outlet, number: int, blocks: tuple[Block, ...], fields: Mapping[str, str]) -> Leaf:
    pattern = outlet.story_path if number == 1 else outlet.page_path
    return Leaf(number=number, url=_url(outlet, pattern, {**fields, "n": str(number)}), blocks=blocks)


def _images(outlet: Outlet, blocks: Iterable[Block], fields: Mapping[str, str]) -> Iterator[Image]:
    kept = 0
    for block in blocks:
        for picture in block.pictures:
            yield Image(
                url=_url(outlet, outlet.image_path, fields) + picture.file,
                caption=picture.caption or None,
                credit=picture.credit or None,
                alt=picture.alt or None,
                after_paragraph=kept,
            )
        kept += len(block.kept)


def _oddity(name: str, outlet: Outlet, row: Table) -> Oddity:
    fields = _path_fields(dict(row, slug="", number=0))
    return Oddity(
        **{
            **{key: value for key, value in row.items() if key != "path"},
            "id": f"{name}{row['path']}",
            "host": outlet.host,
            "url": row.get("url") or _url(outlet, row["path"], fields),
            "outcome": Outcome(row["outcome"]),
            "kind": PageKind(row.get("kind", "unknown")),
            "language": row.get("language", outlet.languages[0]),
            "listed": tuple(row.get("listed", ())),
            "authors": tuple(row.get("authors", ())),
            "teaser": tuple(row.get("teaser", ())),
        }
    )


def _tombstone(name: str, outlet: Outlet, row: Table, now: datetime) -> Oddity:
    """Return a deleted story: it answers 410, is gone from the feeds, and lingers in the sitemap."""
    return Oddity(
        id=f"{name}/{row['slug']}",
        host=outlet.host,
        slug=row["slug"],
        url=_url(outlet, outlet.story_path, _path_fields(row)),
        title=row["title"],
        published=row["published"],
        modified=now,
        status=410,
        outcome=Outcome.HTTP_4XX,
        template="gone.html",
        listed=("sitemap",),
    )


def _with_offcuts(desk: Desk, story: Story) -> Story:
    return replace(story, offcuts=tuple(dict.fromkeys(_offcuts(desk, story))))


def _offcuts(desk: Desk, story: Story) -> Iterator[Offcut]:
    for image in story.images:
        yield from _named(ClutterKind.CAPTION, image.caption)
        yield from _named(ClutterKind.CREDIT, image.credit)
    for block in story.blocks:
        yield from _named(_CUT_BLOCKS.get(block.kind), markup.plain(block.text))
    for comment in story.comments:
        yield Offcut(kind=ClutterKind.COMMENT, text=comment.text)
    for other in desk.related(story):
        yield Offcut(kind=ClutterKind.RELATED, text=other.title)
    if story.authors and desk.outlet.author_bio:
        yield Offcut(kind=ClutterKind.BIO, text=desk.outlet.author_bio.format(author=story.authors[0]))
    yield from _named(ClutterKind.OTHER, story.note)
    yield from (piece for piece in desk.furniture.values() if piece.language in {"", story.language})


def _named(kind: ClutterKind | None, text: str | None) -> Iterator[Offcut]:
    if kind and text:
        yield Offcut(kind=kind, text=text)


_CUT_BLOCKS = {
    BlockKind.GALLERY: ClutterKind.GALLERY,
    BlockKind.PROMO: ClutterKind.RELATED,
    BlockKind.PULL_QUOTE: ClutterKind.OTHER,
}
