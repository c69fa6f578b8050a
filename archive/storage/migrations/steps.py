"""The tables of an archive, as numbered migrations. One that has landed is never edited; a change is a new one.

A migration calls nothing of today's program: what it needs beside SQL stands in `frozen`, as it was when the
migration landed. Else a change of the program would change what a new archive looks like, and break older ones.

Conventions: INTEGER PRIMARY KEYs; a column called `name` or `title` becomes Datasette's label of a foreign key; times
are ISO 8601 text in UTC with whole seconds (`2026-11-23T08:05:00Z`), so that they sort as text; text stands in
`versions`, never in `articles` (rows of facts stay small); raw pages stand in WARC files, never here.
"""

import json
from typing import Final

from sqlite_utils import Database, Migrations

from archive.storage.migrations import frozen

migrations: Final = Migrations("cuttings")

_FIRST = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,            -- the id in cuttings.toml
    name TEXT NOT NULL,
    url TEXT NOT NULL,                   -- home page
    language TEXT,                       -- declared in cuttings.toml, BCP 47
    added_at TEXT NOT NULL
);

CREATE TABLE feeds (                     -- every listing that is read: feeds, sitemaps, section pages, lists
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    url TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                  -- feed | sitemap | section | urls
    name TEXT,                           -- title the listing gives itself
    etag TEXT,                           -- validators of the last answer that was read well
    last_modified TEXT,
    digest TEXT,                         -- sha256 of the last body
    checked_at TEXT,                     -- last try
    changed_at TEXT,                     -- last time the body differed
    full_at TEXT,                        -- last answer with a body (not 304)
    items INTEGER NOT NULL DEFAULT 0,    -- entries in the last body
    outcome TEXT,                        -- of the last try
    detail TEXT
);
CREATE INDEX feeds_source ON feeds(source_id);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL,                 -- running | finished | interrupted | killed
    command TEXT NOT NULL,
    program TEXT NOT NULL,               -- version of Cuttings
    new INTEGER,                         -- articles filed for the first time
    known INTEGER,                       -- listed articles that were filed before
    tried INTEGER,                       -- URLs tried: the sum of the outcomes
    summary TEXT                         -- JSON: outcome -> count
);

CREATE TABLE articles (                  -- facts of an article; its text is in versions
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    title TEXT NOT NULL,
    url TEXT NOT NULL UNIQUE,            -- where it was read, after redirects
    canonical_url TEXT,                  -- what the page calls itself; recorded, not obeyed blindly
    standfirst TEXT,
    byline TEXT,                         -- authors joined with '; ', for search and display
    published_at TEXT,                   -- NULL where the page does not say; never a guess
    published_source TEXT,               -- jsonld | og | meta | html | url | feed | sitemap
    published_precision TEXT,            -- second | minute | day
    modified_at TEXT,
    modified_source TEXT,
    modified_precision TEXT,
    first_seen_at TEXT NOT NULL,
    fetched_at TEXT NOT NULL,            -- last time it was fetched with an answer
    gone_at TEXT,                        -- when it answered 404 or 410 after it had been filed
    language TEXT,                       -- BCP 47 primary subtag
    section TEXT,
    site_name TEXT,
    kind TEXT NOT NULL,                  -- article | liveblog | gallery | video | opinion
    access TEXT NOT NULL,                -- open | metered | registration | paywalled | unknown
    words INTEGER NOT NULL,              -- words kept in the current version
    removed_words INTEGER NOT NULL,      -- words cut from the current version
    images INTEGER NOT NULL,
    versions INTEGER NOT NULL,           -- number of versions
    version_id INTEGER,                  -- the current one: versions.id
    sort_at TEXT GENERATED ALWAYS AS (coalesce(published_at, first_seen_at)) VIRTUAL,
    metadata_sources TEXT NOT NULL       -- JSON: field -> where its value came from
);
CREATE INDEX articles_source_sort ON articles(source_id, sort_at);
CREATE INDEX articles_sort ON articles(sort_at);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_language ON articles(language);
CREATE INDEX articles_canonical ON articles(canonical_url);
CREATE INDEX articles_kind ON articles(kind);

CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    n INTEGER NOT NULL,                  -- 1, 2, 3 ... within the article
    title TEXT NOT NULL,
    standfirst TEXT,
    text TEXT NOT NULL,                  -- paragraphs, one a line
    sha256 TEXT NOT NULL,                -- of title and text, see archive.changes.digest
    words INTEGER NOT NULL,
    change TEXT NOT NULL,                -- new | headline | edit | cosmetic | reextracted
    created_at TEXT NOT NULL,
    fetch_id INTEGER REFERENCES fetches(id),
    extractor TEXT NOT NULL,             -- version of the extraction stage
    charset TEXT,                        -- encoding that decoded the page
    charset_source TEXT,                 -- bom | header | meta | detector
    notes TEXT NOT NULL,                 -- JSON list: quality flags and evidence
    UNIQUE (article_id, n)
);
CREATE INDEX versions_sha256 ON versions(sha256);

CREATE TABLE fetches (                   -- one row a try of one URL
    id INTEGER PRIMARY KEY,
    run_id INTEGER REFERENCES runs(id),
    source_id INTEGER REFERENCES sources(id),
    fetched_at TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- article | feed | sitemap | section | urls
    outcome TEXT NOT NULL,
    status INTEGER,                      -- HTTP
    url TEXT NOT NULL,
    final_url TEXT,                      -- after redirects, where it differs
    article_id INTEGER REFERENCES articles(id),
    detail TEXT,                         -- why, for a person
    stage TEXT NOT NULL,                 -- where it ended: fetch | discover | extract | file
    ms INTEGER,                          -- milliseconds from request to the head of the answer
    bytes INTEGER,                       -- of the decoded body
    digest TEXT,                         -- sha256 of the decoded body
    warc_file TEXT,                      -- record with the raw answer: file, byte offset, byte length
    warc_offset INTEGER,
    warc_length INTEGER
);
CREATE INDEX fetches_run ON fetches(run_id, outcome);
CREATE INDEX fetches_source_outcome ON fetches(source_id, outcome);
CREATE INDEX fetches_outcome ON fetches(outcome);
CREATE INDEX fetches_url ON fetches(url);
CREATE INDEX fetches_article ON fetches(article_id);

CREATE TABLE urls (                      -- every address under which an article was seen
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    url TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                  -- own | duplicate | found | redirect | canonical | amp | part
    first_seen_at TEXT NOT NULL
);
CREATE INDEX urls_article ON urls(article_id);

CREATE TABLE removed (                   -- the ledger: every block that was cut from a version
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    version_id INTEGER NOT NULL REFERENCES versions(id),
    position INTEGER NOT NULL,           -- order of the cuts on the page
    kind TEXT NOT NULL,                  -- caption, credit, comment, share ...
    rule TEXT NOT NULL,                  -- the step that cut it
    after_paragraph INTEGER NOT NULL,    -- kept paragraphs before it
    words INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX removed_version ON removed(version_id, position);
CREATE INDEX removed_article ON removed(article_id);
CREATE INDEX removed_rule ON removed(rule, kind);
CREATE INDEX removed_kind ON removed(kind);

CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    version_id INTEGER NOT NULL REFERENCES versions(id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    caption TEXT,
    credit TEXT,
    alt TEXT,
    after_paragraph INTEGER NOT NULL     -- kept paragraphs before it
);
CREATE INDEX images_version ON images(version_id, position);
CREATE INDEX images_article ON images(article_id);
CREATE INDEX images_credit ON images(credit);

CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE article_authors (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    author_id INTEGER NOT NULL REFERENCES authors(id),
    position INTEGER NOT NULL,
    PRIMARY KEY (article_id, author_id)
);
CREATE INDEX article_authors_author ON article_authors(author_id);

CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    tag_id INTEGER NOT NULL REFERENCES tags(id),
    position INTEGER NOT NULL,
    PRIMARY KEY (article_id, tag_id)
);
CREATE INDEX article_tags_tag ON article_tags(tag_id);

CREATE TABLE frontier (                  -- which URL is due, leased, done or dead
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    url TEXT NOT NULL UNIQUE,            -- as it will be requested: archive.urls.normalize
    kind TEXT NOT NULL,                  -- article | feed | sitemap | section | urls
    state TEXT NOT NULL,                 -- pending | leased | done | dead
    priority INTEGER NOT NULL,           -- lower goes first
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,    -- failed tries since the last success; three make it dead
    outcome TEXT,                        -- of the last try
    detail TEXT,
    run_id INTEGER REFERENCES runs(id),  -- who holds or last held it
    depth INTEGER NOT NULL DEFAULT 0,    -- listings between it and the configuration
    feed_id INTEGER REFERENCES feeds(id),-- where it was found first
    found_at TEXT NOT NULL,
    found_url TEXT,                      -- as it was listed, where that differs from url
    article_id INTEGER REFERENCES articles(id),
    hints TEXT                           -- JSON: what the listing claims (title, published, modified, language, guid)
);
CREATE INDEX frontier_due ON frontier(source_id, state, priority, due_at, id);
CREATE INDEX frontier_state ON frontier(state);
CREATE INDEX frontier_article ON frontier(article_id);

CREATE TABLE listed (                    -- what the last body of a listing named
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    frontier_id INTEGER NOT NULL REFERENCES frontier(id),
    PRIMARY KEY (feed_id, frontier_id)
) WITHOUT ROWID;

-- One text for search: facts joined to the current version. The index below keeps no copy of it.
CREATE VIEW article_texts AS
    SELECT a.id, v.title, coalesce(a.byline, '') AS byline, v.text
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id;

-- No trigger is possible on a join view: archive.store writes the index in the transaction that files the article.
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, byline, text,
    content='article_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
"""


@migrations()
def m001_first_tables(db: Database) -> None:
    """All tables of the first release."""
    # sqlite3's executescript() would commit the migration's own transaction, hence one statement at a time.
    for statement in statements(_FIRST):
        db.conn.execute(statement)


_BOILERPLATE: Final = """
CREATE TABLE boilerplate (               -- lines that stand on many pages of a source, see archive.boilerplate
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    key TEXT NOT NULL,                   -- letters and digits, lower case: what lines are compared by
    text TEXT NOT NULL,                  -- as it stood on the page that was newest when it was learned
    kind TEXT NOT NULL,                  -- a guess: promo, newsletter, share ... other
    place TEXT NOT NULL,                 -- of its pages: start | end
    pages INTEGER NOT NULL,              -- how many carried it when it was counted last ...
    of_pages INTEGER NOT NULL,           -- ... of so many, none a near-duplicate of another
    examples TEXT NOT NULL,              -- JSON list of article ids
    state TEXT NOT NULL,                 -- cut | kept (a person's word: never cut again)
    learned_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,               -- when it was counted last
    decided_at TEXT,                     -- when a person said cut or kept
    UNIQUE (source_id, key)
);

-- The newest articles of a source without a look at all of them: an index ends in the row's id.
CREATE INDEX articles_source ON articles(source_id);

ALTER TABLE images ADD COLUMN lead INTEGER NOT NULL DEFAULT 0;  -- 1: the picture the article opens with

-- 0: the page gave a local time without a zone, and it was read as UTC. NULL: no date, or filed before this was kept.
ALTER TABLE articles ADD COLUMN published_zoned INTEGER;
ALTER TABLE articles ADD COLUMN modified_zoned INTEGER;
"""


@migrations()
def m002_boilerplate(db: Database) -> None:
    """What site learning finds; lead pictures; whether a time had a zone."""
    for statement in statements(_BOILERPLATE):
        db.conn.execute(statement)


_HOSTS: Final = """
CREATE TABLE hosts (                     -- what hosts have asked of us
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,           -- host, without port
    paused_until TEXT NOT NULL,          -- nothing is asked of it before
    reason TEXT NOT NULL,                -- Retry-After, or robots.txt cannot be had
    noted_at TEXT NOT NULL
);

ALTER TABLE runs ADD COLUMN events TEXT;  -- what else a person should know, one a line: pauses, an outage, traps

-- The requests of a source in the last 24 hours are counted when a run begins.
CREATE INDEX fetches_source_when ON fetches(source_id, fetched_at);
"""


@migrations()
def m003_hosts(db: Database) -> None:
    """Pauses that hosts ask for, kept across runs; what else there is to say of a run."""
    for statement in statements(_HOSTS):
        db.conn.execute(statement)


_PACE: Final = """
-- What the pace of a listing is learned from, see archive.pace. Both numbers decay with a half-life of five days.
ALTER TABLE feeds ADD COLUMN fresh REAL NOT NULL DEFAULT 0;     -- entries that were new
ALTER TABLE feeds ADD COLUMN watched REAL NOT NULL DEFAULT 0;   -- days in which they came
ALTER TABLE feeds ADD COLUMN answered_at TEXT;                  -- last answer that was read, or 304
ALTER TABLE feeds ADD COLUMN failures REAL NOT NULL DEFAULT 0;  -- since that answer; soft ones count as a half
ALTER TABLE feeds ADD COLUMN overran_at TEXT;                   -- last look with nothing in common with the one before

CREATE TABLE events (                    -- what happened that a person may want to know years later
    id INTEGER PRIMARY KEY,
    happened_at TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- gap | asleep | skipped | gone | back | outage
    run_id INTEGER REFERENCES runs(id),
    source_id INTEGER REFERENCES sources(id),
    feed_id INTEGER REFERENCES feeds(id),
    article_id INTEGER REFERENCES articles(id),
    since TEXT,                          -- of what lasted: its beginning; happened_at is its end
    amount INTEGER,                      -- of what was lost or skipped, at least
    detail TEXT NOT NULL                 -- a sentence for a person
);
CREATE INDEX events_when ON events(happened_at);
CREATE INDEX events_source ON events(source_id, happened_at);
CREATE INDEX events_article ON events(article_id);
CREATE INDEX events_kind ON events(kind);
"""


@migrations()
def m004_pace(db: Database) -> None:
    """How fast listings bring something new; what happened besides."""
    for statement in statements(_PACE):
        db.conn.execute(statement)


_REVISITS: Final = """
ALTER TABLE frontier ADD COLUMN revisits INTEGER NOT NULL DEFAULT 0;  -- planned looks at a filed article that are done
ALTER TABLE frontier ADD COLUMN identity TEXT;                        -- of an article's address, see archive.identity
ALTER TABLE frontier ADD COLUMN guid TEXT;                            -- what its feed calls it, if globally unique
ALTER TABLE frontier ADD COLUMN same_as INTEGER REFERENCES frontier(id);  -- another form of that one; never requested
CREATE INDEX frontier_identity ON frontier(source_id, identity);
CREATE INDEX frontier_guid ON frontier(source_id, guid);
CREATE INDEX frontier_same_as ON frontier(same_as);
ALTER TABLE fetches ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;    -- 1: a look that the revisit schedule asked for
ALTER TABLE articles ADD COLUMN etag TEXT;                            -- validators of the last answer with a body
ALTER TABLE articles ADD COLUMN last_modified TEXT;
ALTER TABLE articles ADD COLUMN digest TEXT;                          -- sha256 of that body
ALTER TABLE versions ADD COLUMN changed_words INTEGER;                -- words added and taken out since the last one
ALTER TABLE versions ADD COLUMN rules TEXT;                           -- digest of the site rules it was extracted with
"""


@migrations()
def m005_revisits(db: Database) -> None:
    """Planned second looks at articles, and what they need."""
    for statement in statements(_REVISITS):
        db.conn.execute(statement)
    db.conn.create_function("identity_of", 1, frozen.key, deterministic=True)
    db.conn.execute(
        "UPDATE frontier SET identity = identity_of(url) WHERE kind = 'article' AND outcome IS NOT 'bad_url'"
    )


_HEALTH: Final = """
CREATE TABLE health (                    -- a row a source a day (UTC)
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    day TEXT NOT NULL,                   -- 2026-11-23
    tried INTEGER NOT NULL,              -- tries of addresses, listings too
    seen INTEGER NOT NULL,               -- addresses of articles that listings named for the first time
    new INTEGER NOT NULL,                -- articles filed for the first time
    updated INTEGER NOT NULL,            -- articles with a new version
    pages INTEGER NOT NULL,              -- pages read for the first time, with an article or without
    empty INTEGER NOT NULL,              -- pages without an article: not_article, too_short, not_html
    blocked INTEGER NOT NULL,            -- robots, rate_limited, reserved, 401 and 403, walls
    errors INTEGER NOT NULL,             -- tries that failed, but for planned looks at what is gone
    median_words REAL,                   -- of the articles filed first that day; NULL without any
    author_share REAL,                   -- of those, how many name an author, 0 to 1
    date_share REAL,                     -- of those, how many say when they were published
    UNIQUE (source_id, day)
);
CREATE INDEX health_day ON health(day);
-- What was found and filed in a span of time.
CREATE INDEX frontier_found ON frontier(source_id, found_at);
CREATE INDEX articles_seen ON articles(source_id, first_seen_at);

CREATE TABLE alerts (                    -- a source that departs from its own usual; closes by itself
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    kind TEXT NOT NULL,                  -- quiet | empty | blocked | errors | short | authors | dates
    opened_at TEXT NOT NULL,
    closed_at TEXT,                      -- NULL while it lasts
    value REAL,                          -- what it was when it was looked at last ...
    usual REAL,                          -- ... and its own median of 28 days
    detail TEXT NOT NULL,                -- a sentence for a person
    told_at TEXT,                        -- when webhook and mail were told of its beginning ...
    told_end_at TEXT                     -- ... and of its end
);
CREATE INDEX alerts_source ON alerts(source_id, closed_at);
CREATE INDEX alerts_open ON alerts(closed_at, opened_at);
"""


@migrations()
def m006_health(db: Database) -> None:
    """How each source does, day by day, and where it departs from its usual."""
    for statement in statements(_HEALTH):
        db.conn.execute(statement)


_RIGHTS: Final = """
CREATE TABLE rights (                    -- what a publisher says of the use of what it publishes, as it was read
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    article_id INTEGER REFERENCES articles(id),  -- NULL: said of a whole host, or part of it
    url TEXT NOT NULL,                   -- where it stands
    signal TEXT NOT NULL,                -- robots.txt | x-robots-tag | meta-robots | tdm-header | tdm-meta |
                                         -- tdmrep.json | ai.txt | content-signal | licence
    value TEXT NOT NULL,                 -- as it was written
    location TEXT NOT NULL,              -- part of the host that it is said of, a pattern of robots.txt; empty: all
    reserves INTEGER NOT NULL,           -- 1: it reserves text and data mining, or use by AI
    first_seen_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,               -- last time it was read there
    gone_at TEXT,                        -- when it was found no more; NULL while it stands there
    UNIQUE (url, signal, value, location)
);
CREATE INDEX rights_source ON rights(source_id, signal);
CREATE INDEX rights_article ON rights(article_id);
CREATE INDEX rights_signal ON rights(signal);

-- What reserves its use by machines, as its last look found it: signals, joined with spaces; NULL where nothing.
ALTER TABLE articles ADD COLUMN reserved TEXT;
CREATE INDEX articles_reserved ON articles(reserved) WHERE reserved IS NOT NULL;
ALTER TABLE sources ADD COLUMN rights TEXT NOT NULL DEFAULT 'record';  -- record | skip | ignore, as configured
"""


@migrations()
def m007_rights(db: Database) -> None:
    """What publishers say of the use of their work."""
    for statement in statements(_RIGHTS):
        db.conn.execute(statement)


_COUNTS: Final = """
CREATE TABLE article_terms (             -- what the search index needs besides title, byline and text
    id INTEGER PRIMARY KEY REFERENCES articles(id),
    facts TEXT NOT NULL,                 -- tokens to narrow a search by, see archive.terms
    title_grams TEXT NOT NULL,           -- pairs of characters of scripts without spaces, see archive.grams
    grams TEXT NOT NULL                  -- the same of the text
);

-- One text for search: facts joined to the current version. The index below keeps no copy of it.
DROP TABLE articles_fts;
DROP VIEW article_texts;
CREATE VIEW article_texts AS
    SELECT a.id, v.title, coalesce(a.byline, '') AS byline, v.text, t.facts, t.title_grams, t.grams
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id JOIN article_terms AS t ON t.id = a.id;
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, byline, text, facts, title_grams, grams,
    content='article_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);

-- Captions and credits, to be searched by themselves.
ALTER TABLE images ADD COLUMN grams TEXT NOT NULL DEFAULT '';  -- of caption and credit, see archive.grams
CREATE VIRTUAL TABLE images_fts USING fts5(
    caption, credit, alt, grams, content='images', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);

-- What is counted as it is written, so that no page has to count a million rows. Triggers below keep it.
CREATE TABLE article_counts (
    month TEXT NOT NULL,                 -- 2026-11: of publication, else of the first sight
    source_id INTEGER NOT NULL REFERENCES sources(id),
    language TEXT NOT NULL,              -- empty where it is not known
    articles INTEGER NOT NULL,
    words INTEGER NOT NULL,              -- kept in their current versions
    removed_words INTEGER NOT NULL,      -- cut from their current versions
    PRIMARY KEY (source_id, month, language)
) WITHOUT ROWID;
CREATE TABLE cut_counts (                -- cuts by rule and kind, in all versions
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    cuts INTEGER NOT NULL,
    words INTEGER NOT NULL,
    PRIMARY KEY (rule, kind, source_id)
) WITHOUT ROWID;
CREATE TABLE table_counts (              -- rows of each table that grows without bound
    name TEXT PRIMARY KEY,
    amount INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO article_counts
    SELECT substr(sort_at, 1, 7), source_id, coalesce(language, ''), count(*), sum(words), sum(removed_words)
    FROM articles GROUP BY 2, 1, 3;
INSERT INTO cut_counts
    SELECT r.rule, r.kind, a.source_id, count(*), sum(r.words)
    FROM removed AS r JOIN articles AS a ON a.id = r.article_id GROUP BY 1, 2, 3;

-- Answers "which source, language and day" for articles by id alone. SQLite takes no index with a generated column for
-- one that has all it needs, hence not sort_at.
CREATE INDEX articles_facets ON articles(id, source_id, language, published_at, first_seen_at);
DROP INDEX articles_language;
CREATE INDEX articles_language ON articles(language, sort_at);
-- Lists of edits, newest first or largest first, without a look at the first versions.
CREATE INDEX versions_edited ON versions(created_at) WHERE change <> 'new';
CREATE INDEX versions_changed ON versions(changed_words) WHERE changed_words IS NOT NULL;
"""
_MONTH: Final = "substr(coalesce({0}.published_at, {0}.first_seen_at), 1, 7)"
_ARTICLE_IN: Final = f"""
    INSERT INTO article_counts VALUES (
        {_MONTH.format("NEW")}, NEW.source_id, coalesce(NEW.language, ''), 1, NEW.words, NEW.removed_words
    ) ON CONFLICT DO UPDATE SET
        articles = articles + 1, words = words + excluded.words, removed_words = removed_words + excluded.removed_words;
"""  # noqa: S608
_ARTICLE_OUT: Final = f"""
    UPDATE article_counts SET
        articles = articles - 1, words = words - OLD.words, removed_words = removed_words - OLD.removed_words
    WHERE source_id = OLD.source_id AND month = {_MONTH.format("OLD")} AND language = coalesce(OLD.language, '');
    DELETE FROM article_counts
    WHERE source_id = OLD.source_id AND month = {_MONTH.format("OLD")} AND language = coalesce(OLD.language, '')
        AND articles = 0;
"""  # noqa: S608
_CAPTION: Final = "{0}.id, {0}.caption, {0}.credit, {0}.alt, {0}.grams"
_COUNTING: Final = (
    f"""
    CREATE TRIGGER images_indexed_in AFTER INSERT ON images BEGIN
        INSERT INTO images_fts (rowid, caption, credit, alt, grams) VALUES ({_CAPTION.format("NEW")});
    END
    """,  # noqa: S608
    f"""
    CREATE TRIGGER images_indexed_out AFTER DELETE ON images BEGIN
        INSERT INTO images_fts (images_fts, rowid, caption, credit, alt, grams)
            VALUES ('delete', {_CAPTION.format("OLD")});
    END
    """,  # noqa: S608
    f"CREATE TRIGGER articles_counted_in AFTER INSERT ON articles BEGIN {_ARTICLE_IN} END",
    f"CREATE TRIGGER articles_counted_out AFTER DELETE ON articles BEGIN {_ARTICLE_OUT} END",
    f"""
    CREATE TRIGGER articles_counted_again
    AFTER UPDATE OF source_id, published_at, first_seen_at, language, words, removed_words ON articles
    BEGIN {_ARTICLE_OUT} {_ARTICLE_IN} END
    """,
    """
    CREATE TRIGGER cuts_counted_in AFTER INSERT ON removed BEGIN
        INSERT INTO cut_counts
            SELECT NEW.rule, NEW.kind, source_id, 1, NEW.words FROM articles WHERE id = NEW.article_id
            ON CONFLICT DO UPDATE SET cuts = cuts + 1, words = words + excluded.words;
    END
    """,
    """
    CREATE TRIGGER cuts_counted_out BEFORE DELETE ON removed BEGIN
        UPDATE cut_counts SET cuts = cuts - 1, words = words - OLD.words
        WHERE rule = OLD.rule AND kind = OLD.kind
            AND source_id = (SELECT source_id FROM articles WHERE id = OLD.article_id);
        DELETE FROM cut_counts WHERE rule = OLD.rule AND kind = OLD.kind AND cuts = 0;
    END
    """,
)


@migrations()
def m008_counts(db: Database) -> None:
    """Search in scripts without spaces, narrowed inside its index; counts that pages need, kept as rows are written."""
    for statement in statements(_COUNTS):
        db.conn.execute(statement)
    for trigger in _COUNTING:
        db.conn.execute(trigger)
    for table in frozen.COUNTED:
        db.conn.execute("INSERT INTO table_counts SELECT ?, count(*) FROM " + table, (table,))  # our names  # noqa: S608
        for event, sign in (("INSERT", "+"), ("DELETE", "-")):
            db.conn.execute(
                f"CREATE TRIGGER {table}_rows_{event.lower()} AFTER {event} ON {table} BEGIN "  # noqa: S608
                f"UPDATE table_counts SET amount = amount {sign} 1 WHERE name = '{table}'; END"
            )
    last = 0
    while articles := db.conn.execute(_UNTERMED, (last,)).fetchall():
        db.conn.executemany(
            "INSERT INTO article_terms VALUES (?, ?, ?, ?)",
            [
                (article_id, frozen.facts(source_id, language, sort_at, kind), frozen.grams(title), frozen.grams(text))
                for article_id, source_id, language, sort_at, kind, title, text in articles
            ],
        )
        last = articles[-1][0]
    captions = db.conn.execute("SELECT id, caption, credit FROM images").fetchall()
    db.conn.executemany(
        "UPDATE images SET grams = ? WHERE id = ?",
        [(found, number) for number, *texts in captions if (found := frozen.caption_grams(*texts))],
    )
    for index in ("articles_fts", "images_fts"):
        db.conn.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608


_UNTERMED: Final = """
    SELECT a.id, a.source_id, a.language, a.sort_at, a.kind, v.title, v.text
    FROM articles AS a JOIN versions AS v ON v.id = a.version_id WHERE a.id > ? ORDER BY a.id LIMIT 500
"""


_IDENTITY: Final = """
CREATE TABLE claims (                    -- URLs that pages call themselves by; a claim proves nothing, the text decides
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    url TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- canonical | amp | redirect (a hop on the way to the page)
    first_seen_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,               -- last time a page of the article claimed it
    UNIQUE (url, article_id)
);
CREATE INDEX claims_article ON claims(article_id);

CREATE TABLE sightings (                 -- a URL that a source listed, though it belongs to another source
    source_id INTEGER NOT NULL REFERENCES sources(id),
    frontier_id INTEGER NOT NULL REFERENCES frontier(id),
    found_at TEXT NOT NULL,              -- when a listing of this source named it first
    PRIMARY KEY (source_id, frontier_id)
) WITHOUT ROWID;
CREATE INDEX sightings_frontier ON sightings(frontier_id);
CREATE INDEX sightings_found ON sightings(source_id, found_at);

-- Whether any listing still names a URL; the listings of a source, without its articles.
CREATE INDEX listed_frontier ON listed(frontier_id);
CREATE INDEX frontier_listings ON frontier(source_id) WHERE kind <> 'article';
-- Most URLs are no other form of one: without them the index stays small, and SQLite knows it for a good one.
DROP INDEX frontier_same_as;
CREATE INDEX frontier_same_as ON frontier(same_as) WHERE same_as IS NOT NULL;
-- A contradiction is told once.
CREATE INDEX events_contradicted ON events(source_id, detail) WHERE kind = 'contradicted';

ALTER TABLE frontier ADD COLUMN joined TEXT;  -- why this URL is one of a filed article; NULL: it filed the article
                                              -- itself, or it was joined before this was kept
ALTER TABLE frontier ADD COLUMN chances INTEGER NOT NULL DEFAULT 0;  -- second chances it has had, see archive.chances
ALTER TABLE fetches ADD COLUMN chance INTEGER NOT NULL DEFAULT 0;    -- which second chance this attempt was; 0: none
CREATE INDEX fetches_chances ON fetches(fetched_at) WHERE chance > 0;

ALTER TABLE sources ADD COLUMN retired_at TEXT;  -- when cuttings.toml named it no more; NULL while it does
ALTER TABLE sources ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;  -- 0: the file says enabled = false
ALTER TABLE sources ADD COLUMN former TEXT NOT NULL DEFAULT '[]';  -- JSON list: sites it stood on before it moved

ALTER TABLE hosts ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;  -- in a row, without an answer that is a page between
ALTER TABLE hosts ADD COLUMN pauses INTEGER NOT NULL DEFAULT 0;    -- for those refusals, each twice as long

ALTER TABLE feeds ADD COLUMN moved_to TEXT;      -- where it says it has moved for good (301, 308, itunes:new-feed-url)
ALTER TABLE feeds ADD COLUMN moved_at TEXT;      -- when it said so first
ALTER TABLE feeds ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;  -- seconds between two polls that its server asks for
"""


@migrations()
def m009_identity(db: Database) -> None:
    """What pages claim, why URLs are joined, second chances, and listings that move or leave the configuration."""
    for statement in statements(_IDENTITY):
        db.conn.execute(statement)
    for table in ("claims", "sightings"):
        db.conn.execute("INSERT INTO table_counts VALUES (?, 0)", (table,))
        for event, sign in (("INSERT", "+"), ("DELETE", "-")):
            db.conn.execute(
                f"CREATE TRIGGER {table}_rows_{event.lower()} AFTER {event} ON {table} BEGIN "  # noqa: S608
                f"UPDATE table_counts SET amount = amount {sign} 1 WHERE name = '{table}'; END"
            )


_MOVES = """
ALTER TABLE feeds ADD COLUMN poll_url TEXT;      -- asked for instead of url, since that answers 301 or 308; what the
                                                 -- validators were given for
ALTER TABLE feeds ADD COLUMN poll_until TEXT;    -- then url is asked again whether it still says so
ALTER TABLE feeds ADD COLUMN skip_hours TEXT;    -- JSON list of hours of the week, UTC, in which it wants no poll; 0 is
                                                 -- Monday at midnight
ALTER TABLE feeds ADD COLUMN gone_at TEXT;       -- when it said first that it is gone for good (410); NULL: it is not
"""


@migrations()
def m010_moves(db: Database) -> None:
    """Where listings that have moved are asked for, when they want no poll, and which are gone for good."""
    for statement in statements(_MOVES):
        db.conn.execute(statement)


_UNDATED: Final = """
ALTER TABLE versions ADD COLUMN text_sha256 TEXT NOT NULL DEFAULT '';  -- of the folded words without the title, see
                                                                       -- archive.changes.text_digest

-- Lists in order of publication: what is not dated stands at their end, and NULL is less than every time.
CREATE INDEX articles_source_published ON articles(source_id, published_at);
DROP INDEX articles_language;
CREATE INDEX articles_language ON articles(language, published_at);

-- Counts by the month of publication, '' where there is none: not the month in which we came by.
DROP TRIGGER articles_counted_in;
DROP TRIGGER articles_counted_out;
DROP TRIGGER articles_counted_again;
DELETE FROM article_counts;
INSERT INTO article_counts
    SELECT coalesce(substr(published_at, 1, 7), ''), source_id, coalesce(language, ''), count(*), sum(words),
        sum(removed_words)
    FROM articles GROUP BY 2, 1, 3;
"""
_PUBLISHED_IN: Final = "coalesce(substr({0}.published_at, 1, 7), '')"
_DATED_IN: Final = f"""
    INSERT INTO article_counts VALUES (
        {_PUBLISHED_IN.format("NEW")}, NEW.source_id, coalesce(NEW.language, ''), 1, NEW.words, NEW.removed_words
    ) ON CONFLICT DO UPDATE SET
        articles = articles + 1, words = words + excluded.words, removed_words = removed_words + excluded.removed_words;
"""  # noqa: S608
_DATED_OUT: Final = f"""
    UPDATE article_counts SET
        articles = articles - 1, words = words - OLD.words, removed_words = removed_words - OLD.removed_words
    WHERE source_id = OLD.source_id AND month = {_PUBLISHED_IN.format("OLD")} AND language = coalesce(OLD.language, '');
    DELETE FROM article_counts
    WHERE source_id = OLD.source_id AND month = {_PUBLISHED_IN.format("OLD")} AND language = coalesce(OLD.language, '')
        AND articles = 0;
"""  # noqa: S608
_DATED: Final = (
    f"CREATE TRIGGER articles_counted_in AFTER INSERT ON articles BEGIN {_DATED_IN} END",
    f"CREATE TRIGGER articles_counted_out AFTER DELETE ON articles BEGIN {_DATED_OUT} END",
    f"""
    CREATE TRIGGER articles_counted_again
    AFTER UPDATE OF source_id, published_at, language, words, removed_words ON articles
    BEGIN {_DATED_OUT} {_DATED_IN} END
    """,
)


@migrations()
def m011_undated(db: Database) -> None:
    """No time for articles that are not dated, sections and tags in the search index, digests of texts alone."""
    for statement in (*statements(_UNDATED), *_DATED):
        db.conn.execute(statement)
    last = 0
    while articles := db.conn.execute(_WITH_FACTS, (last,)).fetchall():
        db.conn.executemany(
            "UPDATE article_terms SET facts = ? WHERE id = ?",
            [(frozen.facts_of(*of, tags=json.loads(tags)), number) for number, *of, tags in articles],
        )
        last = articles[-1][0]
    last = 0
    while versions := db.conn.execute(
        "SELECT id, text FROM versions WHERE id > ? ORDER BY id LIMIT 500", (last,)
    ).fetchall():
        db.conn.executemany(
            "UPDATE versions SET text_sha256 = ? WHERE id = ?",
            [(frozen.text_digest(text), number) for number, text in versions],
        )
        last = versions[-1][0]
    db.conn.execute("CREATE INDEX versions_text ON versions(text_sha256)")  # sorted once, not grown at random
    db.conn.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")


_WITH_FACTS: Final = """
    SELECT a.id, a.source_id, a.language, a.published_at, a.kind, a.section,
        (SELECT json_group_array(t.name) FROM article_tags AS x JOIN tags AS t ON t.id = x.tag_id
            WHERE x.article_id = a.id)
    FROM articles AS a WHERE a.id > ? ORDER BY a.id LIMIT 500
"""


def statements(script: str) -> list[str]:
    """Split a script into statements; comments may hold semicolons, strings in our scripts do not."""
    found: list[str] = []
    current: list[str] = []
    for line in script.splitlines():
        current.append(line)
        if line.split("--", 1)[0].rstrip().endswith(";"):
            found.append("\n".join(current))
            current = []
    return found
