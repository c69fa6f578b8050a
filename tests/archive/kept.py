"""An archive with its raw pages, filed by the real store and the real WARC writer: what is backed up and examined."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive.crawl.frontier import Lease, Room
from archive.model.article import Article, Extraction
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.source import Source
from archive.storage.store import Store
from archive.warc import warc_files

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
FEED = "http://paper.test/feed"


class Press:
    """A run that files made-up pages, each with its raw answer, until it is stopped or left for dead."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.store = Store.open(archive)
        self.run = self.store.start_run("crawl", "cuttings/test", NOW)
        source = Source(id="paper", url="http://paper.test/", name="The Paper", feeds=(FEED,))
        self.source = self.store.add_source(source, NOW)
        self.raw = warc_files.Writer(
            warc_files.folder_of(archive), self.run, software="cuttings/test", operator="tests"
        )
        (self.feed,) = self.store.lease(self.run, self.source, Room(most=1, listings=1, articles=0), NOW)

    def list(self, *names: str) -> list[Lease]:
        """Lease the pages of these names."""
        found = tuple(Found(url=f"http://paper.test/{name}") for name in names)
        listing = Listing(kind=ListingKind.FEED, found=found)
        fetch = Fetch(url=FEED, fetched_at=NOW)
        self.store.file_listing(self.run, self.feed, fetch, listing, (None, None), NOW)
        return self.store.lease(self.run, self.source, Room(most=1000, listings=0, articles=1000), NOW)

    def file(self, *names: str, paragraphs: int = 3) -> None:
        """File a page under each of these names."""
        for held in self.list(*names):
            name = held.url.rsplit("/", 1)[-1]
            text = tuple(f"The {name} opened on day {n}, and everybody was there." for n in range(paragraphs))
            where = self.raw.append(
                warc_files.Exchange(
                    url=held.url, fetched_at=NOW, method="GET", request_headers=(("Host", "paper.test"),), status=200,
                    reason="OK", headers=(("Content-Type", "text/html"),), body="\n".join(text).encode(),
                )
            )  # fmt: skip
            self.raw.sync()
            article = Article(url=held.url, title=f"The {name}", authors=("Ada Field",), paragraphs=text)
            fetch = Fetch(url=held.url, fetched_at=NOW, status=200, where=where)
            self.store.file(self.run, held, fetch, Extraction(article=article), extractor="1")

    def end(self) -> None:
        """End as a run ends."""
        self.raw.close()
        self.store.end_run(self.run, state="finished", new=0, known=0, outcomes={}, now=NOW)
        self.store.close()

    def die(self) -> None:
        """Leave everything as a killed run does."""
        self.raw.sync()
        self.store.close()


@contextmanager
def press(archive: Path) -> Iterator[Press]:
    """A run that ends when the block does."""
    working = Press(archive)
    try:
        yield working
    finally:
        working.end()


def build(archive: Path, *names: str) -> Path:
    """Make an archive with a page under each of these names."""
    with press(archive) as working:
        working.file(*(names or ("bridge", "harbour", "mill")))
    return archive


def only_warc(archive: Path) -> Path:
    """The one WARC file of an archive."""
    (path,) = warc_files.folder_of(archive).iterdir()
    return path
