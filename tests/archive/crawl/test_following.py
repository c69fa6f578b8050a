"""The archive follows cuttings.toml: whose a listing is, what is retired, and which source is which under a new id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.crawl import frontier
from archive.crawl.following import Left, is_behind, renames, unpolled
from archive.crawl.frontier import Lease
from archive.model.article import Article, Extraction
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.source import Source
from archive.storage.store import Store

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
SINCE = "cuttings.toml no longer names it, since 2026-11-29"
X, Y = "http://x.test/", "http://y.test/"
F, G, H, MAP, PART = (f"http://x.test/{name}" for name in ("f.xml", "g.xml", "h.xml", "map.xml", "part.xml"))
STORY = "http://x.test/news/1"


def source(key: str, url: str = X, *feeds: str, **more: Any) -> Source:
    return Source(id=key, url=url, name=key, feeds=feeds, **more)


class Files:
    """An archive, and the runs that begin with one state of the file after the other."""

    def __init__(self, path: Path) -> None:
        self.store = Store.open(path)
        self.now = NOW

    def begin(self, *sources: Source, only: Sequence[Source] | None = None) -> tuple[str, ...]:
        """Begin a run for `only` these sources of the file, or for all that are enabled. Returns what is said."""
        run = self.store.start_run("crawl", "cuttings/test", self.now)
        said = self.store.follow(sources, run, self.now)
        chosen = [each for each in sources if each.enabled] if only is None else only
        self.ids = {each.id: self.store.add_source(each, self.now) for each in chosen}
        self.run = run
        return said

    def reads(self, url: str, *found: Found) -> None:
        """A listing is read, and names these."""
        fetch = Fetch(url=url, fetched_at=self.now, status=200)
        listing = Listing(kind=self.lease(url).kind or ListingKind.FEED, found=found)
        self.store.file_listing(self.run, self.lease(url), fetch, listing, (None, None), self.now)

    def files(self, url: str) -> None:
        """A page is filed as an article."""
        article = Article(url=url, title=f"The story at {url}", paragraphs=(f"It was told at {url}.",))
        fetch = Fetch(url=url, fetched_at=self.now, status=200)
        self.store.file(self.run, self.lease(url), fetch, Extraction(article=article), extractor="1")

    def lease(self, url: str) -> Lease:
        ((number, source_id, kind, depth),) = self.rows(
            "SELECT id, source_id, kind, depth FROM frontier WHERE url = ?", url
        )
        of = None if kind == "article" else ListingKind(kind)
        return Lease(id=number, source_id=source_id, url=url, kind=of, depth=depth)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.store.conn.execute(sql, values).fetchall()

    @property
    def listings(self) -> dict[str, tuple[str, str]]:
        """URL of each listing -> source and state."""
        rows = self.rows(
            """
            SELECT f.url, s.key, f.state FROM frontier AS f JOIN sources AS s ON s.id = f.source_id
            WHERE f.kind <> 'article'
            """
        )
        return {url: (key, state) for url, key, state in rows}

    @property
    def owners(self) -> dict[str, str]:
        """URL of each article -> source."""
        return dict(self.rows("SELECT a.url, s.key FROM articles a JOIN sources s ON s.id = a.source_id"))

    @property
    def events(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT kind, detail FROM events ORDER BY id")

    def history(self, *first: Source) -> None:
        """A first run in which each source files one story from its first listing."""
        self.begin(*first)
        for number, each in enumerate(first, start=1):
            url = f"{each.url}news/{number}"
            self.reads(each.listings[0][1], Found(url=url))
            self.files(url)
        self.now += timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    opened = Files(tmp_path / "cuttings.db")
    yield opened
    opened.store.close()


# Listings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["feeds", "sitemaps", "sections", "urls"])
def test_a_listing_that_the_file_drops_is_retired_and_comes_back_with_it(files: Files, key: str) -> None:
    both: Mapping[str, Any] = {key: (F, G)}
    files.history(Source(id="a", url=X, name="a", **both))
    less = Source(id="a", url=X, name="a", **{key: (F,)})

    assert files.begin(less) == (f"a: {G} is retired: {SINCE}",)
    assert files.listings == {F: ("a", "pending"), G: ("a", "retired")}
    assert files.rows("SELECT detail FROM frontier WHERE url = ?", G) == [(SINCE,)]
    assert files.events == [("retired", f"{G} is retired: {SINCE}")]
    assert files.begin(less) == ()

    files.begin(Source(id="a", url=X, name="a", **both))
    assert files.listings[G] == ("a", "pending")
    assert files.rows("SELECT detail FROM frontier WHERE url = ?", G) == [(None,)]


def test_a_retired_listing_is_made_due_by_nothing(files: Files) -> None:
    files.history(source("a", X, F, sitemaps=(MAP,)))
    files.begin(source("a", X, F))
    ((retired,),) = files.rows("SELECT id FROM frontier WHERE url = ?", MAP)
    with files.store.transaction() as conn:
        frontier.make_listings_due(conn, files.ids["a"], files.now)
        frontier.make_due(conn, [retired], files.now)
        assert frontier.refill(conn, files.ids["a"], files.run, files.now) == 0
        frontier.set_right(conn, "another", files.now)
        frontier.release(conn)
    files.reads(F, Found(url=MAP))  # as a link, not as a listing
    assert files.listings[MAP] == ("a", "retired")

    files.reads(F, Found(url=MAP, kind=ListingKind.SITEMAP))
    assert files.listings[MAP] == ("a", "pending")
    assert files.begin(source("a", X, F)) == ()


def test_what_only_a_retired_listing_found_is_retired_with_it_to_the_last(files: Files) -> None:
    files.begin(source("a", X))
    files.reads(X, Found(url=F, kind=ListingKind.FEED), Found(url=MAP, kind=ListingKind.SITEMAP))
    files.reads(MAP, Found(url=PART, kind=ListingKind.SITEMAP))
    files.reads(PART, Found(url=MAP, kind=ListingKind.SITEMAP))  # a circle holds nothing up

    said = files.begin(source("a", X, F))

    assert files.listings == {
        X: ("a", "retired"), F: ("a", "pending"), MAP: ("a", "retired"), PART: ("a", "retired")
    }  # fmt: skip
    assert said == (
        f"a: {X} is retired: {SINCE}",
        f"a: 2 listings are retired, {MAP} first: only listings that are retired found them",
    )
    files.begin(source("a", X))
    assert {state for _, state in files.listings.values()} == {"pending"}


def test_a_listing_that_the_file_drops_and_another_listing_names_is_polled_as_found(files: Files) -> None:
    files.begin(source("a", X, sitemaps=(MAP, PART)))
    files.reads(MAP, Found(url=PART, kind=ListingKind.SITEMAP))

    assert files.begin(source("a", X, sitemaps=(MAP,))) == ()
    assert files.rows("SELECT state, depth FROM frontier WHERE url = ?", PART) == [("pending", 1)]


def test_what_the_front_page_found_is_retired_where_autodiscovery_is_switched_off(files: Files) -> None:
    files.begin(source("a", X))
    files.reads(X, Found(url=F, kind=ListingKind.FEED))

    files.begin(source("a", X, autodiscover=False))

    assert files.listings == {X: ("a", "pending"), F: ("a", "retired")}


def test_a_listing_belongs_to_the_source_that_names_it_now_with_what_it_found(files: Files) -> None:
    files.history(source("a", X, F, sitemaps=(MAP,)), source("b", Y, "http://y.test/f"))
    files.reads(MAP, Found(url=PART, kind=ListingKind.SITEMAP))

    said = files.begin(source("a", X, F), source("b", Y, "http://y.test/f", sitemaps=(MAP,)))

    assert said == (f'b: {MAP} is its own now; it was of "a", whose articles stay',)
    assert (files.listings[MAP][0], files.listings[PART][0]) == ("b", "b")
    assert files.rows("SELECT key FROM sources WHERE id = (SELECT source_id FROM feeds WHERE url = ?)", MAP) == [("b",)]
    assert files.owners[STORY] == "a"


def test_two_sources_that_are_swapped_have_each_other_s_listings_and_their_own_articles(files: Files) -> None:
    a, b = source("a", X, F), source("b", Y, "http://y.test/f")
    files.history(a, b)

    files.begin(replace(a, url=Y, feeds=b.feeds), replace(b, url=X, feeds=a.feeds))

    assert (files.listings[F][0], files.listings["http://y.test/f"][0]) == ("b", "a")
    assert files.owners == {STORY: "a", "http://y.test/news/2": "b"}
    assert files.rows("SELECT key, former FROM sources ORDER BY key") == [("a", '["x.test"]'), ("b", '["y.test"]')]


@pytest.mark.parametrize("other", [{"enabled": False}, {}])
def test_what_other_sources_name_is_left_alone_by_a_run_of_one(files: Files, other: dict[str, Any]) -> None:
    a, b = source("a", X, F), source("b", Y, "http://y.test/f")
    files.history(a, b)

    assert files.begin(a, replace(b, **other), only=[a]) == ()
    assert "retired" not in {state for _, state in files.listings.values()}
    assert files.rows("SELECT count(*) FROM sources WHERE retired_at IS NOT NULL") == [(0,)]


def test_a_source_that_left_is_retired_with_its_listings_and_keeps_its_articles(files: Files) -> None:
    a, b = source("a", X, F), source("b", Y, "http://y.test/f")
    files.history(a, b)
    said = files.begin(b)

    assert said[0] == "a: is no longer in cuttings.toml; its 1 articles stay, and it is not crawled"
    assert files.listings[F] == ("a", "retired")
    assert files.owners[STORY] == "a"
    assert files.rows("SELECT retired_at FROM sources WHERE key = 'a'") == [("2026-11-29T09:00:00Z",)]

    files.begin(a, b)
    assert files.listings[F] == ("a", "pending")
    assert files.rows("SELECT retired_at FROM sources WHERE key = 'a'") == [(None,)]


def test_a_source_that_moves_keeps_its_articles_and_the_site_it_was_on(files: Files) -> None:
    files.history(source("a", X, F))
    for url in (Y, X, Y):
        files.begin(source("a", url, f"{url}f.xml"))

    assert files.owners == {STORY: "a"}
    assert files.rows("SELECT url, former FROM sources") == [(Y, '["x.test","y.test"]')]


def test_a_source_without_a_listing_is_told_and_whether_the_archive_is_behind(files: Files) -> None:
    a, b = source("a", X, F), source("b", Y, "http://y.test/f")
    wanted = frozenset({"a", "b"})
    files.history(a, b)
    conn = files.store.conn
    assert unpolled(conn) == ()
    assert not is_behind(conn, (a, b), wanted)
    for edited in ((a,), (replace(a, feeds=(F, G)), b), (replace(a, feeds=(G,)), b), (replace(a, id="c"), b)):
        assert is_behind(conn, edited, wanted)
        files.begin(*edited)
        assert not is_behind(conn, edited, wanted)

    conn.execute("UPDATE frontier SET state = 'dead' WHERE kind <> 'article'")
    assert unpolled(conn) == ("b", "c")


# Ids ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "after",
    [
        source("new", X, F),
        source("new", X, G),  # the same url
        source("new", Y, F),  # the same listings
        source("new", Y, G, was="old"),
        source("new", X, F, enabled=False),
    ],
)
def test_a_source_under_a_new_id_takes_its_rows_along(files: Files, after: Source) -> None:
    files.history(source("old", X, F))

    said = files.begin(after)

    assert said[0] == 'new: was "old" in cuttings.toml; its 1 articles stay with it under its new id'
    assert files.owners == {STORY: "new"}
    assert files.rows("SELECT key, url FROM sources") == [("new", after.url)]
    assert files.listings[after.feeds[0]] == ("new", "pending" if after.enabled else "done")
    assert files.events[0][0] == "renamed"
    assert files.begin(after) == ()


OLD = Left(id="old", url=X, listings=frozenset({F}), has_pages=True, now=True)


@pytest.mark.parametrize(
    ("left", "named", "with_pages", "pairs", "told"),
    [
        ([OLD], [source("new", X, F)], set(), {"new": "old"}, []),
        ([OLD], [source("other", Y, G)], set(), {}, []),
        ([OLD], [source("b", X, G), source("c", X, H)], set(), {}, ['may be "b" or "c"']),
        ([OLD], [source("b", X, G), source("c", Y, F)], set(), {}, ['may be "b" or "c"']),
        ([OLD], [source("b", X, G, was="old"), source("c", X, H)], set(), {"b": "old"}, []),
        ([OLD], [source("b", X, F)], {"b"}, {}, ["both have articles or URLs of their own"]),
        ([OLD], [source("b", Y, G, was="old")], {"b"}, {}, ["both have articles or URLs of their own"]),
        ([OLD], [source("b", X, G), source("c", X, F)], {"b"}, {"c": "old"}, []),
        ([OLD, replace(OLD, id="older")], [source("b", X, F)], set(), {}, ['may be "old" and "older"'] * 2),
        ([OLD, replace(OLD, id="empty", has_pages=False)], [source("b", X, F)], set(), {"b": "old"}, []),
        ([replace(OLD, now=False)], [source("b", X, G), source("c", X, H)], set(), {}, []),  # it was told then
        ([OLD], [source("b", Y, G, was="unknown")], set(), {}, []),
    ],
)
def test_a_rename_is_assumed_only_where_one_fits_one(
    left: list[Left], named: list[Source], with_pages: set[str], pairs: dict[str, str], told: list[str]
) -> None:
    found = renames(left, named, frozenset(with_pages))

    assert found.pairs == pairs
    assert len(found.unsure) == len(told)
    assert all(part in sentence for part, (_, sentence) in zip(told, found.unsure, strict=True))


def test_a_rename_under_an_older_version_left_two_rows_that_become_one(files: Files) -> None:
    files.history(source("old", X, F))
    conn = files.store.conn
    conn.execute(
        "INSERT INTO sources (key, name, url, added_at) VALUES ('new', 'New', ?, '2026-11-29T08:30:00Z')", (X,)
    )
    pair = dict(conn.execute("SELECT key, id FROM sources").fetchall())
    for key, tried in (("old", 7), ("new", 1)):
        conn.execute(
            """
            INSERT INTO health (source_id, day, tried, seen, new, updated, pages, empty, blocked, errors)
            VALUES (?, '2026-11-29', ?, 0, 0, 0, 0, 0, 0, 0)
            """,
            (pair[key], tried),
        )
        conn.execute(
            "INSERT INTO alerts (source_id, kind, opened_at, detail) VALUES (?, 'quiet', '2026-11-29T08:30:00Z', ?)",
            (pair[key], key),
        )
    conn.execute(
        "INSERT INTO events (happened_at, kind, source_id, detail) VALUES ('2026-11-29T08:30:00Z', 'gap', ?, 'lost')",
        (pair["new"],),
    )
    conn.execute("INSERT INTO feeds (source_id, url, kind) VALUES (?, ?, 'feed')", (pair["new"], G))

    said = files.begin(source("new", X, F))

    assert said == ('new: was "old" in cuttings.toml; its 1 articles stay with it under its new id',)
    assert files.rows("SELECT id, key FROM sources") == [(pair["old"], "new")]
    assert files.rows("SELECT tried FROM health") == [(7,)]
    assert files.rows("SELECT detail FROM alerts WHERE closed_at IS NULL") == [("old",)]
    assert files.rows("SELECT count(*) FROM feeds WHERE source_id = ?", pair["old"]) == [(2,)]
    assert files.listings == {F: ("new", "pending")}
    assert files.rows("PRAGMA foreign_key_check") == []


def test_an_archive_in_which_both_have_articles_is_left_as_it_is_with_a_sentence(files: Files) -> None:
    files.history(source("old", X, F), source("new", Y, G))

    said = files.begin(source("new", X, G))

    assert 'old: "old" left cuttings.toml and "new" fits it, but both have articles' in said[0]
    assert files.owners == {STORY: "old", "http://y.test/news/2": "new"}
