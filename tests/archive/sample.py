"""A small archive, filed by the real store: what browsing, search and export are tested on. All text is our own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from archive.crawl.frontier import Lease, Room
from archive.model.article import Access, Article, Clutter, ClutterKind, Dated, Extraction, Image
from archive.model.capture import Fetch, Locator
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.store import Store

NOW: Final = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
FILLERS: Final = 30

FERRY: Final = Article(
    url="https://harbour.example/news/ferry",
    canonical_url="https://harbour.example/news/ferry",
    title="Night ferry returns to the old harbour",
    standfirst="After eleven years the boat sails again, with a new engine and the old bell.",
    authors=("Ines Calder", "Tom Okafor"),
    published=Dated(when=datetime(2026, 11, 20, 18, 30, tzinfo=UTC), source="jsonld"),
    modified=Dated(when=datetime(2026, 11, 21, 7, 0, tzinfo=UTC), source="og"),
    language="en",
    section="Local",
    tags=("ferries", "harbour", "transport"),
    site_name="The Harbour Post",
    paragraphs=(
        "The night ferry left the old harbour at ten past nine on Friday, for the first time in eleven years.",
        "About four hundred people stood on the quay. Some had brought lanterns, and one man a trumpet.",
        "“We kept the bell,” said the captain, Marta Lindqvist. “The engine is new, but the bell is from 1931.”",
        "The crossing takes six hours. A ticket costs as much as it did when the line closed.",
    ),
    images=(
        Image(
            url="https://harbour.example/img/ferry.jpg",
            caption="The ferry leaves the quay on Friday evening.",
            credit="Jo Marsh / The Harbour Post",
            alt="A white ship at dusk",
            after_paragraph=1,
        ),
        Image(
            url="https://harbour.example/img/bell.jpg",
            caption="The bell of 1931.",
            alt="A brass bell",
            after_paragraph=3,
        ),
    ),
    access=Access.OPEN,
    sources=(("title", "jsonld"), ("authors", "jsonld")),
)
FERRY_CLUTTER: Final = (
    Clutter(kind=ClutterKind.SHARE, text="Share on Pigeon Share by post", rule="sharing.links", after_paragraph=0),
    Clutter(
        kind=ClutterKind.CAPTION,
        text="The ferry leaves the quay on Friday evening.",
        rule="captions.figcaption",
        after_paragraph=1,
    ),
    Clutter(kind=ClutterKind.CREDIT, text="Jo Marsh / The Harbour Post", rule="captions.credit", after_paragraph=1),
    Clutter(
        kind=ClutterKind.NEWSLETTER,
        text="Get the tides in your inbox every morning.",
        rule="newsletters.form",
        after_paragraph=2,
    ),
    Clutter(kind=ClutterKind.COMMENT, text="Leave a reply", rule="comments.form", after_paragraph=4),
)
HOSTILE: Final = Article(
    url="https://harbour.example/news/hostile?a=1&b=%3Cscript%3E",
    canonical_url="javascript:alert('canonical')",
    title="<script>alert('title')</script> and \u202egnp.exe",
    standfirst="<img src=x onerror=alert('standfirst')>",
    authors=('"><script>alert("byline")</script>',),
    language="en",
    section="<b>bold</b>",
    tags=("<svg onload=alert('tag')>",),
    paragraphs=(
        "<script>document.title = 'owned'</script> said the page, and the archive kept it as text.",
        "javascript:alert('text') is only a sentence here, and so is <a href=javascript:alert(1)>this</a>.",
    ),
    images=(
        Image(
            url="javascript:alert('image')",
            caption="<script>alert('caption')</script>",
            credit="<style>*{display:none}</style>",
            alt="'\"><img src=x onerror=alert('alt')>",
        ),
    ),
)
HOSTILE_CLUTTER: Final = (
    Clutter(kind=ClutterKind.WIDGET, text="<iframe src='javascript:alert(1)'></iframe>", rule="<script>rule</script>"),
)
ARABIC: Final = Article(
    url="https://minaa.example/akhbar/1",
    title="عودة العبّارة الليلية إلى الميناء القديم",
    standfirst="تبحر السفينة من جديد بعد أحد عشر عامًا.",
    authors=("ليلى حداد",),
    published=Dated(when=datetime(2026, 11, 19, tzinfo=UTC), source="meta", precision="day"),
    language="ar",
    section="محليات",
    tags=("الميناء",),
    paragraphs=(
        "غادرت العبّارة الليلية الميناء القديم يوم الجمعة للمرة الأولى منذ أحد عشر عامًا.",
        "ووقف نحو أربعمئة شخص على الرصيف، وحمل بعضهم الفوانيس، وقال القبطان «أبقينا الجرس» ثم ابتسم.",
    ),
    images=(
        Image(url="https://minaa.example/img/1.jpg", caption="العبّارة عند الغروب.", credit="سامي", after_paragraph=1),
    ),
)
JAPANESE: Final = Article(
    url="https://minato.example/kiji/1",
    title="夜行フェリー、古い港に戻る",
    authors=("港 花子",),
    published=Dated(when=datetime(2026, 11, 18, 3, 15, tzinfo=UTC), source="meta", precision="minute"),
    language="ja",
    section="地域",
    paragraphs=(
        "金曜日の夜、夜行フェリーが十一年ぶりに古い港を出た。岸壁には約四百人が集まり、灯りを手にした人もいた。",
        "船長は「鐘は残した」と話した。所要時間は六時間で、料金は廃止前と同じだという。",
    ),
)
GERMAN: Final = Article(
    url="https://hafen.example/artikel/brücke",
    title="=1+1 ist nicht drei, sagt das Amt für Brücken",
    authors=("@Käthe Groß",),
    published=Dated(when=datetime(2025, 3, 2, tzinfo=UTC), source="url", precision="day"),
    language="de",
    tags=("+Brücken", "Amt"),
    paragraphs=(
        '-Die Straße über die alte Brücke ist wieder frei, "endlich", sagte eine Anwohnerin.',
        "Der Zoll, nebenan, bleibt.",
    ),
)
UNDATED: Final = Article(
    url="https://hafen.example/artikel/ohne-datum",
    title="Ein Text ohne Datum",
    paragraphs=("Diese Seite sagt nicht, wann sie erschien, und das Archiv rät nicht.",),
)

# Article ids, in the order they are filed below.
FERRY_ID, HOSTILE_ID, ARABIC_ID, JAPANESE_ID, GERMAN_ID, UNDATED_ID = range(1, 7)
ARTICLES: Final = 6 + FILLERS

_SOURCES: Final = (
    ("harbour", "The Harbour Post", "en", (FERRY, HOSTILE)),
    ("minaa", "الميناء اليوم", "ar", (ARABIC,)),
    ("minato", "みなと新聞", "ja", (JAPANESE,)),
    ("hafen", "Hafenbote <b>&</b>", "de", (GERMAN, UNDATED)),
    ("council", "Council Gazette", "en", tuple(
        Article(
            url=f"https://council.example/minutes/{n}",
            title=f"Council minutes number {n}",
            published=Dated(when=datetime(2026, 1, 1 + n, 9, tzinfo=UTC), source="feed"),
            language="en",
            paragraphs=(f"The council met for the {n}. time and spoke about the harbour wall.",) * (n + 1),
        )
        for n in range(FILLERS)
    )),
    ("empty", "Nothing Yet", "fr", ()),
)  # fmt: skip
_CLUTTER: Final = {FERRY.url: FERRY_CLUTTER, HOSTILE.url: HOSTILE_CLUTTER}


def build(path: Path) -> Path:
    """Make the sample archive at `path`: six articles worth reading, thirty council minutes, an edit and failures."""
    store = Store.open(path)
    run = store.start_run("crawl", "0.1.0", NOW)
    for key, name, language, articles in _SOURCES:
        source = Source(
            id=key, url=f"https://{key}.example/", name=name, language=language, feeds=(f"https://{key}.example/feed",)
        )
        source_id = store.add_source(source, NOW)
        _crawl(store, run, source_id, articles)
    store.end_run(
        run, state="finished", new=ARTICLES, known=0,
        outcomes={"saved": ARTICLES, "listed": len(_SOURCES), "robots": 2, "http_4xx": 1},
        now=NOW + timedelta(minutes=3),
    )  # fmt: skip
    _edit_the_ferry(store)
    store.close()
    return path


def build_empty(path: Path) -> Path:
    """Make an archive without any article."""
    Store.open(path).close()
    return path


def _crawl(store: Store, run: int, source_id: int, articles: tuple[Article, ...]) -> None:
    (feed,) = store.lease(run, source_id, Room(most=1, listings=1, articles=0), NOW)
    host = feed.url.removesuffix("/feed")
    missing = (f"{host}/private/1", f"{host}/private/2", f"{host}/gone") if host == "https://harbour.example" else ()
    found = tuple(Found(url=url) for url in (*(article.url for article in articles), *missing))
    listing = Listing(kind=ListingKind.FEED, found=found, title=f"Feed of {host}")
    store.file_listing(run, feed, _fetch(feed.url), listing, ('"v1"', None), NOW)
    room = Room(most=1000, listings=0, articles=1000)
    leases = {lease.url: lease for lease in store.lease(run, source_id, room, NOW)}
    for n, article in enumerate(articles):
        extraction = Extraction(article=article, clutter=_CLUTTER.get(article.url, ()), notes=("jsonld",))
        store.file(run, leases[article.url], _fetch(article.url, offset=1000 * n), extraction, extractor="0.1.0")
    for url in missing:
        outcome = Outcome.ROBOTS if "private" in url else Outcome.HTTP_4XX
        store.fail(
            run, leases[url], _fetch(url), Failure(url=url, stage="fetch", outcome=outcome, detail="not there"), NOW
        )


def _edit_the_ferry(store: Store) -> None:
    later = NOW + timedelta(days=1)
    run = store.start_run("crawl", "0.1.0", later)
    edited = replace(FERRY, title="Night ferry is back in the old harbour")
    fetch = replace(_fetch(FERRY.url, offset=99_000), fetched_at=later)
    store.file(run, _ferry_lease(store), fetch, Extraction(article=edited, clutter=FERRY_CLUTTER), extractor="0.1.0")
    store.end_run(run, state="finished", new=0, known=ARTICLES, outcomes={"updated": 1}, now=later)


def take_the_ferry_from_the_web(path: Path) -> None:
    """Let the ferry's address answer 410 two days after it was filed."""
    store = Store.open(path)
    later = NOW + timedelta(days=2)
    run = store.start_run("crawl", "0.1.0", later)
    failure = Failure(url=FERRY.url, stage="fetch", outcome=Outcome.HTTP_4XX, detail="HTTP 410")
    store.fail(run, _ferry_lease(store), replace(_fetch(FERRY.url), status=410, fetched_at=later), failure, later)
    store.end_run(run, state="finished", new=0, known=ARTICLES, outcomes={"http_4xx": 1}, now=later)
    store.close()


def _ferry_lease(store: Store) -> Lease:
    frontier_id, source_id = store.conn.execute(
        "SELECT id, source_id FROM frontier WHERE url = ?", (FERRY.url,)
    ).fetchone()
    return Lease(id=frontier_id, source_id=source_id, url=FERRY.url, kind=None, depth=1)


def _fetch(url: str, *, offset: int = 0) -> Fetch:
    return Fetch(
        url=url, fetched_at=NOW, status=200, ms=120, bytes=20_480, digest="0" * 64,
        where=Locator(file="cuttings-20261123080500-00001.warc.gz", offset=offset, length=900),
    )  # fmt: skip
