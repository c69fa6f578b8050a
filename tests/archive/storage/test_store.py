"""The store: what is filed is all there, in one transaction, once."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils

from archive.changes.learned_cuts import LearnedLine, Place
from archive.crawl.frontier import BACKOFF, Lease, Room
from archive.errors import ArchiveError, StorageFullError
from archive.model.article import Article, Clutter, ClutterKind, Dated, Extraction, Image, PageKind
from archive.model.capture import Fetch, Locator
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.connection import LATEST, open_reader
from archive.storage.migrations.steps import migrations
from archive.storage.read_article import stored
from archive.storage.store import Read, Store
from archive.storage.tables.learned_lines import State, listed

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
FEED = "http://paper.test/feed"
PAGE = "http://paper.test/bridge"
WORDS = " ".join(f"word{n}" for n in range(60))


class Desk:
    """A store with one source, its feed, and what a crawl does with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store.open(path)
        self.now = NOW
        self.begin()

    def begin(self) -> None:
        self.run = self.store.start_run("crawl", "cuttings/test", self.now)
        source = Source(id="paper", url="http://paper.test/", name="The Paper", feeds=(FEED,))
        self.source = self.store.add_source(source, self.now)

    def again(self, later: timedelta = timedelta(hours=1)) -> None:
        self.end()
        self.now += later
        self.begin()

    def end(self) -> None:
        self.store.end_run(self.run, state="finished", new=0, known=0, outcomes={}, now=self.now)

    def lease(self, most: int = 10, most_articles: int = 10) -> list[Lease]:
        room = Room(most=most, listings=most, articles=most_articles)
        return self.store.lease(self.run, self.source, room, self.now)

    def lease_feed(self) -> Lease:
        (feed,) = self.lease(most_articles=0)
        return feed

    def read_feed(self, *found: Found, failures: tuple[Failure, ...] = ()) -> Read:
        held = self.lease_feed()
        listing = Listing(kind=ListingKind.FEED, found=found, failures=failures, title="News")
        return self.store.file_listing(self.run, held, self.fetch(held), listing, ('"v1"', None), self.now)

    def lease_page(self, url: str = PAGE, **hints: object) -> Lease:
        self.read_feed(Found(url=url, **hints))  # type: ignore[arg-type]  # a table of fields
        (page,) = self.lease()
        return page

    def fetch(self, held: Lease, **facts: object) -> Fetch:
        return Fetch(url=held.url, fetched_at=self.now, **facts)  # type: ignore[arg-type]  # a table of fields

    def file(self, held: Lease, made: Extraction | None = None, **facts: object) -> tuple[Outcome, int | None]:
        extraction = made or extracted(url=held.url)
        return self.store.file(self.run, held, self.fetch(held, **facts), extraction, extractor="1")

    def one(self, sql: str, *values: object) -> tuple[object, ...]:
        row = self.store.conn.execute(sql, values).fetchone()
        return tuple(row)

    def all(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store.conn.execute(sql, values)]

    def hits(self, word: str) -> list[object]:
        return [row[0] for row in self.all("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", word)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "news.db")
    yield made
    made.store.close()


def extracted(**changes: object) -> Extraction:
    values: dict[str, object] = {
        "url": PAGE,
        "title": "Bridge opens",
        "authors": ("Ada Field", "Bo Marsh"),
        "published": Dated(when=NOW - timedelta(days=1), source="jsonld"),
        "language": "en",
        "tags": ("bridges",),
        "paragraphs": (f"The bridge {WORDS}.", "It holds."),
        "images": (Image(url="http://paper.test/b.jpg", caption="The bridge", credit="Cy Dune", after_paragraph=1),),
    }
    return Extraction(
        article=Article(**(values | changes)),  # type: ignore[arg-type]  # a table of fields
        clutter=(Clutter(kind=ClutterKind.CAPTION, text="The bridge", rule="figcaption", after_paragraph=1),),
        notes=("short",),
        charset="windows-1252",
        charset_source="meta",
    )


def test_an_article_is_filed_with_everything_that_belongs_to_it(desk: Desk) -> None:
    where = Locator(file="a.warc.gz", offset=10, length=20)

    outcome, article_id = desk.file(desk.lease_page(), status=200, ms=12, bytes=99, digest="d", where=where)

    assert (outcome, article_id) == (Outcome.SAVED, 1)
    assert desk.one("SELECT title, byline, published_at, published_source, language, words, images FROM articles") == (
        "Bridge opens", "Ada Field; Bo Marsh", "2026-11-02T12:00:00Z", "jsonld", "en", 64, 1,
    )  # fmt: skip
    assert desk.one("SELECT n, change, charset, charset_source, notes, fetch_id FROM versions") == (
        1, "new", "windows-1252", "meta", '["short"]', 2,
    )  # fmt: skip
    assert desk.all("SELECT kind, rule, text, after_paragraph FROM removed") == [
        ("caption", "figcaption", "The bridge", 1)
    ]
    assert desk.all("SELECT caption, credit FROM images") == [("The bridge", "Cy Dune")]
    assert desk.all("SELECT name FROM authors ORDER BY id") == [("Ada Field",), ("Bo Marsh",)]
    assert desk.all("SELECT name FROM tags") == [("bridges",)]
    assert desk.one("SELECT outcome, status, warc_file, warc_offset, warc_length FROM fetches WHERE id = 2") == (
        "saved", 200, "a.warc.gz", 10, 20,
    )  # fmt: skip
    assert desk.one("SELECT state, outcome, article_id FROM frontier WHERE url = ?", PAGE) == ("done", "saved", 1)
    assert desk.hits("bridge") == [1]
    assert desk.hits("marsh") == [1]


def test_the_same_page_again_is_unchanged_and_files_nothing(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()

    outcome, _ = desk.file(desk.lease_page(modified=desk.now))

    assert outcome is Outcome.UNCHANGED
    assert desk.one("SELECT count(*), max(versions), max(fetched_at) FROM articles") == (1, 1, "2026-11-03T13:00:00Z")


def test_an_edited_page_is_a_new_version_and_the_search_index_follows(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()

    outcome, _ = desk.file(desk.lease_page(modified=desk.now), extracted(paragraphs=(f"The tunnel {WORDS}.",)))

    assert outcome is Outcome.UPDATED
    assert desk.all("SELECT n, change FROM versions ORDER BY n") == [(1, "new"), (2, "edit")]
    assert desk.hits("tunnel") == [1]
    assert desk.hits("holds") == []
    desk.store.conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert desk.one("SELECT count(*) FROM removed") == (2,)  # the cuts of the first version are kept


def test_a_second_address_of_an_article_is_a_duplicate_and_an_alias(desk: Desk) -> None:
    desk.file(desk.lease_page(), extracted(canonical_url="http://paper.test/canonical"))
    desk.again()

    outcome, article_id = desk.file(
        desk.lease_page("http://paper.test/other"),
        extracted(canonical_url="http://paper.test/canonical", title="Other"),
    )

    assert (outcome, article_id) == (Outcome.DUPLICATE, 1)
    assert desk.one("SELECT count(*) FROM versions") == (1,)
    assert desk.all("SELECT url, kind FROM urls ORDER BY id") == [
        (PAGE, "own"),
        ("http://paper.test/other", "duplicate"),
    ]
    assert desk.all("SELECT article_id, url, kind FROM claims") == [(1, "http://paper.test/canonical", "canonical")]
    assert desk.one("SELECT joined FROM frontier WHERE url LIKE '%other'") == ("same text",)


def test_the_same_text_under_two_addresses_of_a_source_is_one_article(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()

    assert desk.file(desk.lease_page("http://paper.test/slug-2"))[0] is Outcome.DUPLICATE


@pytest.mark.parametrize("canonical", ["http://paper.test/", "http://wire.test/story"])
def test_a_canonical_address_of_a_home_page_or_another_site_joins_nothing(desk: Desk, canonical: str) -> None:
    desk.file(desk.lease_page(), extracted(canonical_url=canonical))
    desk.again()

    outcome, article_id = desk.file(
        desk.lease_page("http://paper.test/other"),
        extracted(canonical_url=canonical, title="Quite another", paragraphs=(f"Else {WORDS}",)),
    )

    assert (outcome, article_id) == (Outcome.SAVED, 2)


def test_a_url_that_an_article_only_claims_is_fetched_and_its_text_decides(desk: Desk) -> None:
    desk.file(desk.lease_page(), extracted(canonical_url="http://paper.test/canonical"))
    desk.again()

    read = desk.read_feed(Found(url="http://paper.test/canonical"))

    assert (read.due, read.articles) == (1, set())
    (held,) = desk.lease()
    assert desk.file(held) == (Outcome.DUPLICATE, 1)


def test_a_url_at_which_an_article_was_read_is_not_fetched(desk: Desk) -> None:
    desk.file(desk.lease_page(), final_url="http://paper.test/final", redirects=(PAGE,))
    desk.again()

    read = desk.read_feed(Found(url="http://paper.test/final"))

    assert (read.due, read.articles) == (0, {1})
    assert desk.lease() == []
    assert desk.one("SELECT joined FROM frontier WHERE url LIKE '%final'") == ("the article was read at this URL",)


def test_where_redirects_led_and_the_listed_url_are_kept_and_a_hop_is_a_claim(desk: Desk) -> None:
    held = desk.lease_page(listed_url=f"{PAGE}?utm_source=rss")

    desk.file(held, final_url="http://paper.test/final", redirects=(PAGE, "http://paper.test/hop"))

    assert set(desk.all("SELECT url, kind FROM urls")) == {
        (PAGE, "led"), (f"{PAGE}?utm_source=rss", "found"), ("http://paper.test/final", "read"),
    }  # fmt: skip
    assert set(desk.all("SELECT url, kind FROM claims")) == {
        ("http://paper.test/hop", "redirect"), ("http://paper.test/final", "redirect"),
    }  # fmt: skip
    assert desk.one("SELECT url FROM articles") == ("http://paper.test/final",)


def test_an_article_that_came_by_a_redirect_can_be_edited(desk: Desk) -> None:
    desk.file(desk.lease_page(), final_url="http://paper.test/final", redirects=(PAGE,))
    desk.again()

    outcome, _ = desk.file(
        desk.lease_page(modified=desk.now), extracted(title="Bridge shut"), final_url="http://paper.test/final"
    )

    assert outcome is Outcome.UPDATED


def test_a_page_that_is_no_article_is_counted_and_not_filed(desk: Desk) -> None:
    made = replace(extracted(kind=PageKind.WALL), outcome=Outcome.NOT_ARTICLE, notes=("12 words before a wall",))

    outcome, article_id = desk.file(desk.lease_page(), made)

    assert (outcome, article_id) == (Outcome.NOT_ARTICLE, None)
    assert desk.one("SELECT count(*) FROM articles") == (0,)
    assert desk.one("SELECT outcome, detail FROM fetches WHERE id = 2") == (
        "not_article", "wall; 12 words before a wall",
    )  # fmt: skip


def test_a_wall_in_front_of_a_filed_article_changes_nothing(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()

    desk.file(desk.lease_page(modified=desk.now), replace(extracted(), outcome=Outcome.NOT_ARTICLE))

    assert desk.one("SELECT versions, gone_at FROM articles") == (1, None)
    assert desk.one("SELECT article_id FROM frontier WHERE url = ?", PAGE) == (1,)


def test_an_article_that_is_gone_is_kept_and_marked(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()
    held = desk.lease_page(modified=desk.now)

    desk.store.fail(
        desk.run, held, desk.fetch(held, status=410),
        Failure(url=held.url, stage="fetch", outcome=Outcome.HTTP_4XX, detail="HTTP 410"), desk.now,
    )  # fmt: skip

    assert desk.one("SELECT title, gone_at FROM articles") == ("Bridge opens", "2026-11-03T13:00:00Z")
    assert desk.hits("bridge") == [1]


def test_what_the_page_does_not_say_the_listing_may_and_is_named_as_its_source(desk: Desk) -> None:
    held = desk.lease_page(title="From the feed", published=NOW - timedelta(days=3))

    desk.file(held, extracted(title=None, published=None))

    assert desk.one("SELECT title, published_at, published_source, metadata_sources FROM articles") == (
        "From the feed", "2026-10-31T12:00:00Z", "feed", '{"title":"feed"}',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hints", "precision", "zoned"),
    [
        ({}, "second", 1),
        ({"published_precision": "day", "published_zoned": False}, "day", 0),
        ({"published_precision": "minute"}, "minute", 1),
        ({"published_zoned": False, "modified_precision": "day"}, "second", 0),
    ],
)
def test_a_date_that_a_listing_claims_is_as_exact_as_the_listing_says(
    desk: Desk, hints: dict[str, object], precision: str, zoned: int
) -> None:
    held = desk.lease_page(published=NOW - timedelta(days=2), **hints)

    desk.file(held, extracted(published=None))

    assert desk.one("SELECT published_at, published_source, published_precision, published_zoned FROM articles") == (
        "2026-11-01T12:00:00Z", "feed", precision, zoned,
    )  # fmt: skip


def test_what_one_listing_dates_and_another_does_not_is_not_asked_for_by_the_next_run(desk: Desk) -> None:
    sitemap = Found(url="http://paper.test/map.xml", kind=ListingKind.SITEMAP)
    entries = {FEED: (Found(url=PAGE), sitemap), sitemap.url: (Found(url=PAGE, modified=NOW),)}

    def read_all() -> list[Lease]:
        while listings := desk.lease(most_articles=0):
            for held in listings:
                listing = Listing(kind=ListingKind.FEED, found=entries[held.url])
                desk.store.file_listing(desk.run, held, desk.fetch(held), listing, (None, None), desk.now)
        return desk.lease()

    (page,) = read_all()
    failure = Failure(url=PAGE, stage="fetch", outcome=Outcome.NOT_HTML, detail="application/pdf")
    desk.store.fail(desk.run, page, desk.fetch(page), failure, desk.now)
    desk.again()

    assert read_all() == []


def test_a_failed_try_is_due_again_later_and_dead_after_the_third(desk: Desk) -> None:
    desk.read_feed(Found(url=PAGE))
    for tried in range(3):
        (held,) = desk.lease()
        desk.store.fail(
            desk.run, held, desk.fetch(held), Failure(url=PAGE, stage="fetch", outcome=Outcome.TIMEOUT, detail="30 s"),
            desk.now,
        )  # fmt: skip
        assert desk.lease() == []
        desk.now += BACKOFF[min(tried, 1)]

    assert desk.one("SELECT state, tries, outcome, detail FROM frontier WHERE url = ?", PAGE) == (
        "dead", 3, "timeout", "30 s",
    )  # fmt: skip


def test_leases_of_a_run_that_died_are_due_again_and_no_failed_try(desk: Desk) -> None:
    desk.read_feed(Found(url=PAGE))
    assert len(desk.lease()) == 1
    assert desk.lease() == []

    desk.begin()  # without the end of the first

    assert [held.url for held in desk.lease()] == [FEED, PAGE]
    assert desk.all("SELECT state FROM runs ORDER BY id") == [("killed",), ("running",)]
    assert desk.one("SELECT tries FROM frontier WHERE url = ?", PAGE) == (0,)


def test_a_listing_is_asked_for_with_its_validators_for_a_day(desk: Desk) -> None:
    desk.read_feed(Found(url=PAGE))
    desk.again(timedelta(hours=23))
    assert desk.lease_feed().etag == '"v1"'
    desk.again(timedelta(hours=2))
    assert desk.lease_feed().etag is None


def test_an_entry_that_cannot_be_requested_is_counted_once(desk: Desk) -> None:
    bad = Failure(url="http://[bad", stage="discover", outcome=Outcome.BAD_URL, detail="no host")

    first = desk.read_feed(Found(url=PAGE), failures=(bad,))
    desk.again()
    second = desk.read_feed(Found(url=PAGE), failures=(bad,))

    assert (first.due, first.unusable, second.unusable) == (1, (Outcome.BAD_URL,), ())
    assert desk.all("SELECT url, outcome, detail FROM fetches WHERE outcome = 'bad_url'") == [
        ("http://[bad", "bad_url", "no host")
    ]


def test_a_listing_that_failed_keeps_no_validators(desk: Desk) -> None:
    held = desk.lease_feed()
    failure = Failure(url=FEED, stage="discover", outcome=Outcome.BAD_LISTING, detail="an HTML page")

    desk.store.fail(desk.run, held, desk.fetch(held), failure, desk.now)
    desk.again()

    assert desk.lease_feed().etag is None
    assert desk.one("SELECT outcome, detail FROM feeds") == ("bad_listing", "an HTML page")


def test_an_unchanged_listing_still_names_the_articles_it_named(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()
    held = desk.lease_feed()

    assert desk.store.file_unchanged(desk.run, held, desk.fetch(held, status=304), desk.now) == {1}


def test_dates_of_change_that_never_predict_one_are_not_believed_for_ever(desk: Desk) -> None:
    desk.file(desk.lease_page())
    fetched = 0
    for _ in range(12):
        desk.again()
        desk.read_feed(Found(url=PAGE, modified=desk.now))
        for held in desk.lease():
            desk.file(held)
            fetched += 1

    assert fetched == 5


def test_a_kill_between_two_transactions_leaves_whole_ones_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = desk.lease_page()
    broken = replace(extracted(), clutter=(Clutter(kind=ClutterKind.OTHER, text=None, rule="x"),))  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        desk.file(held, broken)

    assert desk.one("SELECT count(*) FROM articles") == (0,)
    assert desk.one("SELECT state FROM frontier WHERE url = ?", PAGE) == ("leased",)
    assert desk.file(held)[0] is Outcome.SAVED


def test_a_rehearsal_keeps_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "news.db")
    desk.end()
    desk.store.rehearse()
    desk.begin()
    desk.file(desk.lease_page())
    assert desk.one("SELECT count(*) FROM articles") == (1,)
    desk.store.close()

    with sqlite3.connect(tmp_path / "news.db") as conn:
        counts = conn.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM runs)").fetchone()
    conn.close()
    assert counts == (0, 1)


def test_a_full_disk_is_one_clear_error_and_loses_nothing(desk: Desk) -> None:
    desk.file(desk.lease_page())
    desk.again()
    held = desk.lease_page("http://paper.test/long")
    (pages,) = desk.one("PRAGMA page_count")
    desk.store.conn.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StorageFullError, match="disk is full"):
        desk.file(held, extracted(url=held.url, title="Long", paragraphs=(WORDS * 2000,)))

    desk.store.conn.execute("PRAGMA max_page_count = 1000000")
    assert desk.one("SELECT count(*) FROM articles") == (1,)
    assert desk.file(held, extracted(url=held.url, title="Long", paragraphs=(WORDS * 2000,)))[0] is Outcome.SAVED


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE theirs (x)")
    conn.close()

    for opener in (Store.open, open_reader):
        with pytest.raises(ArchiveError, match="of another program"):
            opener(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("just some notes, and quite long enough for a header of an SQLite file, one should think\n" * 20)

    for opener in (Store.open, open_reader):
        with pytest.raises(ArchiveError, match="cannot be read as an archive"):
            opener(path)


def test_an_archive_of_a_newer_program_is_refused(desk: Desk) -> None:
    desk.store.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('cuttings', 'm999_later', '2030')"
    )

    with pytest.raises(ArchiveError, match="newer version"):
        Store.open(desk.path)


def test_reading_needs_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive here yet"):
        open_reader(tmp_path / "none.db")


def test_a_reader_cannot_write_and_reads_while_there_is_a_writer(desk: Desk) -> None:
    desk.file(desk.lease_page())
    reader = open_reader(desk.path)

    assert reader.execute("SELECT count(*) FROM articles").fetchone()[0] == 1
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM articles")
    reader.close()


# Boilerplate ----------------------------------------------------------------------------------------------------------

HOUSE = "The lamp over our door burns until the last page is set."
LEARNED = LearnedLine(key="thelamp", text=HOUSE, kind=ClutterKind.OTHER, place=Place.END, pages=5, of=10, examples=(1,))
CUT = Clutter(kind=ClutterKind.OTHER, text=HOUSE, rule="learned", after_paragraph=2)


def with_the_lamp(**changes: object) -> Extraction:
    """A page as it is extracted before the line is learned."""
    return extracted(paragraphs=(f"The bridge {WORDS}.", "It holds.", HOUSE), **changes)


def without_the_lamp(**changes: object) -> Extraction:
    """The same page, extracted afterwards."""
    made = extracted(**changes)
    return replace(made, clutter=(*made.clutter, CUT))


@pytest.mark.parametrize(
    ("before", "after"), [(with_the_lamp(), without_the_lamp()), (without_the_lamp(), with_the_lamp())]
)
def test_a_line_learned_or_kept_between_two_looks_is_no_edit(desk: Desk, before: Extraction, after: Extraction) -> None:
    desk.file(desk.lease_page(), before, digest="one")
    desk.again()

    outcome, _ = desk.file(desk.lease_page(modified=desk.now), after, digest="another")

    assert outcome is Outcome.UPDATED
    assert desk.all("SELECT n, change FROM versions ORDER BY n") == [(1, "new"), (2, "reextracted")]


def test_the_same_bytes_are_unchanged_whatever_was_learned_since(desk: Desk) -> None:
    desk.file(desk.lease_page(), with_the_lamp(), digest="same")
    desk.again()

    outcome, _ = desk.file(desk.lease_page(modified=desk.now), without_the_lamp(), digest="same")

    assert outcome is Outcome.UNCHANGED
    assert desk.one("SELECT count(*) FROM versions") == (1,)


@pytest.mark.parametrize(
    ("changes", "change"),
    [
        ({"title": "Bridge opens late"}, "headline"),
        ({"paragraphs": (f"The bridge {WORDS}.", "It does not hold.")}, "edit"),
        ({"paragraphs": (f"The bridge {WORDS}", "It holds!")}, "cosmetic"),
    ],
)
def test_an_edit_is_an_edit_though_a_line_was_learned_meanwhile(
    desk: Desk, changes: dict[str, object], change: str
) -> None:
    desk.file(desk.lease_page(), with_the_lamp(), digest="one")
    desk.again()

    desk.file(desk.lease_page(modified=desk.now), without_the_lamp(**changes), digest="another")

    assert desk.one("SELECT change FROM versions WHERE n = 2") == (change,)


def test_a_second_address_is_a_duplicate_though_a_line_was_learned_meanwhile(desk: Desk) -> None:
    desk.file(desk.lease_page(), with_the_lamp())
    desk.again()
    desk.store.keep_learned(desk.source, [LEARNED], desk.now)

    held = desk.lease_page("http://paper.test/slug-2")
    assert desk.file(held, without_the_lamp(url=held.url))[0] is Outcome.DUPLICATE


def test_samples_are_the_newest_articles_as_they_stood(desk: Desk) -> None:
    desk.file(desk.lease_page(), without_the_lamp(section="Harbour"))
    desk.again()
    held = desk.lease_page("http://paper.test/mill")
    desk.file(held, extracted(url=held.url, title="Mill", paragraphs=("It turns again.", "So they say."), tags=()))

    newest, oldest = desk.store.samples(desk.source)

    assert (newest.title, newest.lines, newest.tags) == ("Mill", ("It turns again.", "So they say."), ())
    assert oldest.lines == (f"The bridge {WORDS}.", "It holds.", HOUSE)
    assert (oldest.authors, oldest.section, oldest.tags) == (("Ada Field", "Bo Marsh"), "Harbour", ("bridges",))


def test_the_newest_articles_are_read_without_a_look_at_the_others(desk: Desk) -> None:
    plan = desk.all("EXPLAIN QUERY PLAN SELECT id FROM articles WHERE source_id = 1 ORDER BY id DESC LIMIT 100")

    assert "articles_source " in str(plan[0][3])
    assert len(plan) == 1  # nothing is sorted


def test_a_line_is_learned_once_and_its_counts_are_those_of_the_last_look(desk: Desk) -> None:
    assert desk.store.keep_learned(desk.source, [LEARNED], desk.now) == 1
    later = replace(LEARNED, pages=8, of=12, examples=(2, 3))
    assert desk.store.keep_learned(desk.source, [later], desk.now + timedelta(days=1)) == 0

    (row,) = listed(desk.store.conn)
    assert row.line == later
    assert (row.learned_at, row.seen_at) == ("2026-11-03T12:00:00Z", "2026-11-04T12:00:00Z")
    assert desk.store.boilerplate_keys(desk.source) == ("thelamp",)


def test_a_persons_word_on_a_line_is_final(desk: Desk) -> None:
    desk.store.keep_learned(desk.source, [LEARNED], desk.now)
    assert desk.store.decide_learned(1, State.KEPT, desk.now)
    desk.store.keep_learned(desk.source, [LEARNED], desk.now)

    assert desk.store.boilerplate_keys(desk.source) == ()
    assert [row.state for row in listed(desk.store.conn, "paper")] == [State.KEPT]
    assert desk.store.decide_learned(1, State.CUT, desk.now)
    assert desk.store.boilerplate_keys(desk.source) == ("thelamp",)
    assert not desk.store.decide_learned(99, State.KEPT, desk.now)


# Pictures and times ---------------------------------------------------------------------------------------------------


def test_the_lead_picture_and_times_without_a_zone_are_remembered(desk: Desk) -> None:
    local = Dated(when=NOW - timedelta(days=1), source="meta", precision="minute", zoned=False)
    zoned = Dated(when=NOW, source="jsonld")
    pictures = (Image(url="http://paper.test/a.jpg", lead=True), Image(url="http://paper.test/b.jpg"))

    _, article_id = desk.file(desk.lease_page(), extracted(images=pictures, published=local, modified=zoned))

    read = stored(desk.store.conn, article_id or 0)
    assert read is not None
    assert [picture["lead"] for picture in read["images"]] == [True, False]
    assert (read["published_zoned"], read["modified_zoned"]) == (False, True)


def test_an_article_without_dates_says_nothing_about_zones(desk: Desk) -> None:
    _, article_id = desk.file(desk.lease_page(), extracted(published=None))

    read = stored(desk.store.conn, article_id or 0)
    assert read is not None
    assert (read["published_zoned"], read["modified_zoned"]) == (None, None)


# Older archives -------------------------------------------------------------------------------------------------------


def first_archive(path: Path) -> None:
    """An archive as the first release made it, with one article."""
    conn = sqlite3.connect(path, isolation_level=None)
    db = sqlite_utils.Database(conn)
    migrations.apply(db, stop_before="m002_boilerplate")
    conn.execute("PRAGMA application_id = 1129665620")
    for statement in (
        "INSERT INTO sources (id, key, name, url, added_at) VALUES (1, 'paper', 'Paper', 'http://paper.test/', 'x')",
        """
        INSERT INTO articles (id, source_id, title, url, published_at, published_source, published_precision,
            first_seen_at, fetched_at, kind, access, words, removed_words, images, versions, version_id,
            metadata_sources)
        VALUES (1, 1, 'Bridge opens', 'http://paper.test/bridge', '2026-11-02T12:00:00Z', 'meta', 'second',
            '2026-11-03T12:00:00Z', '2026-11-03T12:00:00Z', 'article', 'open', 2, 0, 1, 1, 1, '{}')
        """,
        """
        INSERT INTO versions (id, article_id, n, title, text, sha256, words, change, created_at, extractor, notes)
        VALUES (1, 1, 1, 'Bridge opens', 'It holds.', 'x', 2, 'new', '2026-11-03T12:00:00Z', '1', '[]')
        """,
        "INSERT INTO images (article_id, version_id, position, url, after_paragraph) VALUES (1, 1, 0, 'b.jpg', 0)",
        """
        INSERT INTO articles_fts (rowid, title, byline, text)
        SELECT id, title, byline, text FROM article_texts WHERE id = 1
        """,
    ):
        conn.execute(statement)
    db.close()


@pytest.mark.parametrize("opener", [lambda path: Store.open(path).close(), lambda path: open_reader(path).close()])
def test_an_archive_of_the_first_release_is_brought_up_to_date(tmp_path: Path, opener: object) -> None:
    path = tmp_path / "news.db"
    first_archive(path)

    opener(path)  # type: ignore[operator]  # one of the two above

    conn = open_reader(path)
    read = stored(conn, 1)
    conn.close()
    assert read is not None
    assert (read["title"], read["text"], read["published"]) == ("Bridge opens", "It holds.", "2026-11-02T12:00:00Z")
    assert [picture["lead"] for picture in read["images"]] == [False]
    assert (read["published_zoned"], read["modified_zoned"]) == (None, None)


def test_an_archive_of_the_first_release_takes_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    first_archive(path)
    desk = Desk(path)

    outcome, _ = desk.file(desk.lease_page("http://paper.test/mill"), extracted(url="http://paper.test/mill"))

    assert outcome is Outcome.SAVED
    assert [sample.title for sample in desk.store.samples(desk.source)] == ["Bridge opens", "Bridge opens"]
    assert desk.hits("holds") == [1, 2]
    desk.store.close()


def test_readers_know_the_latest_migration() -> None:
    (*_, last) = migrations.pending(sqlite_utils.Database(memory=True))
    assert last.name == LATEST


def test_what_was_taken_for_a_page_is_a_listing_once_the_configuration_names_it_as_one(desk: Desk) -> None:
    page = desk.lease_page()
    desk.file(page)
    desk.again()
    section = Source(id="paper", url="http://paper.test/", name="The Paper", feeds=(FEED,), sections=(PAGE,))
    desk.store.add_source(section, desk.now)

    row = desk.one("SELECT kind, state, depth, article_id, outcome, identity FROM frontier WHERE url = ?", PAGE)
    assert row == ("section", "pending", 0, None, None, None)
    assert desk.one("SELECT count(*) FROM articles") == (1,)
