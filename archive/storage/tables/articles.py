"""Pages as articles: finds the article of a page, decides what changed, writes its rows in the caller's transaction.

Which article a page is, is decided in `archive.storage.matching`; what of it has changed, in `archive.changes.kinds`.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import orjson

from archive.changes import kinds
from archive.changes.kinds import Change
from archive.changes.learned_cuts import RULE, as_it_stood
from archive.crawl import frontier
from archive.crawl.frontier import Lease
from archive.model.article import Clutter, ClutterKind, Dated, Extraction, PageKind
from archive.model.capture import Fetch
from archive.model.outcome import Outcome
from archive.storage.candidates import PROVEN, Page, candidates, left_behind
from archive.storage.cjk_pairs import caption_grams, grams
from archive.storage.fact_tokens import facts
from archive.storage.matching import Match, decide, says_more
from archive.storage.tables.article_urls import (
    Claim,
    claimed_by_others,
    contradicted,
    free_url,
    note_contradiction,
    write_claims,
    write_urls,
)
from archive.storage.tables.fetches import insert_fetch
from archive.storage.tables.gone import note_led_away
from archive.storage.tables.learned_lines import learned_cuts
from archive.text import count_words
from archive.times import parse_stamp, stamp
from archive.web import same_article
from archive.web.urls import is_home, same_site

# A shorter text under two addresses of a source may be chance (a notice, a "live soon"); a longer one is one article.
_SAME_TEXT_WORDS: Final = 50
_OF_LATE: Final = timedelta(days=7)  # namesakes of a page without a date are looked for among what was filed since


def article_of(conn: sqlite3.Connection, lease: Lease) -> int | None:
    """The article that was read at the URL of a lease."""
    row = conn.execute(
        f"""
        SELECT coalesce((SELECT article_id FROM frontier WHERE id = ?),
            (SELECT article_id FROM urls WHERE url = ? AND kind IN {PROVEN}))
        """,  # noqa: S608 - a text of our own
        (lease.id, lease.url),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def file_part(conn: sqlite3.Connection, run_id: int, lease: Lease, part: Fetch, article_id: int | None) -> None:
    """Record a further page of an article: an attempt of its own, and where it was read, a URL that is due no more."""
    insert_fetch(conn, run_id, replace(lease, url=part.url), part, Outcome.PART, "file", "", article_id)
    if article_id is None or part.status != 200:
        return
    conn.execute(
        "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, 'part', ?) ON CONFLICT (url) DO NOTHING",
        (article_id, part.url, stamp(part.fetched_at)),
    )
    conn.execute(
        """
        UPDATE frontier SET state = 'done', outcome = ?, article_id = ?, joined = 'a further page of the article'
        WHERE url = ? AND state = 'pending' AND article_id IS NULL AND source_id = ?
        """,
        (Outcome.PART, article_id, part.url, lease.source_id),
    )


def _corrections(conn: sqlite3.Connection, version_id: int) -> tuple[Clutter, ...]:
    """The correction notes that were cut from a version."""
    found = conn.execute(
        "SELECT text, rule, after_paragraph FROM removed WHERE version_id = ? AND kind = 'correction'", (version_id,)
    )
    return tuple(
        Clutter(kind=ClutterKind.CORRECTION, text=text, rule=rule, after_paragraph=after)
        for text, rule, after in found
        if rule != RULE
    )


def _letters(title: str) -> str:
    return "".join(each for each in title.casefold() if each.isalnum())


def _whole(title: str, text: str) -> str:
    return f"{title}\n{text}"


class Landing:
    """Files one page inside the caller's transaction: finds its article, decides what changed, writes the rows."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        run_id: int,
        lease: Lease,
        fetch: Fetch,
        extraction: Extraction,
        extractor: str,
        rules: str | None = None,
    ) -> None:
        self.conn = conn
        self.run_id = run_id
        self.lease = lease  # of the URL that the page belongs to; where a redirect led to another story, its own
        self.fetch = fetch
        self.final = fetch.final_url or lease.url
        self.extraction = extraction
        self.article = extraction.article
        self.extractor = extractor
        self.rules = rules
        self.article_id: int | None = None
        self.version_id: int | None = None  # of what is filed now
        self.owns = False  # whether the lease's URL is the one the article was filed under
        self.hints = self._hints()
        self.title = self.article.title or self.hints.get("title") or "(untitled)"
        self.words = count_words(self.article.text)
        self.sha256 = kinds.digest(self.title, self.article.text)
        self.sha256_as_it_stood = kinds.digest(
            self.title, "\n".join(as_it_stood(self.article.paragraphs, extraction.clutter))
        )
        self.cut_words = [count_words(cut.text) for cut in extraction.clutter]

    def _hints(self) -> dict[str, str]:
        (hints,) = self.conn.execute("SELECT hints FROM frontier WHERE id = ?", (self.lease.id,)).fetchone()
        return orjson.loads(hints) if hints else {}

    def land(self) -> Outcome:
        """File the page. Returns SAVED, UPDATED, UNCHANGED or DUPLICATE."""
        page = self._page()
        match = decide(self.title, self.article.text, candidates(self.conn, page), left_behind(self.conn, page))
        if match.foreign:
            return self._land_elsewhere(match)
        disputed = contradicted(self.conn, self._claims(), match.article_id)
        self._add_notes(f"{claim.kind}_contradicted: {claim.url}" for claim in disputed)
        if match.left is not None:
            self._go_on_with_its_own_url()
        if match.itself or match.article_id is None:  # others may have claimed its URL before it was read
            others = claimed_by_others(self.conn, self.lease.url, match.article_id)
            self._add_notes(f"{claim.kind}_contradicted: {claim.url}" for claim in others)
            disputed += others
        outcome = self._filed_as(match)
        write_claims(self.conn, self._filed_id, self._claims(), self.fetch.fetched_at)
        for claim in disputed:
            note_contradiction(self.conn, self.run_id, self.lease.source_id, claim, self.fetch.fetched_at)
        if match.left is not None:
            note_led_away(self.conn, self.run_id, match.left, self._filed_id, self.fetch.fetched_at)
        return outcome

    def _land_elsewhere(self, match: Match) -> Outcome:
        """The page is another source's article: that source files it, and this URL is only known to lead there."""
        if match.left is not None and match.article_id is not None:
            self.article_id, self.owns = match.left, True
            note_led_away(self.conn, self.run_id, match.left, match.article_id, self.fetch.fetched_at)
        else:
            self.article_id = match.article_id
            self.conn.execute("UPDATE frontier SET joined = ? WHERE id = ?", (match.why, self.lease.id))
        return Outcome.DUPLICATE

    def _page(self) -> Page:
        published = self.article.published or self._hinted("published")
        day = published.when.replace(hour=0, minute=0, second=0) if published else None
        return Page(
            source_id=self.lease.source_id,
            frontier_id=self.lease.id,
            asked=self.lease.url,
            final=self.final,
            claimed=tuple(claim.url for claim in self._claims()),
            title=self.title,
            day=stamp(day)[:10] if day else None,
            since=stamp(day or self.fetch.fetched_at - _OF_LATE),
            until=stamp(day + timedelta(days=1) if day else self.fetch.fetched_at + timedelta(days=1)),
            hashes=(self.sha256, self.sha256_as_it_stood) if self.words >= _SAME_TEXT_WORDS else (),
        )

    def _claims(self) -> tuple[Claim, ...]:
        """What the page claims of its URL: the redirects that led to it, its canonical URL and its AMP page.

        The last two count only on its own site. No page is a front page.
        """
        said: dict[str, str] = {}
        for url in (*self.fetch.redirects, self.final):
            said.setdefault(url, "redirect")
        for claimed, kind in ((self.article.canonical_url, "canonical"), (self.article.amp_url, "amp")):
            if claimed and same_site(claimed, self.final):
                said.setdefault(claimed, kind)
        own = same_article.key(self.lease.url)
        return tuple(
            Claim(url=url, kind=kind) for url, kind in said.items() if not is_home(url) and same_article.key(url) != own
        )

    def _add_notes(self, notes: Iterable[str]) -> None:
        self.extraction = replace(self.extraction, notes=(*self.extraction.notes, *notes))

    def _go_on_with_its_own_url(self) -> None:
        """Go on with the URL that the page was read at: the one that was asked for is another article's.

        What was asked for is that article's still; it may be back.
        """
        row_id = frontier.row_of_story(self.conn, self.lease, self.final, self.fetch.fetched_at)
        self.hints = {}  # they were said of the other story
        self.lease = replace(
            self.lease, id=row_id or 0, url=self.final, listed_url=None, planned=False, article_id=None, digest=None
        )

    @property
    def _filed_id(self) -> int:
        if self.article_id is None:
            raise RuntimeError(f"nothing was filed for {self.lease.url}")
        return self.article_id

    def _filed_as(self, match: Match) -> Outcome:
        """File the page as a new article, as a look at a filed one, or as another URL of it."""
        self.article_id = match.article_id
        self.owns = match.article_id is None or self._is_own(match.article_id)
        outcome = self._land_version() if match.itself or match.article_id is None else self._land_alias()
        if not self.owns:
            why = match.why if not match.itself else "it leads to the article's own URL"
            self.conn.execute("UPDATE frontier SET joined = ? WHERE id = ?", (why, self.lease.id))
            return Outcome.DUPLICATE if outcome is Outcome.UNCHANGED else outcome
        self.conn.execute("UPDATE frontier SET joined = NULL WHERE id = ?", (self.lease.id,))
        return outcome

    def _is_own(self, article_id: int) -> bool:
        row = self.conn.execute(
            "SELECT 1 FROM urls WHERE url = ? AND article_id = ? AND kind IN ('own', 'led')",
            (self.lease.url, article_id),
        ).fetchone()
        return row is not None

    def _land_alias(self) -> Outcome:
        """File another URL of an article. What says more than is filed is a later state of it, and a version."""
        filed = self._filed()
        if filed is not None and says_more(self.article.text, filed.text):
            return self._land_version()
        self._write_aliases()
        self.conn.execute(
            "UPDATE articles SET fetched_at = max(fetched_at, ?) WHERE id = ?",
            (stamp(self.fetch.fetched_at), self.article_id),
        )
        return Outcome.DUPLICATE

    def _land_version(self) -> Outcome:
        filed = self._filed()
        change = kinds.decide(filed, self._reading())
        if change is Change.TRUNCATED:
            return self._land_truncated()
        if change is Change.SAME or self._is_of_today(change):
            self.conn.execute(
                "UPDATE articles SET fetched_at = ? WHERE id = ?",
                (stamp(self.fetch.fetched_at), self.article_id),
            )
            self._write_aliases()
            return Outcome.UNCHANGED
        if change is Change.NEW:
            self._write_article()
        else:
            self._unindex()
        self._write_version(change, filed)
        self.conn.execute("UPDATE articles SET version_id = ? WHERE id = ?", (self.version_id, self.article_id))
        self._write_facts()
        self._write_people_and_tags()
        self._write_aliases()
        self._index()
        return Outcome.SAVED if change is Change.NEW else Outcome.UPDATED

    def _land_truncated(self) -> Outcome:
        """Keep what a wall has left, once; the article stays as it was."""
        (last,) = self.conn.execute(
            "SELECT sha256 FROM versions WHERE article_id = ? ORDER BY n DESC LIMIT 1", (self.article_id,)
        ).fetchone()
        self.conn.execute(
            "UPDATE articles SET fetched_at = ?, access = ? WHERE id = ?",
            (stamp(self.fetch.fetched_at), self.article.access, self.article_id),
        )
        if last == self.sha256:
            return Outcome.UNCHANGED
        self._write_version(Change.TRUNCATED, None)
        return Outcome.UPDATED

    def _is_of_today(self, change: Change) -> bool:
        """True for a state of a live blog that has a version of this day (UTC): it changes by the minute."""
        if change is Change.NEW or self.article.kind is not PageKind.LIVEBLOG:
            return False
        (last,) = self.conn.execute(
            "SELECT max(created_at) FROM versions WHERE article_id = ?", (self.article_id,)
        ).fetchone()
        return str(last)[:10] == stamp(self.fetch.fetched_at)[:10]

    def _reading(self) -> kinds.Reading:
        return kinds.Reading(
            article=replace(self.article, title=self.title),
            extractor=self.extractor,
            cuts=self.extraction.clutter,
            body=self.fetch.digest,
            rules=self.rules,
        )

    def _filed(self) -> kinds.Filed | None:
        if self.article_id is None:
            return None
        row = self.conn.execute(
            """
            SELECT v.title, v.text, v.sha256, v.extractor, f.digest, v.id, v.rules
            FROM articles AS a JOIN versions AS v ON v.id = a.version_id LEFT JOIN fetches AS f ON f.id = v.fetch_id
            WHERE a.id = ?
            """,
            (self.article_id,),
        ).fetchone()
        return kinds.Filed(
            title=row[0], text=row[1], sha256=row[2], extractor=row[3], body=row[4], rules=row[6],
            cuts=learned_cuts(self.conn, row[5]) + _corrections(self.conn, row[5]),
        )  # fmt: skip

    def _write_article(self) -> None:
        (self.article_id,) = self.conn.execute(
            """
            INSERT INTO articles (source_id, title, url, first_seen_at, fetched_at, kind, access, words, removed_words,
                                  images, versions, metadata_sources)
            VALUES (?, ?, ?, ?, ?, '', '', 0, 0, 0, 0, '') RETURNING id
            """,
            (
                self.lease.source_id, self.title, free_url(self.conn, (self.final, self.lease.url)),
                stamp(self.fetch.fetched_at), stamp(self.fetch.fetched_at),
            ),
        ).fetchone()  # fmt: skip

    def _write_version(self, change: Change, filed: kinds.Filed | None) -> None:
        (version_id,) = self.conn.execute(
            """
            INSERT INTO versions (article_id, n, title, standfirst, text, sha256, text_sha256, words, change,
                                  created_at, extractor, charset, charset_source, notes, changed_words, rules)
            VALUES (:article, 1 + (SELECT versions FROM articles WHERE id = :article), :title, :standfirst, :text,
                    :sha256, :text_sha256, :words, :change, :created, :extractor, :charset, :charset_source, :notes,
                    :changed, :rules)
            RETURNING id
            """,
            {
                "article": self.article_id,
                "title": self.title,
                "standfirst": self.article.standfirst,
                "text": self.article.text,
                "sha256": self.sha256,
                "text_sha256": kinds.text_digest(self.article.text),
                "words": self.words,
                "change": change,
                "created": stamp(self.fetch.fetched_at),
                "extractor": self.extractor,
                "charset": self.extraction.charset,
                "charset_source": self.extraction.charset_source,
                "notes": orjson.dumps(self.extraction.notes).decode(),
                "changed": filed and kinds.changed_words(_whole(filed.title, filed.text), self._whole()),
                "rules": self.rules,
            },
        ).fetchone()
        self.version_id = version_id
        self.conn.execute("UPDATE articles SET versions = versions + 1 WHERE id = ?", (self.article_id,))
        self.conn.executemany(
            """
            INSERT INTO removed (article_id, version_id, position, kind, rule, after_paragraph, words, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (self.article_id, version_id, n, cut.kind, cut.rule, cut.after_paragraph, words, cut.text)
                for n, (cut, words) in enumerate(zip(self.extraction.clutter, self.cut_words, strict=True))
            ],
        )
        self.conn.executemany(
            """
            INSERT INTO images (article_id, version_id, position, url, caption, credit, alt, after_paragraph, lead,
                                grams)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (self.article_id, version_id, n, image.url, image.caption, image.credit, image.alt,
                 image.after_paragraph, image.lead, caption_grams(image.caption, image.credit))
                for n, image in enumerate(self.article.images)
            ],
        )  # fmt: skip

    def _whole(self) -> str:
        return _whole(self.title, self.article.text)

    def _write_facts(self) -> None:
        article = self.article
        published = article.published or self._hinted("published")
        modified = article.modified or self._hinted("modified")
        sources = dict(article.sources)
        if not article.title and self.hints.get("title"):
            sources["title"] = self._hint_source()
        self.conn.execute(
            """
            UPDATE articles SET title = :title, canonical_url = :canonical, standfirst = :standfirst, byline = :byline,
                published_at = :published, published_source = :published_source,
                published_precision = :published_precision, published_zoned = :published_zoned,
                modified_at = :modified, modified_source = :modified_source, modified_precision = :modified_precision,
                modified_zoned = :modified_zoned,
                fetched_at = :fetched, language = :language, section = :section, site_name = :site,
                kind = :kind, access = :access, words = :words, removed_words = :removed, images = :images,
                metadata_sources = :sources
            WHERE id = :id
            """,
            {
                "title": self.title,
                "canonical": article.canonical_url,
                "standfirst": article.standfirst,
                "byline": "; ".join(article.authors) or None,
                "published": published and stamp(published.when),
                "published_source": published and published.source,
                "published_precision": published and published.precision,
                "published_zoned": published and published.zoned,
                "modified": modified and stamp(modified.when),
                "modified_source": modified and modified.source,
                "modified_precision": modified and modified.precision,
                "modified_zoned": modified and modified.zoned,
                "fetched": stamp(self.fetch.fetched_at),
                "language": article.language or self.hints.get("language"),
                "section": article.section,
                "site": article.site_name,
                "kind": article.kind,
                "access": article.access,
                "words": self.words,
                "removed": sum(self.cut_words),
                "images": len(article.images),
                "sources": orjson.dumps(sources).decode(),
                "id": self.article_id,
            },
        )

    def _hinted(self, field: str) -> Dated | None:
        """A date the listing claims, for a page that names none."""
        claim = self.hints.get(field)
        if not claim:
            return None
        return Dated(
            when=parse_stamp(claim),
            source=self._hint_source(),
            precision=self.hints.get(f"{field}_precision", "second"),
            zoned=f"{field}_zone" not in self.hints,
        )

    def _hint_source(self) -> str:
        row = self.conn.execute(
            "SELECT feeds.kind FROM frontier JOIN feeds ON feeds.id = frontier.feed_id WHERE frontier.id = ?",
            (self.lease.id,),
        ).fetchone()
        return row[0] if row else "feed"

    def _write_people_and_tags(self) -> None:
        for table, link, column, names in (
            ("authors", "article_authors", "author_id", self.article.authors),
            ("tags", "article_tags", "tag_id", self.article.tags),
        ):
            self.conn.execute(f"DELETE FROM {link} WHERE article_id = ?", (self.article_id,))  # noqa: S608 - our names
            unique = list(dict.fromkeys(names))
            self.conn.executemany(f"INSERT OR IGNORE INTO {table} (name) VALUES (?)", [(name,) for name in unique])  # noqa: S608
            self.conn.executemany(
                f"INSERT INTO {link} (article_id, {column}, position) SELECT ?, id, ? FROM {table} WHERE name = ?",  # noqa: S608
                [(self.article_id, position, name) for position, name in enumerate(unique)],
            )

    def _write_aliases(self) -> None:
        """Write the URLs at which the article was read: as it was asked for, where that led, and other forms of it."""
        (found_url,) = self.conn.execute(
            "SELECT found_url FROM frontier WHERE id = ?", (self.lease.id,)
        ).fetchone() or (None,)
        forms = self.conn.execute("SELECT url, id FROM frontier WHERE same_as = ?", (self.lease.id,)).fetchall()
        found = [(url, "found") for url in (found_url, *(url for url, _ in forms)) if url]
        led = [] if self.final == self.lease.url or is_home(self.final) else [(self.final, "read")]
        asked = "duplicate" if not self.owns else "led" if led and self._leads() else "own"
        self.conn.executemany(
            "UPDATE frontier SET article_id = ? WHERE id = ?", [(self.article_id, form) for _, form in forms]
        )
        write_urls(self.conn, self._filed_id, [(self.lease.url, asked), *led, *found], self.fetch.fetched_at)

    def _leads(self) -> bool:
        """Whether the URL that was asked for led to another one, that is not a form of it."""
        return same_article.key(self.final) != same_article.key(self.lease.url)

    @property
    def leads_elsewhere(self) -> bool:
        """Whether the URL led to an article that its listing does not name by its title: its own story may come yet."""
        return self._leads() and _letters(self.hints.get("title", "")) != _letters(self.article.title or "")

    def _unindex(self) -> None:
        """Take the current version out of the search index, which needs the very text that was put in."""
        self.conn.execute(
            """
            INSERT INTO articles_fts (articles_fts, rowid, title, byline, text, facts, title_grams, grams)
            SELECT 'delete', id, title, byline, text, facts, title_grams, grams FROM article_texts WHERE id = ?
            """,
            (self.article_id,),
        )

    def _index(self) -> None:
        row = self.conn.execute(
            "SELECT source_id, language, published_at, kind, section FROM articles WHERE id = ?", (self.article_id,)
        ).fetchone()
        self.conn.execute(
            "INSERT OR REPLACE INTO article_terms VALUES (?, ?, ?, ?)",
            (self.article_id, facts(*row, tags=self.article.tags), grams(self.title), grams(self.article.text)),
        )
        self.conn.execute(
            """
            INSERT INTO articles_fts (rowid, title, byline, text, facts, title_grams, grams)
            SELECT id, title, byline, text, facts, title_grams, grams FROM article_texts WHERE id = ?
            """,
            (self.article_id,),
        )
