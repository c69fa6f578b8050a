"""What Datasette tells people about the tables: titles, descriptions, units, labels, default order, facets, queries.

Tables, not code; a test holds them against the schema, column by column. Facets stand on indexed columns only: on a
million articles an indexed one takes 0.1 s and another more than the time limit. It knows no Datasette.
"""

from collections.abc import Mapping
from typing import Any, Final

from archive.search.search import BM25

_ABOUT: Final = (
    "Articles cut out of news pages, with everything that was cut away, every version, and every try to fetch them. "
    "Texts belong to their publishers."
)

# Columns that mean the same in every table.
_COMMON: Final = {
    "id": "Number of the row in this archive",
    "source_id": "The outlet",
    "article_id": "The article",
    "version_id": "The version of the article",
    "run_id": "The run of the program",
    "feed_id": "The listing it was found in first",
    "frontier_id": "The address in the frontier",
    "position": "Order on the page, from 0",
    "after_paragraph": "Kept paragraphs before it; 0 stands before the first",
    "words": "Words; in scripts without spaces, characters",
}


def _common(*names: str) -> dict[str, str]:
    return {name: _COMMON[name] for name in names}


_ARTICLES: Final = {
    "title": "Articles",
    "description": "One row an article: its facts. The text is in versions; search it with the box above the table.",
    "label_column": "title",
    "sort_desc": "published_at",
    "facets": ["source_id", "language", "kind"],
    "size": 50,
    "fts_table": "articles_fts",
    "fts_pk": "id",
    "columns": {
        **_common("id", "source_id"),
        "title": "Title of the current version",
        "url": "Address it was read at, after redirects",
        "canonical_url": "What the page calls itself; recorded, not obeyed blindly",
        "standfirst": "The lead under the title",
        "byline": "Authors, joined with semicolons",
        "published_at": "When it was published, UTC; empty where the page does not say",
        "published_source": "Where that date stood: jsonld, og, meta, html, url, feed or sitemap",
        "published_precision": "How exact that date is: second, minute or day",
        "published_zoned": "0 where the page gave a local time without a zone, which was read as UTC",
        "modified_at": "When the page says it was modified, UTC",
        "modified_source": "Where that date stood",
        "modified_precision": "How exact that date is: second, minute or day",
        "modified_zoned": "0 where the page gave a local time without a zone, which was read as UTC",
        "first_seen_at": "When it was filed first, UTC",
        "fetched_at": "When it was last fetched with an answer, UTC",
        "gone_at": "When it first answered 404 or 410 after it had been filed, UTC",
        "language": "Language, BCP 47 primary subtag",
        "section": "Section of the outlet",
        "site_name": "What the site calls itself",
        "kind": "article, liveblog, gallery, video or opinion",
        "access": "open, metered, registration, paywalled or unknown",
        "words": "Words kept in the current version",
        "removed_words": "Words cut from the current version",
        "images": "Number of pictures",
        "versions": "Number of versions",
        "version_id": "The current version",
        "sort_at": "When it was published, else first seen, UTC",
        "metadata_sources": "JSON: where the value of each field came from",
        "etag": "Validator of the last answer with a body",
        "last_modified": "Validator of the last answer with a body",
        "digest": "SHA-256 of that body",
        "reserved": "What reserves its use by machines, by the last look; empty where nothing does",
    },
}

_TABLES: Final[dict[str, dict[str, Any]]] = {
    "articles": _ARTICLES,
    "versions": {
        "title": "Versions",
        "description": "Every state in which an article was found, with its text.",
        "label_column": "created_at",
        "sort_desc": "id",
        "size": 20,
        "columns": {
            **_common("id", "article_id", "words"),
            "n": "1, 2, 3 ... within the article",
            "title": "Title in this version",
            "standfirst": "The lead under the title",
            "text": "The text, one paragraph a line",
            "sha256": "SHA-256 of title and text",
            "text_sha256": "SHA-256 of the words of the text alone, without capitals and punctuation",
            "change": "What differs from the version before: new, headline, edit, cosmetic or reextracted",
            "created_at": "When it was filed, UTC",
            "fetch_id": "The try that brought it",
            "extractor": "Version of the extraction",
            "charset": "Encoding that decoded the page",
            "charset_source": "What told the encoding: bom, header, meta or detector",
            "notes": "JSON: quality flags and evidence",
            "changed_words": "Words added and taken out since the version before",
            "rules": "Digest of the site rules it was extracted with",
        },
    },
    "removed": {
        "title": "Removed",
        "description": "Every block that was cut from a version: what it is, the rule that cut it, and where it stood.",
        "sort_desc": "id",
        "facets": ["kind", "rule"],
        "columns": {
            **_common("id", "article_id", "version_id", "position", "after_paragraph", "words"),
            "kind": "What it is: caption, credit, comment, share, newsletter ...",
            "rule": "The rule that cut it",
            "text": "What was cut",
        },
    },
    "images": {
        "title": "Pictures",
        "description": "Captions and credits of the pictures of articles. The pictures themselves are not kept.",
        "sort_desc": "id",
        "columns": {
            **_common("id", "article_id", "version_id", "position", "after_paragraph"),
            "url": "Address of the picture",
            "caption": "Caption",
            "credit": "Who made it",
            "alt": "Text for those who do not see it",
            "lead": "1 for the picture the article opens with",
            "grams": "Pairs of characters, in scripts without spaces: what the search index reads",
        },
    },
    "boilerplate": {
        "title": "Boilerplate",
        "description": "Lines that stand on many pages of a source, as the program has learned, and are cut for it.",
        "sort_desc": "id",
        "facets": ["source_id"],
        "columns": {
            **_common("id", "source_id"),
            "key": "Its letters and digits, by which lines are compared",
            "text": "The line",
            "kind": "What it seems to be: promo, newsletter, share ... other",
            "place": "Where its pages have it: start or end",
            "pages": "Pages that carry it, of those that were looked at last",
            "of_pages": "Pages that were looked at last, none a near-duplicate of another",
            "examples": "JSON: articles that carried it",
            "state": "cut, or kept because a person said so",
            "learned_at": "When it was learned, UTC",
            "seen_at": "When its pages were counted last, UTC",
            "decided_at": "When a person said that it is to be cut or kept, UTC",
        },
    },
    "authors": {
        "title": "Authors",
        "description": "Names in bylines, as they are written.",
        "label_column": "name",
        "sort": "name",
        "columns": {**_common("id"), "name": "Name"},
    },
    "article_authors": {
        "title": "Authors of articles",
        "description": "Who wrote which article.",
        "columns": {**_common("article_id", "position"), "author_id": "The author"},
    },
    "tags": {
        "title": "Tags",
        "description": "Keywords that pages give their articles.",
        "label_column": "name",
        "sort": "name",
        "columns": {**_common("id"), "name": "The keyword"},
    },
    "article_tags": {
        "title": "Tags of articles",
        "description": "Which article carries which tag.",
        "columns": {**_common("article_id", "position"), "tag_id": "The tag"},
    },
    "urls": {
        "title": "Addresses",
        "description": "Every address under which an article was seen.",
        "label_column": "url",
        "sort_desc": "id",
        "columns": {
            **_common("id", "article_id"),
            "url": "Address",
            "kind": "own, duplicate, found, redirect, canonical, amp or part",
            "first_seen_at": "When it was seen first, UTC",
        },
    },
    "sources": {
        "title": "Sources",
        "description": "The outlets that are read.",
        "label_column": "name",
        "sort": "name",
        "columns": {
            **_common("id"),
            "key": "Its id in cuttings.toml",
            "name": "Name",
            "url": "Home page",
            "language": "Language declared in cuttings.toml",
            "added_at": "When it was first crawled, UTC",
            "retired_at": "When cuttings.toml named it no more, UTC; empty while it does",
            "enabled": "0 where cuttings.toml says enabled = false",
            "former": "JSON: sites it stood on before it moved",
            "rights": "What is done where use by machines is reserved: record, skip or ignore",
        },
    },
    "feeds": {
        "title": "Listings",
        "description": "Feeds, sitemaps, section pages and lists that name articles, and how the last try ended.",
        "label_column": "url",
        "facets": ["source_id"],
        "columns": {
            **_common("id", "source_id"),
            "url": "Address",
            "kind": "feed, sitemap, section or urls",
            "name": "Title it gives itself",
            "etag": "Validator of the last answer that was read well",
            "last_modified": "Validator of the last answer that was read well",
            "digest": "SHA-256 of the last body",
            "checked_at": "Last try, UTC",
            "changed_at": "When the body last differed, UTC",
            "full_at": "Last answer with a body, UTC",
            "items": "Entries in the last body",
            "outcome": "How the last try ended",
            "detail": "What is to be said about it",
            "fresh": "New entries, each counting half after five days: what its pace is learned from",
            "watched": "Days in which they came, counted likewise",
            "answered_at": "Last answer, UTC",
            "failures": "Failed looks since, soft ones as a half",
            "overran_at": "Last look that had nothing in common with the one before, UTC",
            "moved_to": "Where it says it has moved for good",
            "moved_at": "When it said so first, UTC",
            "floor": "Seconds between two polls that its server asks for",
            "poll_url": "Asked for instead of url, since that answers 301 or 308",
            "poll_until": "Then url is asked again, UTC",
            "skip_hours": "Hours of the week in which it wants no poll, UTC; 0 is Monday at midnight",
            "gone_at": "When it said first that it is gone for good (410), UTC",
        },
    },
    "runs": {
        "title": "Runs",
        "description": "Runs of the program, each with a count of how its tries ended.",
        "label_column": "started_at",
        "sort_desc": "id",
        "columns": {
            **_common("id"),
            "started_at": "Start, UTC",
            "ended_at": "End, UTC; empty while it runs",
            "state": "running, finished, interrupted or killed",
            "command": "The command",
            "program": "Version of the program",
            "new": "Articles filed for the first time",
            "known": "Listed articles that were filed before",
            "tried": "Addresses tried: the sum of the outcomes",
            "summary": "JSON: outcome and count",
            "events": "What else a person should know, one a line: pauses, an outage, traps",
        },
    },
    "events": {
        "title": "Events",
        "description": "What happened besides: entries lost between two looks, articles gone and back, outages, sleep, "
        "refusals; URLs that different stories claim; listings and sources that left cuttings.toml or moved.",
        "sort_desc": "id",
        "facets": ["kind", "source_id"],
        "columns": {
            **_common("id", "run_id", "source_id", "feed_id", "article_id"),
            "happened_at": "When, UTC; of what lasted, its end",
            "since": "Of what lasted, its beginning, UTC",
            "kind": "gap, asleep, skipped, gone, back, outage, contradicted, retired, renamed, blocked or moved",
            "amount": "What was lost or skipped, at least",
            "detail": "What happened",
        },
    },
    "health": {
        "title": "Health",
        "description": "A row a source a day (UTC): what was tried, what came, and how complete it was.",
        "sort_desc": "day",
        "facets": ["source_id"],
        "columns": {
            **_common("id", "source_id"),
            "day": "Day, UTC",
            "tried": "Tries of addresses, listings too",
            "seen": "Addresses of articles that listings named for the first time",
            "new": "Articles filed for the first time",
            "updated": "Articles with a new version",
            "pages": "Pages read for the first time, with an article or without",
            "empty": "Pages without an article",
            "blocked": "Tries that were refused: robots.txt, 401, 403, 429, reserved",
            "errors": "Tries that failed",
            "median_words": "Median of the words of the articles that were new",
            "author_share": "Share of those that name an author, 0 to 1",
            "date_share": "Share of those that say when they were published, 0 to 1",
        },
    },
    "alerts": {
        "title": "Alerts",
        "description": "Where a source departs from its own 28-day median or falls silent; each closes by itself.",
        "sort_desc": "id",
        "facets": ["source_id"],
        "columns": {
            **_common("id", "source_id"),
            "kind": "quiet, empty, blocked, errors, short, authors or dates",
            "opened_at": "When it began, UTC",
            "closed_at": "When it ended, UTC; empty while it lasts",
            "value": "What it was at the last look",
            "usual": "Its own median",
            "detail": "What is to be said about it",
            "told_at": "When webhook and mail were told of its beginning, UTC",
            "told_end_at": "When they were told of its end, UTC",
        },
    },
    "rights": {
        "title": "Rights",
        "description": "What publishers say of the use of their work, where it stands, and when it was read.",
        "sort_desc": "id",
        "facets": ["signal", "source_id"],
        "columns": {
            **_common("id", "source_id", "article_id"),
            "url": "Where it stands; of rsl-feed the entry that it is said of",
            "signal": "robots.txt, meta-robots, tdm-header, tdmrep.json, ai.txt, content-signal, licence, rsl ...",
            "value": "As it was written; of rsl each licence of the file in words",
            "location": "Part of the host that it is said of; empty: all; of rsl-feed the feed",
            "gone_at": "When it was found no more, UTC; empty while it stands there",
            "reserves": "1 where it reserves text and data mining, or use by AI",
            "first_seen_at": "When it was first read there, UTC",
            "seen_at": "When it was last read there, UTC",
        },
    },
    "hosts": {
        "title": "Hosts",
        "description": "What hosts have asked of us: until when nothing is asked of them, and why.",
        "label_column": "name",
        "sort": "name",
        "columns": {
            **_common("id"),
            "name": "Host, without port",
            "paused_until": "Nothing is asked of it before this time, UTC",
            "reason": "Retry-After, a challenge page or refusals in a row; empty where it was not left alone",
            "noted_at": "When it was noted, UTC",
            "refusals": "Refusals in a row, without an answer that is a page between them",
            "pauses": "Pauses for those refusals, each twice as long",
        },
    },
    "fetches": {
        "title": "Fetches",
        "description": "One row a try of an address, with its one outcome and where the raw answer is kept.",
        "size": 50,
        "label_column": "fetched_at",
        "sort_desc": "id",
        "facets": ["outcome", "source_id"],
        "units": {"ms": "ms", "bytes": "B", "warc_length": "B"},
        "columns": {
            **_common("id", "run_id", "source_id", "article_id"),
            "url": "Address asked for",
            "final_url": "Address after redirects, where it differs",
            "kind": "article, feed, sitemap, section or urls",
            "fetched_at": "When, UTC",
            "stage": "Where it ended: lease, fetch, discover, extract or file; outage: with our own network",
            "outcome": "How it ended: every try has exactly one",
            "detail": "Why, where there is more to say",
            "status": "HTTP status",
            "ms": "Time for the answer",
            "bytes": "Size of the decoded body",
            "digest": "SHA-256 of the decoded body",
            "warc_file": "File with the raw answer",
            "warc_offset": "First byte of its record",
            "warc_length": "Length of its record",
            "planned": "1 for a look that the revisit schedule asked for",
            "chance": "Which second chance this attempt was; 0 for none",
        },
    },
    "frontier": {
        "title": "Frontier",
        "description": "Every address that was found: due, leased to a run, done, or dead after three failures.",
        "size": 50,
        "label_column": "url",
        "sort_desc": "id",
        "facets": ["state", "source_id"],
        "columns": {
            **_common("id", "source_id", "run_id", "feed_id", "article_id"),
            "url": "Address as it is requested",
            "kind": "article, feed, sitemap, section or urls",
            "state": "pending, leased, done, dead, or retired: a listing that cuttings.toml no longer names",
            "priority": "A lower number goes first",
            "due_at": "Not before this time, UTC",
            "tries": "Failed tries since the last success",
            "outcome": "How the last try ended",
            "detail": "Why",
            "depth": "Listings between it and the configuration",
            "found_at": "When it was found first, UTC",
            "found_url": "As it was listed, where that differs",
            "hints": "JSON: what the listing claims",
            "identity": "What other forms of its address (AMP, print, http) have in common with it",
            "guid": "What its feed calls it, where that is unique in the world",
            "same_as": "The row it is another form of; it is never asked for itself",
            "revisits": "Planned looks at the filed article that are done",
            "joined": "Why it is another URL of the filed article; empty where it filed the article itself",
            "chances": "Second chances it has had",
        },
    },
    "claims": {
        "title": "Claims",
        "description": "URLs that pages call themselves by, or that led to them. The text decides whether it is so.",
        "sort_desc": "id",
        "columns": {
            **_common("id", "article_id"),
            "url": "The URL that is claimed",
            "kind": "canonical, amp, or redirect: a hop on the way to the page",
            "first_seen_at": "When it was first claimed, UTC",
            "seen_at": "When it was last claimed, UTC",
        },
    },
    "sightings": {
        "title": "Sightings",
        "description": "URLs that a source listed though they belong to another source.",
        "hidden": True,
        "columns": {
            **_common("source_id", "frontier_id"),
            "found_at": "When a listing of this source named it first, UTC",
        },
    },
    "listed": {
        "title": "Listed",
        "description": "What the last body of a listing named.",
        "hidden": True,
        "columns": {**_common("frontier_id"), "feed_id": "The listing"},
    },
    "article_texts": {
        "title": "Texts",
        "description": "Title, byline and text of each article's current version: what the search index reads.",
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "columns": {
            "id": "Number of the article",
            "title": "Title",
            "byline": "Authors, joined with semicolons",
            "text": "The text, one paragraph a line",
            "facts": "Tokens to narrow a search by",
            "title_grams": "Pairs of characters of the title, in scripts without spaces",
            "grams": "Pairs of characters of the text, in scripts without spaces",
        },
    },
    "article_terms": {
        "title": "Terms",
        "description": "What the search index needs besides title, byline and text.",
        "hidden": True,
        "columns": {
            **_common("id"),
            "facts": "Tokens of source, language, month, year, kind, section and tags",
            "title_grams": "Pairs of characters of the title, in scripts without spaces",
            "grams": "Pairs of characters of the text, in scripts without spaces",
        },
    },
    "article_counts": {
        "title": "Counts of articles",
        "description": "Articles and words by source, month and language; kept as articles are filed.",
        "columns": {
            **_common("source_id"),
            "month": "Month of publication; empty for articles that are not dated",
            "language": "Language, BCP 47 primary subtag; empty where it is not known",
            "articles": "Number of articles",
            "words": "Words kept in their current versions",
            "removed_words": "Words cut from their current versions",
        },
    },
    "cut_counts": {
        "title": "Counts of cuts",
        "description": "Cuts by rule, kind and source, in all versions; kept as articles are filed.",
        "columns": {
            **_common("source_id"),
            "rule": "The rule that cut",
            "kind": "What it cut",
            "cuts": "Number of cuts",
            "words": "Words in them",
        },
    },
    "table_counts": {
        "title": "Counts of rows",
        "description": "Rows of each table that grows without bound; kept as rows are written.",
        "hidden": True,
        "columns": {"name": "Table", "amount": "Rows"},
    },
    "_sqlite_migrations": {"hidden": True},
}

_QUERIES: Final[dict[str, dict[str, Any]]] = {
    "search": {
        "title": "Search, ranked",
        "description": (
            'Words, "phrases", begin*, -not, AND, OR, NOT and brackets, as on the search page. Words in the title '
            "count most. The best 100, with what matched marked. What is not understood is said in the first row."
        ),
        "params": ["q"],
        "hide_sql": True,
        "sql": f"""
            SELECT NULL AS article_id, 'Not understood: ' || cuttings_problem(:q) AS title, NULL AS snippet,
                NULL AS source, NULL AS published_at, NULL AS words, NULL AS url
            WHERE cuttings_problem(:q) IS NOT NULL
            UNION ALL SELECT * FROM (
                SELECT a.id AS article_id, highlight(articles_fts, 0, char(2), char(3)) AS title,
                    snippet(articles_fts, 2, char(2), char(3), '…', 30) AS snippet,
                    s.name AS source, a.published_at, a.words, a.url
                FROM articles_fts
                CROSS JOIN articles AS a ON a.id = articles_fts.rowid
                CROSS JOIN sources AS s ON s.id = a.source_id
                WHERE articles_fts MATCH cuttings_query(:q) AND articles_fts.rank MATCH '{BM25}'
                ORDER BY articles_fts.rank LIMIT 100
            )
        """,  # noqa: S608 - weights of our own
    },
    "captions": {
        "title": "Captions",
        "description": (
            "Captions and credits of the pictures of current versions, newest first; type words of one, or nothing."
        ),
        "params": ["words"],
        "hide_sql": True,
        "sql": """
            SELECT NULL AS article_id, 'Not understood: ' || cuttings_captions_problem(:words) AS caption,
                NULL AS credit, NULL AS title, NULL AS url
            WHERE cuttings_captions_problem(:words) IS NOT NULL
            UNION ALL SELECT * FROM (
                SELECT a.id AS article_id, i.caption, i.credit, a.title, i.url
                FROM images AS i CROSS JOIN articles AS a ON a.version_id = i.version_id AND a.id = i.article_id
                WHERE coalesce(i.caption, i.credit) IS NOT NULL
                    AND (:words = '' OR i.id IN (
                        SELECT rowid FROM images_fts WHERE images_fts MATCH cuttings_captions(:words)))
                ORDER BY i.id DESC LIMIT 200
            )
        """,
    },
    "clutter_by_rule": {
        "title": "Clutter by rule",
        "description": "How often each rule cut, with its latest cut. A rule leads to all its cuts: a wrong one shows.",
        "hide_sql": True,
        "sql": """
            SELECT counted.rule, counted.kind, counted.cuts, latest.article_id, latest.text AS latest_cut
            FROM (SELECT rule, kind, sum(cuts) AS cuts FROM cut_counts GROUP BY rule, kind) AS counted
            JOIN removed AS latest ON latest.id =
                (SELECT max(id) FROM removed WHERE rule = counted.rule AND kind = counted.kind)
            ORDER BY counted.cuts DESC, counted.rule, counted.kind
        """,
    },
    "outcomes_by_source": {
        "title": "Outcomes by source",
        "description": "How tries of addresses ended, counted for each source, with the time of the latest.",
        "hide_sql": True,
        "sql": """
            SELECT s.name AS source, counted.outcome, counted.tries, latest.fetched_at AS latest, latest.detail
            FROM (
                SELECT source_id, outcome, count(*) AS tries, max(id) AS id FROM fetches GROUP BY source_id, outcome
            ) AS counted
            JOIN fetches AS latest ON latest.id = counted.id
            LEFT JOIN sources AS s ON s.id = counted.source_id
            ORDER BY s.name, counted.tries DESC, counted.outcome
        """,
    },
}


MANY: Final = 100_000  # rows, beyond which a table is not counted by its facets unless somebody asks for that


def metadata(database_name: str, rows: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return Datasette's metadata for an archive that is attached under this name.

    `rows` are those of its tables: a facet of a million takes 0.2 s, so large tables begin without. Our own pages have
    counts by source, language and rule that are kept, whatever the size.
    """
    large = {name for name, count in (rows or {}).items() if count > MANY}
    return {
        "title": "News archive",
        "description": _ABOUT,
        "databases": {
            database_name: {
                "description": _ABOUT,
                "tables": {
                    name: {key: value for key, value in table.items() if key != "facets" or name not in large}
                    for name, table in _TABLES.items()
                },
                "queries": {name: {**query, "sql": _trimmed(query["sql"])} for name, query in _QUERIES.items()},
            }
        },
    }


def _trimmed(sql: str) -> str:
    lines = sql.strip("\n").rstrip().splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines)
