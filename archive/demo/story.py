"""What the demonstration prints, as values, with the truth: what an archive should keep of it and what not."""

from dataclasses import dataclass
from datetime import datetime

from archive.demo.markup import Block
from archive.model.article import ClutterKind, Image, PageKind
from archive.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A newspaper of the demonstration. Its paths are patterns with the fields of a story: {slug}, {year} ..."""

    host: str
    name: str
    motto: str
    languages: tuple[str, ...]
    templates: str  # the folder its pages are printed from
    story_path: str
    image_path: str
    page_path: str = ""  # of the second and further pages of a story
    amp_path: str = ""
    short_path: str = ""  # an address by number alone, which redirects
    section_path: str = ""
    author_bio: str = ""  # "{author} covers ..."
    html_type: str = "text/html; charset=UTF-8"
    gzip: bool = False  # bodies are compressed for who accepts it
    validators: bool = False  # feeds and sitemaps answer conditional requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Offcut:
    """A text on a story's page that is no part of the article; with a language, on pages in that one only."""

    kind: ClutterKind
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reader wrote below a story."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a story, with the paragraphs an archive should keep of it, in order."""

    number: int
    url: str
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The plain texts of the page that belong to the article."""
        return tuple(text for block in self.blocks for text in block.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article that an archive should file. Most have one leaf; `offcuts` are texts that must not be in its text.

    `copy_of` is the id of the story that this one is a syndicated copy of. Dates are aware, in the zone they are
    printed in.
    """

    id: str  # "harbour-post/dredger-returns"
    host: str
    slug: str
    url: str
    title: str
    published: datetime
    leaves: tuple[Leaf, ...]
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    modified: datetime | None = None
    language: str = "en"
    section: str = ""
    tags: tuple[str, ...] = ()
    kind: PageKind = PageKind.ARTICLE
    images: tuple[Image, ...] = ()
    offcuts: tuple[Offcut, ...] = ()
    comments: tuple[Comment, ...] = ()
    place: str = ""
    number: int = 0  # what its outlet's database calls it
    charset: str = "utf-8"
    amp_url: str = ""
    short_url: str = ""
    copy_of: str = ""
    note: str = ""  # what the editors say of it or print below some of their stories, outside the article
    listed: tuple[str, ...] = ()  # only in these listings; empty: in all

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The whole article, all its pages."""
        return tuple(text for leaf in self.leaves for text in leaf.paragraphs)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all pages."""
        return tuple(block for leaf in self.leaves for block in leaf.blocks)

    @property
    def updated(self) -> datetime:
        """When it last changed."""
        return self.modified or self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A URL that outlets list and that is no article, or none any more. `outcome` is how a try of it should end.

    A redirect's outcome is DUPLICATE: it is a second address of a story that is listed under its own.
    """

    id: str
    host: str
    url: str
    title: str
    published: datetime
    status: int
    outcome: Outcome
    kind: PageKind = PageKind.UNKNOWN
    section: str = ""
    language: str = "en"
    template: str = ""
    location: str = ""  # where a redirect goes
    content_type: str = ""
    listed: tuple[str, ...] = ()
    modified: datetime | None = None
    slug: str = ""
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    number: int = 0
    teaser: tuple[str, ...] = ()  # what it shows of the text it withholds

    @property
    def updated(self) -> datetime:
        """When it last changed."""
        return self.modified or self.published
