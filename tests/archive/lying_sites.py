"""Sites that lie about which page is which, and a crawl of them in process: the real run and store, and a test's clock.

`Web` knows the truth: which story's text it served where. `Newsroom.check` holds the archive against it.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from archive.config.toml import Config
from archive.crawl.frontier import Lease
from archive.crawl.run import Plan, Run
from archive.health.coverage import Part, Span, coverage, sources, urls
from archive.model.article import Article, Extraction, PageKind
from archive.model.capture import Fetch
from archive.model.listing import Found, Listing, ListingKind
from archive.model.outcome import Failure, Outcome
from archive.model.source import Source
from archive.storage.connection import open_reader
from tests.robustness.hostile import prose

BEGIN: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_STUB_WORDS: Final = 12
_MANY_REFUSALS: Final = 5  # after so many attempts without a page, a story may be given up
_MOST_LEASES: Final = 400  # in one run; more is a run without end
_LONGEST_PAUSE: Final = timedelta(days=1)


@dataclass(eq=False, kw_only=True)
class Story:
    """A story of an outlet, as its page is now."""

    number: int
    outlet: "Outlet"
    path: str
    title: str
    text: tuple[str, ...]
    modified: datetime
    is_missing: bool = False
    is_stub: bool = False
    leads_to: "Story | None" = None
    for_good: bool = False  # it leads there by 301, not by 302
    edits: int = 0
    refusals: int = 0  # attempts that got no article
    has_led: bool = False

    def __repr__(self) -> str:
        return f"story {self.number}"

    @property
    def url(self) -> str:
        return f"http://{self.outlet.host}{self.path}"

    @property
    def body(self) -> str:
        return "\n".join(self.text)


@dataclass(eq=False, kw_only=True)
class Outlet:
    """An outlet, and what is wrong with its site now."""

    name: str
    key: str
    host: str
    former: list[str] = field(default_factory=list)  # hosts it has moved away from
    keys: set[str] = field(default_factory=set)  # all it ever had
    listed: list[Story] = field(default_factory=list)
    canonical: "str | Story | None" = None  # what all pages name: a path, or a story; None: themselves
    names_no_canonical: bool = False
    shares_amp: bool = False
    shares_hop: bool = False
    puts_session_ids: bool = False
    challenges: bool = False
    paused_until: datetime = BEGIN  # the host may be left alone until then

    def __repr__(self) -> str:
        return self.name

    @property
    def feed(self) -> str:
        return f"http://{self.host}/feed.xml"

    def source(self) -> Source:
        return Source(id=self.key, url=f"http://{self.host}/", name=self.name, feeds=(self.feed,), autodiscover=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a request ended with: a story's page, or the reason why there is none."""

    final_url: str
    redirects: tuple[str, ...]
    moved_to: str | None
    story: Story | None
    status: int = 200


class Web:
    """Two outlets and their stories. Each method that is a sentence is something that a site does."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.outlets = {
            name: Outlet(name=name, key=name, host=f"{name}.test", keys={name}) for name in ("paper", "wire")
        }
        self.stories: list[Story] = []
        self.texts: dict[str, Story] = {}  # every text that a story ever had

    # What sites do ---------------------------------------------------------------------------------------------------

    def publish(self, outlet: str, at_first: str = "whole", *, is_log: bool = False) -> Story:
        """Publish a story and list it. Logs have one path and one title, and differ in their query alone."""
        number = len(self.stories) + 1
        story = Story(
            number=number,
            outlet=self.outlets[outlet],
            path=f"/log?id={number}" if is_log else f"/news/{number}-{'abcdefghij'[number % 10]}-story",
            title="Police log" if is_log else f"Story {number}: {prose.title(str(number))}",
            text=(),
            modified=self.now,
            is_missing=at_first == "missing",
            is_stub=at_first == "a stub",
        )
        self.stories.append(story)
        story.outlet.listed.append(story)
        self._write(story, prose.paragraphs(f"story {number}", 4))
        return story

    def edit(self, story: Story) -> None:
        """Change a word."""
        first, *rest = story.text
        words = first.split()
        story.edits += 1
        words[3] = f"edit{story.edits}"
        self._write(story, (" ".join(words), *rest))

    def rewrite(self, story: Story) -> None:
        """Change every sentence."""
        story.edits += 1
        self._write(story, prose.paragraphs(f"story {story.number}, rewritten {story.edits}", 4))

    def _write(self, story: Story, text: tuple[str, ...]) -> None:
        story.text, story.modified = text, self.now
        self.texts[story.body] = story

    def arrive(self, story: Story) -> None:
        """Put up the whole page, where it was missing or a stub. No feed calls that a change."""
        story.is_missing = story.is_stub = False

    def redirect(self, story: Story, target: Story, *, for_good: bool) -> None:
        """Let a story's URL lead to another story."""
        story.leads_to, story.for_good, story.has_led = target, for_good, True

    def end_redirect(self, story: Story) -> None:
        """Let it lead to its own page again."""
        story.leads_to, story.modified = None, self.now

    def rename(self, outlet: str) -> None:
        """Give the source another id in cuttings.toml."""
        renamed = self.outlets[outlet]
        renamed.key = f"{outlet}-{len(renamed.keys) + 1}"
        renamed.keys.add(renamed.key)

    def move(self, outlet: str) -> None:
        """Move a site to another domain; the old URLs lead to the new ones, and cuttings.toml is changed."""
        moved = self.outlets[outlet]
        moved.former.append(moved.host)
        moved.host = f"{outlet}-moved-{len(moved.former)}.test"

    def end_challenge(self, outlet: str) -> None:
        """Answer with pages again."""
        self.outlets[outlet].challenges = False
        self.outlets[outlet].paused_until = self.now + _LONGEST_PAUSE

    def mend(self) -> None:
        """Be as a site should be."""
        for outlet in self.outlets.values():
            if outlet.challenges:
                self.end_challenge(outlet.name)
            outlet.canonical, outlet.shares_amp, outlet.shares_hop = None, False, False
            outlet.names_no_canonical = False
        for story in self.stories:
            if story.is_missing or story.is_stub:
                self.arrive(story)
            if story.leads_to:
                self.end_redirect(story)

    # What they answer ------------------------------------------------------------------------------------------------

    def listing(self, feed: str, poll: int) -> tuple[Found, ...] | None:
        """The entries of a feed; None where there is none."""
        outlet = self._outlet(feed)
        if outlet is None or urlsplit(feed).path != "/feed.xml":
            return None
        session = f";jsessionid={poll:032X}" if outlet.puts_session_ids else ""
        return tuple(
            Found(url=_with_session(each.url, session), title=each.title, modified=each.modified)
            for each in outlet.listed
        )

    def get(self, url: str) -> Page:
        """Follow a URL of an article to its page."""
        redirects: list[str] = []
        moved_to, permanent = None, True
        while (step := self._leads_to(url)) is not None:
            url, for_good = step
            permanent = permanent and for_good
            moved_to = url if permanent else moved_to
            redirects.append(url)
        outlet, story = self._outlet(url), self.story_at(url)
        if outlet and outlet.shares_hop:
            redirects.insert(0, f"http://{outlet.host}/consent/check")
        hops = tuple(each for each in redirects if each != url)
        if story is None or story.is_missing:
            return Page(final_url=url, redirects=hops, moved_to=moved_to, story=None, status=404)
        status = 403 if story.outlet.challenges else 200
        return Page(final_url=url, redirects=hops, moved_to=moved_to, story=story, status=status)

    def _leads_to(self, url: str) -> tuple[str, bool] | None:
        outlet, story = self._outlet(url), self.story_at(url)
        if outlet is None or story is None:
            return None
        if urlsplit(url).hostname != outlet.host:
            return story.url, True
        return (story.leads_to.url, story.for_good) if story.leads_to else None

    def _outlet(self, url: str) -> Outlet | None:
        host = urlsplit(url).hostname
        return next((each for each in self.outlets.values() if host == each.host or host in each.former), None)

    def story_at(self, url: str) -> Story | None:
        """The story whose own URL this is, or was."""
        outlet, parts = self._outlet(url), urlsplit(url)
        path = parts.path.partition(";")[0] + (f"?{parts.query}" if parts.query else "")
        return next((each for each in self.stories if each.outlet is outlet and each.path == path), None)

    def extraction(self, page: Page) -> Extraction:
        """What extraction makes of a story's page."""
        assert page.story is not None
        story, outlet = page.story, page.story.outlet
        if story.is_stub:
            stub = Article(
                url=page.final_url, title=story.title, paragraphs=(" ".join(story.body.split()[:_STUB_WORDS]),)
            )
            return Extraction(article=stub, outcome=Outcome.TOO_SHORT, notes=(f"words: {_STUB_WORDS}",))
        article = Article(
            url=page.final_url, title=story.title, paragraphs=story.text, canonical_url=_canonical(story, outlet),
            amp_url=f"http://{outlet.host}/amp/page" if outlet.shares_amp else None, kind=PageKind.ARTICLE,
        )  # fmt: skip
        return Extraction(article=article)


def _with_session(url: str, session: str) -> str:
    path, question, query = url.partition("?")
    return f"{path}{session}{question}{query}"


def _canonical(story: Story, outlet: Outlet) -> str | None:
    if outlet.names_no_canonical:
        return None
    if isinstance(outlet.canonical, Story):
        return outlet.canonical.url
    return f"http://{outlet.host}{outlet.canonical}" if outlet.canonical else story.url


class Newsroom:
    """An archive, crawled whenever it is asked for, and what it was given to read."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.web = Web()
        self.runs = 0
        self.served: dict[str, str] = {}  # text -> URL at which it was read last
        self.settled: set[str] = set()  # texts that were much like that of the article which their URL was joined to
        self.stories_at: defaultdict[str, set[Story]] = defaultdict(set)  # URL that was asked for -> what it served
        self.named: dict[str, set[str]] = {name: set() for name in self.web.outlets}  # URLs that an outlet listed

    # Crawling --------------------------------------------------------------------------------------------------------

    def crawl(self, killed_after: int | None = None) -> None:
        """Crawl every source to the end, or until the run is killed after so many answers."""
        self.runs += 1
        configured = tuple(outlet.source() for outlet in self.web.outlets.values())
        config = Config(path=None, archive=self.archive, user_agent="x", sources=configured)
        run = Run.start(config, Plan(sources=configured), lambda: self.web.now)
        polled: set[str] = set()
        for number, lease in enumerate(_leases(run)):
            assert number < _MOST_LEASES, "the run does not end"
            if number == killed_after:
                _kill(run)
                break
            self._answer(run, lease)
            polled.add(lease.url)
        else:
            run.finish()
            self._check_polled(polled)
            self._check_run()
        self.check()

    def _answer(self, run: Run, lease: Lease) -> None:
        if lease.kind is not None:
            self._answer_listing(run, lease)
            return
        page = self.web.get(lease.url)
        got = Fetch(
            url=lease.url, fetched_at=self.web.now, status=page.status, redirects=page.redirects,
            final_url=page.final_url if page.final_url != lease.url else None, moved_to=page.moved_to,
        )  # fmt: skip
        asked = self.web.story_at(lease.url)
        if page.story is None or page.status != 200:
            self._refused(asked)
            detail = f"HTTP {page.status}"
            failure = Failure(url=page.final_url, stage="fetch", outcome=Outcome.HTTP_4XX, detail=detail)
            run.fail(lease, got, failure)
            return
        made = self.web.extraction(page)
        run.file(lease, got, made, extractor="1")
        if made.outcome is Outcome.SAVED:
            self.served[page.story.body] = lease.url
            self.stories_at[lease.url].add(page.story)
        else:
            self._refused(asked)

    def _refused(self, story: Story | None) -> None:
        if story:
            story.refusals += 1

    def _answer_listing(self, run: Run, lease: Lease) -> None:
        got = Fetch(url=lease.url, fetched_at=self.web.now, status=200)
        found = self.web.listing(lease.url, self.runs)
        if found is None:
            run.fail(lease, got, Failure(url=lease.url, stage="fetch", outcome=Outcome.HTTP_4XX, detail="HTTP 404"))
            return
        run.file_listing(lease, got, Listing(kind=ListingKind.FEED, found=found), (None, None))
        outlet = next(each for each in self.web.outlets.values() if each.source().id == run.sources[lease.source_id].id)
        self.named[outlet.name].update(each.url for each in found)

    # What must be true -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Hold the archive against what was listed and served."""
        with closing(open_reader(self.archive)) as conn:
            for day in coverage(conn, sources(conn), Span()):
                assert day.adds_up, f"{day} does not add up"
            for outlet in self.web.outlets.values():
                counted = {each.url for each in urls(conn, sorted(outlet.keys), Span(), tuple(Part))}
                assert self.named[outlet.name] <= counted, f"{outlet} listed what its coverage has not: " + ", ".join(
                    sorted(self.named[outlet.name] - counted)
                )
            texts = [tuple(row) for row in conn.execute(_TEXTS)]
            joined = [tuple(row) for row in conn.execute(_JOINED)]
            assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        self._check_articles(texts)
        self._check_once(texts)
        self._check_texts(texts, joined)
        self._check_joined(texts, joined)
        self._check_index()

    def _check_articles(self, texts: list[tuple[int, int, str, str]]) -> None:
        """Every article is one story, under a URL that served it."""
        held: defaultdict[int, set[Story]] = defaultdict(set)
        for article, _, url, text in texts:
            assert text in self.served, f"article {article} has a text that was never served"
            story = self.web.texts[text]
            held[article].add(story)
            assert len(held[article]) == 1, f"article {article} ({url}) has the texts of {_names(held[article])}"
            served = self.stories_at[url] | {self.web.story_at(url)}
            assert story in served, f"article {article} of {story} is filed under a URL that never served it: {url}"

    def _check_once(self, texts: list[tuple[int, int, str, str]]) -> None:
        """No source has a story twice: two articles with texts that are much alike."""
        holder: dict[tuple[int, str], int] = {}
        for article, source, _, text in texts:
            first = holder.setdefault((source, _core(text)), article)
            assert first == article, f"{self.web.texts[text]} is filed twice, as articles {first} and {article}"

    def _check_texts(self, texts: list[tuple[int, int, str, str]], joined: list[tuple[str, str, int]]) -> None:
        """Every text that was served is filed as it stands, or its URL was joined to an article much like it."""
        filed = {text for *_, text in texts}
        of_article: defaultdict[int, list[str]] = defaultdict(list)
        for article, *_, text in texts:
            of_article[article].append(text)
        article_of = {url: article for url, _, article in joined}
        for text, url in self.served.items():
            if any(_core(text) == _core(other) for other in of_article[article_of.get(url, 0)]):
                self.settled.add(text)
            assert text in filed | self.settled, f"the text of {self.web.texts[text]}, served at {url}, is nowhere"

    def _check_joined(self, texts: list[tuple[int, int, str, str]], joined: list[tuple[str, str, int]]) -> None:
        """Every URL that has an article has that of a story it served, or, if it was never asked for, of its own."""
        story_of = {article: self.web.texts[text] for article, _, _, text in texts}
        for url, asked, article in joined:
            own = self.web.story_at(url)
            meant = self.stories_at[asked] or {own}
            assert story_of[article] in meant, (
                f"{url} is {own}, but is joined to article {article}, {story_of[article]}"
            )

    def _check_index(self) -> None:
        with closing(sqlite3.connect(self.archive)) as conn:
            conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")

    def _check_polled(self, polled: set[str]) -> None:
        """Every feed of the configuration was read, unless its host has to be left alone."""
        for outlet in self.web.outlets.values():
            if not outlet.challenges and outlet.paused_until <= self.web.now:
                assert outlet.feed in polled, f"the feed of {outlet} ({outlet.key}) was not read: {outlet.feed}"

    def _check_run(self) -> None:
        with closing(open_reader(self.archive)) as conn:
            run, tried = conn.execute("SELECT id, tried FROM runs ORDER BY id DESC LIMIT 1").fetchone()
            (fetches,) = conn.execute("SELECT count(*) FROM fetches WHERE run_id = ?", (run,)).fetchone()
        assert tried == fetches, f"run {run} counted {tried} attempts, and wrote down {fetches}"

    def check_nothing_is_left_out(self) -> None:
        """Every story that is listed and whole is filed; one that was refused for long may be given up."""
        with closing(open_reader(self.archive)) as conn:
            filed = {self.web.texts[text] for _, _, _, text in conn.execute(_TEXTS)}
        for story in (each for outlet in self.web.outlets.values() for each in outlet.listed):
            given_up = story.has_led or story.refusals >= _MANY_REFUSALS
            assert story in filed or given_up, f"{story} is listed, and was there for a month, but is not filed"


_TEXTS: Final = """
    SELECT v.article_id, a.source_id, a.url, v.text FROM versions AS v JOIN articles AS a ON a.id = v.article_id
    ORDER BY v.id
"""
# URL, the URL that is asked for in its place, and its article.
_JOINED: Final = """
    SELECT f.url, coalesce(same.url, f.url), f.article_id
    FROM frontier AS f LEFT JOIN frontier AS same ON same.id = f.same_as
    WHERE f.kind = 'article' AND f.article_id IS NOT NULL
"""


def _names(stories: set[Story]) -> str:
    return " and ".join(sorted(map(repr, stories)))


def _core(text: str) -> str:
    """What edits leave as it is: they change the first paragraph alone."""
    return text.partition("\n")[2]


def _leases(run: Run) -> Iterator[Lease]:
    """Yield what is due, one URL of each source in turn, until nothing is."""
    while leases := [lease for source in run.sources for lease in run.lease(source, 1)]:
        yield from leases


def _kill(run: Run) -> None:
    """Leave everything as a killed run does, but for the lock that dies with its process."""
    run.store.close()
    run._lock.release()
    if run.warc:
        run.warc.close()
