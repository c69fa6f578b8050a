"""The same text in the archive under other headlines and of other sources."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from archive.browse.pages.same_text import elsewhere
from archive.changes.kinds import text_digest
from archive.model.article import Article, Dated
from archive.model.source import Source
from archive.storage.connection import open_reader
from archive.storage.read_article import stored
from archive.storage.store import Store
from tests.archive import sample

WIRE = (
    "The lock keeper of Ansel opened the third gate on Sunday, and the barges waiting since March went through.",
    "It took the crews two days. “We count the ropes twice,” said one of them, and counted them a third time.",
)
LONG = Article(
    url="https://one.example/gate", title="Gate opens after a long spring", paragraphs=WIRE,
    published=Dated(when=sample.NOW, source="jsonld"), language="en",
)  # fmt: skip
SHORT = replace(
    LONG, url="https://one.example/short", title="Film of the day", paragraphs=("This film cannot be shown.",)
)


def build(path: Path, *articles: Article) -> Path:
    """An archive with a source an article."""
    store = Store.open(path)
    run = store.start_run("crawl", "0.1.0", sample.NOW)
    for number, article in enumerate(articles):
        key = f"paper-{number}"
        source = Source(id=key, url=f"https://{key}.example/", name=key, feeds=(f"https://{key}.example/feed",))
        sample._crawl(store, run, store.add_source(source, sample.NOW), (article,))
    store.close()
    return path


def twins(path: Path, article_id: int) -> dict[int, str]:
    with closing(open_reader(path)) as conn:
        article = stored(conn, article_id)
        assert article is not None
        return {other["id"]: other["same"] for other in elsewhere(conn, article)}


def test_the_same_text_under_another_headline_is_named(tmp_path: Path) -> None:
    other = replace(
        LONG, url="https://two.example/ansel", title="Barges move again at Ansel",
        paragraphs=(f"  {WIRE[0].upper()} ".strip(), WIRE[1].replace("“", '"').replace("”", '"')),
    )  # fmt: skip
    third = replace(LONG, url="https://three.example/x", title="Another story", paragraphs=(*WIRE, "One line more."))
    path = build(tmp_path / "wire.db", LONG, other, third)
    assert twins(path, 1) == {2: "text"}
    assert twins(path, 2) == {1: "text"}
    assert twins(path, 3) == {}


def test_a_sentence_that_is_everywhere_is_no_copy(tmp_path: Path) -> None:
    path = build(tmp_path / "films.db", SHORT, replace(SHORT, url="https://two.example/film", title="Tonight on film"))
    assert twins(path, 1) == {}


def test_a_digest_is_of_the_words_alone() -> None:
    assert text_digest("One – two,\nTHREE") == text_digest("one two three!") != text_digest("one two three four")
