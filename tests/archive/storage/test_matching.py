"""Which article a page is: a URL is a claim, the text decides, and no text is lost or filed under another story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.model.article import Dated, Extraction
from archive.model.listing import Found
from archive.model.outcome import Outcome
from archive.model.source import Source
from archive.storage.matching import Candidate, Link, Match, decide, says_more
from tests.archive.storage.test_store import NOW, Desk, extracted

SITE = "http://paper.test"


def story(number: int, words: int = 90) -> str:
    """A text that has nothing in common with another number's."""
    return " ".join(f"matter{number}x{n}" for n in range(words))


def page(number: int, **facts: Any) -> Extraction:
    """The page of a story."""
    return extracted(**{"title": f"Story {number}", "paragraphs": (story(number),)} | facts)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "news.db")
    yield made
    made.store.conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert made.all("PRAGMA foreign_key_check") == []
    made.store.close()


def crawled(desk: Desk, url: str, made: Extraction, **facts: Any) -> tuple[Outcome, int | None]:
    """A listing names a URL at the next run, and its page is filed."""
    desk.again(timedelta(minutes=5))
    (held,) = [lease for lease in _due(desk, url) if lease.url == url]
    return desk.file(held, made, **facts)


def _due(desk: Desk, url: str) -> list[Any]:
    desk.read_feed(Found(url=url, modified=desk.now))
    return desk.lease()


def texts(desk: Desk) -> list[tuple[object, ...]]:
    """Current texts of the articles by their numbers."""
    return desk.all("SELECT a.id, v.text FROM articles AS a JOIN versions AS v ON v.id = a.version_id ORDER BY a.id")


# The decision ---------------------------------------------------------------------------------------------------------

A, B = story(1), story(2)


@dataclass(frozen=True)
class Row:
    """A page with a text, what it may be, and what it is."""

    text: str
    candidates: tuple[Candidate, ...]
    match: Match


def other(article_id: int, link: Link, text: str = B, title: str = "Other") -> Candidate:
    return Candidate(article_id=article_id, link=link, title=title, text=text)


SAME = "same text"


@pytest.mark.parametrize(
    "row",
    [
        Row(A, (), Match(article_id=None)),
        Row(A, (other(7, Link.OWN),), Match(article_id=7, itself=True, why="it is the article's own URL")),
        Row(A, (other(7, Link.FORM),), Match(article_id=7, why="another form of the article's URL")),
        Row(A, (other(7, Link.CLAIM),), Match(article_id=None)),
        Row(A, (other(7, Link.CLAIM, A),), Match(article_id=7, why=SAME)),
        Row(A, (other(7, Link.CLAIM), other(8, Link.CLAIM, A)), Match(article_id=8, why=SAME)),
        Row(A, (other(7, Link.JOINED),), Match(article_id=None)),
        Row(A, (other(7, Link.LED),), Match(article_id=None)),
        Row(A, (other(7, Link.LED, A),), Match(article_id=7, itself=True, why=SAME)),
        # a title that found the candidate is no evidence besides
        Row(f"{A} {B[:500]}", (other(7, Link.NAMESAKE, f"{A} {B[-500:]}", "Title"),), Match(article_id=None)),
        Row(A, (other(7, Link.NAMESAKE, title="Title"),), Match(article_id=None)),
        Row(A, (other(7, Link.REVISIT, A),), Match(article_id=7, itself=True, why=SAME)),
        Row(A, (other(7, Link.REVISIT),), Match(article_id=None, left=7)),
        Row(
            A,
            (other(8, Link.OWN), other(7, Link.REVISIT)),
            Match(article_id=8, itself=True, why="it is the article's own URL", left=7),
        ),
        Row(A, (other(8, Link.CLAIM, A), other(7, Link.REVISIT)), Match(article_id=8, why=SAME, left=7)),
        Row("No news.", (other(7, Link.CLAIM, "No news!"),), Match(article_id=7, why=SAME)),
        Row("Police log of 3 March", (other(7, Link.NAMESAKE, "Police log of 4 March"),), Match(article_id=None)),
    ],
    ids=lambda row: f"{'+'.join(each.link for each in row.candidates) or 'nothing'}-{row.match.article_id}",
)
def test_a_page_is_what_its_url_and_text_say(row: Row) -> None:
    filed = next((each.article_id for each in row.candidates if each.link is Link.REVISIT), None)
    assert decide("Title", row.text, row.candidates, filed) == row.match


def test_an_edit_of_half_the_sentences_agrees_where_the_url_of_the_article_leads_to_it_and_nowhere_else() -> None:
    sentences = [" ".join(f"w{n}x{word}" for word in range(20)) for n in range(6)]
    before = ". ".join(sentences)
    after = ". ".join(each.replace("x10", "y10") if n % 2 else each for n, each in enumerate(sentences))
    for link, article_id in ((Link.REVISIT, 7), (Link.JOINED, 7), (Link.CLAIM, None), (Link.NAMESAKE, None)):
        assert decide("Title", after, [other(7, link, before, "Title")]).article_id == article_id, link


def test_what_brings_a_new_paragraph_says_more_and_what_leaves_one_out_does_not() -> None:
    assert says_more(f"{A} {story(3, 30)}", A)
    assert not says_more(A, f"{A} {story(3, 30)}")
    assert not says_more(A, A)


# What becomes of it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        {"canonical_url": f"{SITE}/news"},
        {"canonical_url": f"{SITE}/story-1"},
        {"amp_url": f"{SITE}/amp-of-all"},
        {"hop": f"{SITE}/consent"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_stories_that_claim_one_url_are_all_filed(desk: Desk, lie: dict[str, str]) -> None:
    claimed = {key: value for key, value in lie.items() if key != "hop"}
    hop = lie.get("hop")
    for number in range(1, 5):
        url = f"{SITE}/story-{number}"
        led = {"redirects": (url, hop), "final_url": f"{url}.html"} if hop else {}
        assert crawled(desk, url, page(number, **claimed), **led) == (Outcome.SAVED, number)

    assert texts(desk) == [(number, story(number)) for number in range(1, 5)]
    (events,) = desk.one("SELECT count(*) FROM events WHERE kind = 'contradicted'")
    assert events == 1
    assert desk.one("SELECT count(*) FROM versions WHERE notes LIKE '%\\_contradicted: %' ESCAPE '\\'")[0] in {2, 3}


def test_a_claim_that_was_made_before_its_url_was_read_is_contradicted_all_the_same(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1, canonical_url=f"{SITE}/story-2"))
    crawled(desk, f"{SITE}/story-2", page(2, canonical_url=f"{SITE}/story-2"))

    assert texts(desk) == [(1, story(1)), (2, story(2))]
    (detail,) = desk.one("SELECT detail FROM events WHERE kind = 'contradicted'")
    assert detail == f"canonical contradicted: different stories claim {SITE}/story-2"


def test_a_contradicted_claim_joins_nothing_when_a_listing_names_its_url_later(desk: Desk) -> None:
    for number in (1, 2):
        crawled(desk, f"{SITE}/story-{number}", page(number, canonical_url=f"{SITE}/news-today"))

    assert crawled(desk, f"{SITE}/news-today", page(3)) == (Outcome.SAVED, 3)


def test_a_canonical_url_whose_text_agrees_joins(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1))
    edited = (f"{story(1, 85)} and five other words here",)

    done = crawled(desk, f"{SITE}/print-1", page(1, canonical_url=f"{SITE}/story-1", paragraphs=edited))

    assert done == (Outcome.DUPLICATE, 1)
    (why,) = desk.one("SELECT joined FROM frontier WHERE url LIKE '%print-1'")
    assert str(why).startswith("same title, and text agrees: ")


def test_a_joined_page_that_says_more_is_a_version_so_that_nothing_is_lost(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1))
    longer = f"{story(1)} {story(9, 25)}"

    done = crawled(desk, f"{SITE}/story-1-b", page(1, canonical_url=f"{SITE}/story-1", paragraphs=(longer,)))

    assert done == (Outcome.UPDATED, 1)
    assert texts(desk) == [(1, longer)]


def test_a_revisit_that_ends_at_another_filed_story_leaves_both_as_they_are(desk: Desk) -> None:
    for number in (1, 2):
        crawled(desk, f"{SITE}/story-{number}", page(number))

    done = crawled(desk, f"{SITE}/story-1", page(2), final_url=f"{SITE}/story-2", redirects=(f"{SITE}/story-1",))

    assert done == (Outcome.UNCHANGED, 2)
    assert texts(desk) == [(1, story(1)), (2, story(2))]
    assert desk.one("SELECT count(*) FROM versions") == (2,)
    assert desk.one("SELECT kind, article_id, detail FROM events WHERE kind <> 'gap'") == (
        "gone", 1, 'gone: leads to article 2, "Story 2" (Story 1)',
    )  # fmt: skip
    assert desk.one("SELECT gone_at IS NOT NULL FROM articles WHERE id = 1") == (1,)
    assert desk.one("SELECT article_id FROM frontier WHERE url LIKE '%story-1'") == (1,)


def test_a_revisit_that_ends_at_a_story_that_is_new_files_it_under_its_own_url(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1))

    done = crawled(desk, f"{SITE}/story-1", page(2), final_url=f"{SITE}/story-2", redirects=(f"{SITE}/story-1",))

    assert done == (Outcome.SAVED, 2)
    assert texts(desk) == [(1, story(1)), (2, story(2))]
    assert desk.all("SELECT article_id, url FROM urls WHERE kind = 'own' ORDER BY 1") == [
        (1, f"{SITE}/story-1"), (2, f"{SITE}/story-2"),
    ]  # fmt: skip
    # ... and when its own URL is back it is the article it was
    assert crawled(desk, f"{SITE}/story-1", page(1)) == (Outcome.UNCHANGED, 1)
    assert desk.one("SELECT count(*) FROM events WHERE kind = 'back'") == (1,)


def test_a_changed_slug_with_the_same_text_stays_one_article_and_its_edits_are_versions(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1))
    moved = {"final_url": f"{SITE}/story-1-corrected", "redirects": (f"{SITE}/story-1",)}

    assert crawled(desk, f"{SITE}/story-1", page(1), **moved) == (Outcome.UNCHANGED, 1)
    rewritten = page(1, paragraphs=(story(5),))
    assert crawled(desk, f"{SITE}/story-1", rewritten, **moved) == (Outcome.UPDATED, 1)
    assert texts(desk) == [(1, story(5))]


def test_two_stories_that_are_led_to_one_url_in_turn_are_two_articles(desk: Desk) -> None:
    live = f"{SITE}/live"
    first = crawled(desk, f"{SITE}/story-1", page(1), final_url=live, redirects=(f"{SITE}/story-1",))
    second = crawled(desk, f"{SITE}/story-2", page(2), final_url=live, redirects=(f"{SITE}/story-2",))
    third = crawled(desk, live, page(3))

    assert [first, second, third] == [(Outcome.SAVED, 1), (Outcome.SAVED, 2), (Outcome.SAVED, 3)]
    assert texts(desk) == [(number, story(number)) for number in (1, 2, 3)]
    assert len(set(desk.all("SELECT url FROM articles"))) == 3


def test_a_url_that_led_to_another_story_when_it_was_filed_and_shows_its_own_later_is_another_article(
    desk: Desk,
) -> None:
    crawled(desk, f"{SITE}/story-1", page(2), final_url=f"{SITE}/story-2", redirects=(f"{SITE}/story-1",))

    assert crawled(desk, f"{SITE}/story-1", page(1)) == (Outcome.SAVED, 2)
    assert texts(desk) == [(1, story(2)), (2, story(1))]
    assert crawled(desk, f"{SITE}/story-1", page(1, paragraphs=(story(7),))) == (Outcome.UPDATED, 2)
    assert desk.one("SELECT count(*) FROM events WHERE kind = 'gone'") == (0,)


def test_a_url_that_led_to_its_story_and_shows_it_itself_now_stays_that_article(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1), final_url=f"{SITE}/story-1-b", redirects=(f"{SITE}/story-1",))

    assert crawled(desk, f"{SITE}/story-1", page(1)) == (Outcome.UNCHANGED, 1)
    assert crawled(desk, f"{SITE}/story-1", page(1, paragraphs=(story(7),))) == (Outcome.UPDATED, 1)
    assert texts(desk) == [(1, story(7))]


def test_a_url_that_leads_to_a_filed_story_at_its_first_look_is_joined_and_says_why(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-2", page(2))

    done = crawled(desk, f"{SITE}/story-1", page(2), final_url=f"{SITE}/story-2", redirects=(f"{SITE}/story-1",))

    assert done == (Outcome.DUPLICATE, 1)
    assert desk.one("SELECT joined FROM frontier WHERE url LIKE '%story-1'") == ("it leads to the article's own URL",)
    # ... until the story that was promised there comes out after all
    assert crawled(desk, f"{SITE}/story-1", page(1)) == (Outcome.SAVED, 2)
    assert texts(desk) == [(1, story(2)), (2, story(1))]


def test_one_guid_for_several_stories_joins_nothing_and_one_story_under_a_new_url_is_joined(desk: Desk) -> None:
    def listed(url: str, made: Extraction) -> tuple[Outcome, int | None]:
        desk.again(timedelta(minutes=5))
        desk.read_feed(Found(url=url, title="Police log", guid="tag:paper.test,2026:1"))
        (held,) = desk.lease()
        return desk.file(held, made)

    assert listed(f"{SITE}/a", page(1, title="Police log")) == (Outcome.SAVED, 1)
    assert listed(f"{SITE}/b", page(2, title="Police log")) == (Outcome.SAVED, 2)
    assert listed(f"{SITE}/c", page(2, title="Police log")) == (Outcome.DUPLICATE, 2)


def test_the_same_path_title_and_day_under_a_new_query_is_joined_only_where_the_texts_agree(desk: Desk) -> None:
    day = Dated(when=NOW, source="jsonld")
    crawled(desk, f"{SITE}/log?id=1", page(1, title="Police log", published=day))

    assert crawled(desk, f"{SITE}/log?id=2", page(2, title="Police log", published=day)) == (Outcome.SAVED, 2)
    changed = (f"{story(1, 87)} differ at its end",)
    assert crawled(desk, f"{SITE}/log?id=1&visit=3", page(1, title="Police log", published=day, paragraphs=changed))[
        1
    ] == 1  # fmt: skip


def test_a_source_that_moved_to_another_domain_does_not_file_its_stories_twice(desk: Desk) -> None:
    crawled(desk, f"{SITE}/2026/story-1", page(1))
    desk.store.conn.execute("""UPDATE sources SET former = '["paper.test"]'""")
    changed = (f"{story(1, 89)} corrected",)

    done = crawled(desk, "http://new-paper.test/2026/story-1", page(1, paragraphs=changed))

    assert done[1] == 1
    assert desk.one("SELECT count(*) FROM articles") == (1,)


def test_an_alias_that_an_older_version_took_on_trust_is_asked_for_once_if_a_listing_still_names_it(desk: Desk) -> None:
    crawled(desk, f"{SITE}/story-1", page(1))
    claimed = f"{SITE}/story-2"
    desk.again()
    desk.read_feed(Found(url=claimed))
    with desk.store.transaction() as conn:  # as 0.1.0 left it
        conn.execute("INSERT INTO urls VALUES (NULL, 1, ?, 'canonical', '2026-01-01T00:00:00Z')", (claimed,))
        conn.execute(
            "UPDATE frontier SET state = 'done', outcome = 'duplicate', article_id = 1 WHERE url = ?", (claimed,)
        )
    desk.again()

    assert desk.read_feed(Found(url=claimed)).due == 1
    (held,) = desk.lease()
    assert desk.file(held, page(2)) == (Outcome.SAVED, 2)
    desk.again()
    assert desk.read_feed(Found(url=claimed)).due == 0


def test_police_logs_of_one_title_and_one_template_are_all_filed(desk: Desk) -> None:
    def log(number: int) -> Extraction:
        lines = tuple(
            f"Officers were called to the market square in the evening. Report {number + n} of the week says that"
            f" nobody was hurt. The council of the town met to talk about it, for file {number}."
            for n in range(3)
        )
        return page(number, title="Police log", published=Dated(when=NOW, source="jsonld"), paragraphs=lines,
                    amp_url=f"{SITE}/amp")  # fmt: skip

    for number in range(1, 4):
        assert crawled(desk, f"{SITE}/log?id={number}", log(number)) == (Outcome.SAVED, number)


def test_a_revisit_that_ends_at_another_source_s_story_leaves_that_one_alone(desk: Desk) -> None:
    other = Source(id="other", url="http://other.test/", name="Other", feeds=("http://other.test/feed",))
    first, desk.source = desk.source, desk.store.add_source(other, desk.now)
    desk.read_feed(Found(url="http://other.test/x"))
    (held,) = desk.lease()
    desk.file(held, page(2))
    desk.source = first
    crawled(desk, f"{SITE}/story-1", page(1))
    before = desk.one("SELECT * FROM frontier WHERE url LIKE '%/x'")

    crawled(desk, f"{SITE}/story-1", page(2), final_url="http://other.test/x", redirects=(f"{SITE}/story-1",))

    assert desk.one("SELECT * FROM frontier WHERE url LIKE '%/x'") == before
    assert desk.one("SELECT detail FROM events WHERE kind = 'gone'") == (
        'gone: leads to article 1, "Story 2" (Story 1)',
    )
    assert desk.one("SELECT count(*) FROM articles") == (2,)
