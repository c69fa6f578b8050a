"""Pages as articles: finds the article of a page, decides what changed, writes its rows in the caller's transaction."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import orjson

from archive import changes
from archive.boilerplate import RULE, as_it_stood, learned_cuts
from archive.changes import Change
from archive.frontier import Lease
from archive.grams import caption_grams, grams
from archive.models import Clutter, ClutterKind, Dated, Extraction, Fetch, Outcome, PageKind
from archive.terms import facts
from archive.text import count_words
from archive.times import parse_stamp, stamp
from archive.tries import insert_fetch
from archive.urls import is_home, same_site

# A shorter text under two addresses of a source may be chance (a notice, a "live soon"); a longer one is one article.
_SAME_TEXT_WORDS: Final = 50


def article_of(conn: sqlite3.Connection, lease: Lease) -> int | None:
    """The article that is filed under the address of a lease."""
    row = conn.execute(
        "SELECT coalesce((SELECT article_id FROM frontier WHERE id = ?), (SELECT article_id FROM urls WHERE url = ?))",
        (lease.id, lease.url),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def file_part(conn: sqlite3.Connection, run_id: int, lease: Lease, part: Fetch, article_id: int | None) -> None:
    """Record a further page of an article: a try of its own, an address of the article, and due no more."""
    insert_fetch(conn, run_id, replace(lease, url=part.url), part, Outcome.PART, "file", "", article_id)
    if article_id is None:
        return
    conn.execute(
        "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, 'part', ?) ON CONFLICT (url) DO NOTHING",
        (article_id, part.url, stamp(part.fetched_at)),
    )
    conn.execute(
        "UPDATE frontier SET state = 'done', outcome = ?, article_id = ? WHERE url = ? AND state = 'pending'",
        (Outcome.PART, article_id, part.url),
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


def _whole(title: str, text: str) -> str:
    return f"{title}\n{text}"


class Landing:
    """Files one page inside the caller's transaction: finds its article, decides what changed, writes the rows."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        lease: Lease,
        fetch: Fetch,
        extraction: Extraction,
        extractor: str,
        rules: str | None = None,
    ) -> None:
        self.conn = conn
        self.lease = lease
        self.fetch = fetch
        self.extraction = extraction
        self.article = extraction.article
        self.extractor = extractor
        self.rules = rules
        self.article_id: int | None = None
        self.version_id: int | None = None  # of what is filed now
        self.hints = self._hints()
        self.title = self.article.title or self.hints.get("title") or "(untitled)"
        self.words = count_words(self.article.text)
        self.sha256 = changes.digest(self.title, self.article.text)
        self.sha256_as_it_stood = changes.digest(
            self.title, "\n".join(as_it_stood(self.article.paragraphs, extraction.clutter))
        )
        self.cut_words = [count_words(cut.text) for cut in extraction.clutter]

    def _hints(self) -> dict[str, str]:
        (hints,) = self.conn.execute("SELECT hints FROM frontier WHERE id = ?", (self.lease.id,)).fetchone()
        return orjson.loads(hints) if hints else {}

    def land(self) -> Outcome:
        """File the page. Returns SAVED, UPDATED, UNCHANGED or DUPLICATE."""
        self.article_id = article_of(self.conn, self.lease)
        if self.article_id is not None and not self._is_the_article_itself():
            return self._land_alias()
        if self.article_id is None:
            self.article_id = self._twin()
            if self.article_id is not None:
                return self._land_alias()
        return self._land_version()

    def _is_the_article_itself(self) -> bool:
        """True where this address is the one that filed the article, not an alias of it."""
        row = self.conn.execute("SELECT kind FROM urls WHERE url = ?", (self.lease.url,)).fetchone()
        return row is not None and row[0] == "own"

    def _twin(self) -> int | None:
        """The article this page is another address of: by redirect, by canonical address, or by equal text."""
        for url, _ in self._aliases("own"):
            row = self.conn.execute("SELECT article_id FROM urls WHERE url = ?", (url,)).fetchone()
            if row:
                return int(row[0])
        if self.words < _SAME_TEXT_WORDS:
            return None
        row = self.conn.execute(
            """
            SELECT articles.id FROM versions JOIN articles ON articles.version_id = versions.id
            WHERE versions.sha256 IN (?, ?) AND articles.source_id = ?
            """,
            (self.sha256, self.sha256_as_it_stood, self.lease.source_id),
        ).fetchone()
        return int(row[0]) if row else None

    def _aliases(self, kind: str) -> Iterator[tuple[str, str]]:
        """Addresses of this page, each with its kind; `kind` is that of the address it was leased under.

        Its canonical address counts only on its own site and below the home page.
        """
        final = self.fetch.final_url or self.lease.url
        yield self.lease.url, kind
        yield from ((url, "redirect") for url in (*self.fetch.redirects, final) if not is_home(url))
        canonical, amp = self.article.canonical_url, self.article.amp_url
        if canonical and same_site(canonical, final) and not is_home(canonical):
            yield canonical, "canonical"
        if amp and same_site(amp, final) and not is_home(amp):
            yield amp, "amp"

    def _land_alias(self) -> Outcome:
        self._write_aliases("duplicate")
        self.conn.execute(
            "UPDATE articles SET fetched_at = max(fetched_at, ?) WHERE id = ?",
            (stamp(self.fetch.fetched_at), self.article_id),
        )
        return Outcome.DUPLICATE

    def _land_version(self) -> Outcome:
        filed = self._filed()
        change = changes.decide(filed, self._reading())
        if change is Change.TRUNCATED:
            return self._land_truncated()
        if change is Change.SAME or self._is_of_today(change):
            self.conn.execute(
                "UPDATE articles SET fetched_at = ? WHERE id = ?",
                (stamp(self.fetch.fetched_at), self.article_id),
            )
            self._write_aliases("own")
            return Outcome.UNCHANGED
        if change is Change.NEW:
            self._write_article()
        else:
            self._unindex()
        self._write_version(change, filed)
        self.conn.execute("UPDATE articles SET version_id = ? WHERE id = ?", (self.version_id, self.article_id))
        self._write_facts()
        self._write_people_and_tags()
        self._write_aliases("own")
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

    def _reading(self) -> changes.Reading:
        return changes.Reading(
            article=replace(self.article, title=self.title),
            extractor=self.extractor,
            cuts=self.extraction.clutter,
            body=self.fetch.digest,
            rules=self.rules,
        )

    def _filed(self) -> changes.Filed | None:
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
        return changes.Filed(
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
                self.lease.source_id, self.title, self.fetch.final_url or self.lease.url,
                stamp(self.fetch.fetched_at), stamp(self.fetch.fetched_at),
            ),
        ).fetchone()  # fmt: skip

    def _write_version(self, change: Change, filed: changes.Filed | None) -> None:
        (version_id,) = self.conn.execute(
            """
            INSERT INTO versions (article_id, n, title, standfirst, text, sha256, words, change, created_at, extractor,
                                  charset, charset_source, notes, changed_words, rules)
            VALUES (:article, 1 + (SELECT versions FROM articles WHERE id = :article), :title, :standfirst, :text,
                    :sha256, :words, :change, :created, :extractor, :charset, :charset_source, :notes, :changed, :rules)
            RETURNING id
            """,
            {
                "article": self.article_id,
                "title": self.title,
                "standfirst": self.article.standfirst,
                "text": self.article.text,
                "sha256": self.sha256,
                "words": self.words,
                "change": change,
                "created": stamp(self.fetch.fetched_at),
                "extractor": self.extractor,
                "charset": self.extraction.charset,
                "charset_source": self.extraction.charset_source,
                "notes": orjson.dumps(self.extraction.notes).decode(),
                "changed": filed and changes.changed_words(_whole(filed.title, filed.text), self._whole()),
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
        return Dated(when=parse_stamp(claim), source=self._hint_source()) if claim else None

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

    def _write_aliases(self, kind: str) -> None:
        seen = stamp(self.fetch.fetched_at)
        (found_url,) = self.conn.execute("SELECT found_url FROM frontier WHERE id = ?", (self.lease.id,)).fetchone()
        forms = self.conn.execute("SELECT url, id FROM frontier WHERE same_as = ?", (self.lease.id,)).fetchall()
        found = [(url, "found") for url in (found_url, *(url for url, _ in forms)) if url]
        aliases = [*self._aliases(kind), *found]
        self.conn.executemany(
            "UPDATE frontier SET article_id = ? WHERE id = ?", [(self.article_id, form) for _, form in forms]
        )
        self.conn.executemany(
            "INSERT INTO urls (article_id, url, kind, first_seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
            [(self.article_id, url, kind, seen) for url, kind in aliases],
        )

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
            "SELECT source_id, language, sort_at, kind FROM articles WHERE id = ?", (self.article_id,)
        ).fetchone()
        self.conn.execute(
            "INSERT OR REPLACE INTO article_terms VALUES (?, ?, ?, ?)",
            (self.article_id, facts(*row), grams(self.title), grams(self.article.text)),
        )
        self.conn.execute(
            """
            INSERT INTO articles_fts (rowid, title, byline, text, facts, title_grams, grams)
            SELECT id, title, byline, text, facts, title_grams, grams FROM article_texts WHERE id = ?
            """,
            (self.article_id,),
        )
