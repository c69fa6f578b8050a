"""The rulers of tests/benchmarks: that they measure what they say, on pages and texts of our own."""

import gzip
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # lxml ships no types

from archive.changes.agreement import Agreement
from pipelines import clutter
from tests.benchmarks import ablation
from tests.benchmarks.agreement import EDITS, OURS, notice_pairs
from tests.benchmarks.corpora import READERS, CorpusError, Page, Paragraph
from tests.benchmarks.extractors import EXTRACTORS
from tests.benchmarks.furniture import Furniture, find_furniture, is_widget, seen_text
from tests.benchmarks.metrics import (
    METRICS,
    Judge,
    Prediction,
    author_f1,
    rouge_lsum,
    same_title,
    shingle_agreement,
    words,
)
from tests.benchmarks.notices import NOTICES
from tests.pipelines.pages import LONG, PROSE, TITLE, prose
from tests.pipelines.pages import page as page_of

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
URL = "https://www.gazette.test/town/the-mill-turns-again"
CAPTION = "The wheel on the morning it was lowered into its bed, seen from the weir."
COMMENT = "My grandfather took his grain there, and never once paid in money."
MARKUP = f"""<html><head><meta charset="utf-8"><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>
<figure><img src="wheel.jpg"><figcaption>{CAPTION}</figcaption></figure>
{"".join(f"<p>{text}</p>" for text in PROSE)}</article>
<div id="comments"><h3>Comments</h3><ul><li>{COMMENT}</li></ul></div></body></html>"""
OTHER = [
    f"The {name} bridge was closed on {day} because of a crack that an inspector found under its third arch, and the "
    f"buses to {name} go round by the harbour until the engineers of the county have looked at it in daylight."
    for name, day in zip(
        ("north", "south", "old", "new", "upper"), ("Monday", "Tuesday", "Friday", "Sunday", "Saturday"), strict=True
    )
]


def labelled(*paragraphs: str, optional: tuple[str, ...] = (), **truth: Any) -> Page:
    true = (*(Paragraph(text=text, optional=True) for text in optional), *(Paragraph(text=text) for text in paragraphs))
    return Page(id="mill", corpus="fundus", url=URL, file=Path("mill.html.gz"), paragraphs=true, **truth)


def judge(page: Page, markup: str = MARKUP) -> Judge:
    return Judge(page, find_furniture(markup.encode()))


def number(name: str, *scores: Any) -> float | None:
    return next(metric for metric in METRICS if metric.name == name).of(scores)


def test_shingles_are_counted_by_four_words() -> None:
    found = shingle_agreement("the mill turned again on sunday", "the mill turned again on sunday morning")
    assert (found.precision, found.recall) == (3 / 4, 1.0)


def test_a_text_of_fewer_than_four_words_is_one_shingle() -> None:
    assert shingle_agreement("the mill turned", "the mill turned").f1 == 1.0
    assert shingle_agreement("the mill turned", "the mill turned again").f1 == 0.0


def test_rouge_takes_the_union_over_lines() -> None:
    """The example of the paper that defines it (Lin 2004, section 3.2)."""
    found = rouge_lsum(["w1 w2 w3 w4 w5"], ["w1 w2 w6 w7 w8", "w1 w3 w8 w9 w5"])
    assert found.recall == 4 / 5
    assert found.precision == 4 / 10


def test_a_word_said_twice_is_not_found_in_one() -> None:
    assert rouge_lsum(["sunday"], ["sunday", "sunday"]).precision == 1 / 2


def test_each_character_of_a_script_without_spaces_is_a_word() -> None:
    assert words("Mill 水車 turned") == ("mill", "水", "車", "turned")


def test_the_true_text_scores_full_marks() -> None:
    score = judge(labelled(*PROSE)).score(Prediction(text="\n".join(PROSE)))
    assert [number(name, score) for name in ("sh F", "rl F", "perfect")] == [1.0, 1.0, 1.0]
    assert [number(name, score) for name in ("lost", "added", "captions", "comments", "widgets")] == [0.0] * 5


def test_nothing_scores_nothing() -> None:
    score = judge(labelled(*PROSE)).score(Prediction())
    assert [number(name, score) for name in ("sh F", "rl F", "perfect", "lost")] == [0.0, 0.0, 0.0, 1.0]


def test_what_is_lost_and_added_is_named() -> None:
    bar = "Subscribe to nine letters and win a bicycle bell."
    score = judge(labelled(*PROSE)).score(Prediction(text="\n".join([*PROSE[:3], bar])))
    assert score.lost == PROSE[3:]
    assert score.added == (bar,)
    assert number("lost", score) == number("added", score) == 1 / 4


def test_an_optional_paragraph_may_stand_or_not() -> None:
    page = labelled(*PROSE[1:], optional=PROSE[:1])
    for text in (PROSE, PROSE[1:]):
        assert number("perfect", judge(page).score(Prediction(text="\n".join(text)))) == 1.0


def test_captions_and_comments_that_stand_in_the_text_have_leaked() -> None:
    score = judge(labelled(*PROSE)).score(Prediction(text="\n".join([CAPTION, *PROSE, COMMENT])))
    assert number("captions", score) == number("comments", score) == 1.0


def test_a_caption_that_the_article_says_too_has_not_leaked() -> None:
    score = judge(labelled(CAPTION, *PROSE)).score(Prediction(text="\n".join([CAPTION, *PROSE])))
    assert score.captions.whole == 0
    assert number("captions", score) is None


def test_an_innermost_caption_counts_alone() -> None:
    markup = f'<div class="photo-caption"><p class="caption-text">{CAPTION}</p><i>Photograph</i></div>'
    assert find_furniture(markup.encode()) == Furniture(captions=(CAPTION,))


def test_a_page_that_is_none_has_no_captions() -> None:
    assert find_furniture(b"") == Furniture()


def test_text_that_no_reader_sees_is_not_read() -> None:
    assert seen_text(lxml_html.fromstring("<p>One <script>two</script><!-- three --> four</p>")) == "One four"


@pytest.mark.parametrize(
    "line",
    ["Leave a Reply", "Back to top", "» Related articles:", "3 Comments", "Lesen Sie auch:", "関連記事", "Share"],
)
def test_widget_lines_are_known(line: str) -> None:
    assert is_widget(line)


@pytest.mark.parametrize("line", [*PROSE, "Share prices fell", "The top of the mill", "Comments by the mayor"])
def test_sentences_are_no_widgets(line: str) -> None:
    assert not is_widget(line)


def test_a_title_is_compared_by_its_letters() -> None:
    assert same_title("The Mill’s Wheel", "The Mill&rsquo;s wheel ")
    assert not same_title("The Mill's Wheel", "The Mill's Wheel | Gazette")


def test_authors_are_a_set() -> None:
    assert author_f1(["Ada Stone", "Ben Reed"], ["By Ben Reed", "ADA STONE"]) == 1.0
    assert author_f1(["Ada Stone"], ["Ada Stone", "Gazette"]) == pytest.approx(2 / 3)
    assert author_f1(["Ada Stone"], []) == 0.0


def test_what_a_page_has_no_truth_for_is_not_measured() -> None:
    score = judge(labelled(*PROSE)).score(Prediction(text="\n".join(PROSE), title=TITLE))
    assert [number(name, score) for name in ("title", "day", "authors")] == [None, None, None]


def test_a_day_is_right_where_it_was_published_and_in_utc() -> None:
    page = labelled(*PROSE, days=("2026-03-02", "2026-03-01"))
    assert [judge(page).score(Prediction(published=day)).day for day in ("2026-03-01T22:30:00Z", "2026-03-03")] == [
        True,
        False,
    ]


def test_the_halves_are_of_sites() -> None:
    addresses = ("https://gazette.co.uk/a", "http://news.gazette.co.uk/b/c")
    pages = (Page(id="x", corpus="aeb", url=url, file=Path("x"), paragraphs=()) for url in addresses)
    assert len({page.half for page in pages}) == 1


def save(path: Path, markup: str = MARKUP) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(markup.encode()))


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """A clone of article-extraction-benchmark with one page."""
    write(tmp_path / "ground-truth.json", {"mill": {"articleBody": "\n\n".join(PROSE), "url": URL}})
    save(tmp_path / "html" / "mill.html.gz")
    return tmp_path


def test_the_article_benchmark_is_read(benchmark: Path) -> None:
    (page,) = READERS["aeb"](benchmark)
    assert [paragraph.text for paragraph in page.paragraphs] == list(PROSE)
    assert page.read().decode() == MARKUP


def test_a_clone_of_fundus_evaluation_is_read(tmp_path: Path) -> None:
    truth = {"Gazette_0.html.gz": {"url": URL, "body": [f"[{PROSE[0]}]", *PROSE[1:]], "crawl_date": ""}}
    write(tmp_path / "dataset" / "ground_truth.json", truth)
    save(tmp_path / "dataset" / "html" / "Gazette_0.html.gz")
    (page,) = READERS["fundus-evaluation"](tmp_path)
    assert [paragraph.optional for paragraph in page.paragraphs] == [True, False, False, False]
    assert page.paragraphs[0].text == PROSE[0]


def fundus_truth(title: str) -> dict[str, Any]:
    body = {"summary": [PROSE[0]], "sections": [{"headline": ["The wheel"], "paragraphs": list(PROSE[1:])}]}
    return {"title": title, "authors": ["Ada Stone"], "publishing_date": "2026-03-01 23:30:00-05:00", "body": body}


def test_pages_of_fundus_go_with_the_versions_of_their_parser(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "resources" / "parser" / "test_data" / "xx"
    write(
        folder / "Gazette.json", {"V2": fundus_truth("third"), "V1_1": fundus_truth("2nd"), "V1": fundus_truth("1st")}
    )
    names = [f"Gazette_{day}.html.gz" for day in ("2024_11_02", "2025_01_30", "2026_03_02")]
    for name in names:
        save(folder / name)
    write(folder / "meta.info", {name: {"url": URL, "crawl_date": ""} for name in names})
    pages = list(READERS["fundus"](tmp_path))
    assert [page.title for page in pages] == ["1st", "2nd", "third"]
    assert [paragraph.optional for paragraph in pages[0].paragraphs] == [True, False, False, False, False]
    assert pages[0].days == ("2026-03-01", "2026-03-02")


def test_a_folder_that_holds_no_corpus_is_named(tmp_path: Path) -> None:
    for read in READERS.values():
        with pytest.raises(CorpusError, match=str(tmp_path)):
            list(read(tmp_path))


def run(*arguments: str, path: str | None = None, program: str = "quality.py") -> subprocess.CompletedProcess[str]:
    """The benchmark as a person runs it."""
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / program), *arguments]
    environment = {**os.environ, **({} if path is None else {"PATH": path})}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)


def test_the_table_has_a_row_for_each_extractor(benchmark: Path) -> None:
    done = run("--aeb", str(benchmark), "--worst", "1", "--save", str(benchmark / "saved"))
    assert done.returncode == 0
    overview, table, cpu = (part.strip().splitlines() for part in done.stdout.split("\n## ")[0].split("\n### "))
    assert [line.split()[1] for line in overview[2:]] == ["cuttings", "trafilatura"]
    assert table[2].startswith("| extractor ")
    assert "100.0" in table[4]
    assert cpu[-1].endswith("1.00 |")
    saved = json.loads((benchmark / "saved" / "cuttings.jsonl").read_text(encoding="utf-8"))
    assert saved["text"].split("\n") == list(PROSE)


def test_an_extractor_that_cannot_be_had_is_left_out_with_a_sentence(benchmark: Path) -> None:
    done = run("--aeb", str(benchmark), "--extractor", "goose3", "--extractor", "cuttings", "--json", path="/nowhere")
    assert done.returncode == 0
    assert done.stderr == "goose3: left out, it cannot be run here: uv is not installed\n"
    assert {json.loads(line)["extractor"] for line in done.stdout.splitlines()} == {"cuttings"}


def test_a_corpus_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = run("--aeb", str(tmp_path / "none"))
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: {tmp_path / 'none'}: no ground-truth.json in it\n")


def test_the_others_come_in_bounded_versions() -> None:
    needs = [need for extractor in EXTRACTORS.values() for need in extractor.needs]
    assert needs
    assert all(">=" in need and ",<" in need for need in needs)


def test_everything_the_ablation_leaves_out_is_there() -> None:
    parts = list(ablation.parts_of(list(ablation.GROUPS)))
    assert len({(part.group, part.name) for part in parts}) == len(parts)
    for part in parts:
        assert all(hasattr(import_module(module), name) for module, name, _ in part.patches), part.name


def test_a_part_is_left_out_for_a_while() -> None:
    extract = import_module("pipelines.extract")
    part = next(iter(ablation.parts_of(["steps"])))
    with ablation.left_out(part):
        assert clutter.STEPS[1:] == extract.STEPS
    assert clutter.STEPS == extract.STEPS


def test_how_far_pages_agree_is_printed_for_different_ones_notices_and_edits(tmp_path: Path) -> None:
    texts = {"mill": LONG, "mill-again": (*LONG[:-1], LONG[0]), "bridge": OTHER}
    for name, paragraphs in texts.items():
        save(tmp_path / f"{name}.html.gz", page_of(prose(paragraphs)))
    done = run("--pages", str(tmp_path), program="agreement.py")

    assert done.returncode == 0, done.stderr
    pages, notices, edits, rules = (part.strip().splitlines() for part in done.stdout.split("## ")[1:])
    assert pages[2:4] == [
        "3 pages, 0 of them under 40 shingles; 3 pairs, 1 share a shingle",
        "agree: 1; had all of them the same title: 1",
    ]
    assert len(notices) == len(NOTICES) + 4
    assert len(edits) == len(EDITS) + 4
    assert [line.split(" |")[0] for line in rules[4:7]] == [
        "| rule",
        "|---|---|---|---|---|---|---|---|",
        "| 0.9/0.7, 0.6, 40",
    ]


def test_a_readers_pages_are_timed_beside_logins() -> None:
    done = run("--logins", "2", "--rounds", "1", program="logins.py")

    assert done.returncode == 0, done.stderr
    alone, beside, logins = done.stdout.splitlines()
    assert re.match(r"alone: +20 pages, half within +\d+ ms, slowest +\d+ ms", alone)
    assert re.match(r"beside: +\d+ pages, half within +\d+ ms, slowest +\d+ ms", beside)
    assert re.match(r"2 logins in [\d.]+ s: 2 answered 403", logins)


def test_a_folder_without_two_articles_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = run("--pages", str(tmp_path), program="agreement.py")
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: fewer than two articles in {tmp_path}: give folders of *.html\n")


def test_the_rule_that_is_measured_is_the_one_of_the_program() -> None:
    shares = [0.0, 0.59, 0.6, 0.69, 0.7, 0.89, 0.9, 1.0]
    found = [
        Agreement(
            shingles=shingles,
            shorter=shorter,
            longer=longer,
            same_title=flags[0],
            equal=flags[1],
            same_numbers=flags[2],
            same_statements=flags[3],
            another_notice=flags[4],
        )
        for shingles in (0, 1, 39, 40)
        for shorter in shares
        for longer in shares
        for flags in product((True, False), repeat=5)
    ]
    assert [OURS.agrees(each) for each in found] == [each.agrees for each in found]


def test_notices_of_one_template_are_different_texts_without_empty_fields() -> None:
    for notice in NOTICES:
        pairs = notice_pairs(notice, 10)
        assert pairs
        assert not any(pair.found.equal or "{" in pair.one.text for pair in pairs), notice.name


@pytest.mark.parametrize(
    ("kind", "paragraphs", "changed"),
    [
        ("nothing", len(LONG), 0),
        ("5 words changed", len(LONG), 5),
        ("3 sentences added", len(LONG), 3),
        ("a paragraph added", len(LONG) + 1, 0),
        ("as much again added", len(LONG) + 7, 0),
        ("3 paragraphs removed", len(LONG) - 3, 0),
        ("a paragraph exchanged", len(LONG), 1),
        ("a correction note added", len(LONG) + 1, 0),
        ("the first half is left", len(LONG) // 2, 0),
        ("the first paragraph is left", 1, 0),
    ],
)
def test_an_edit_does_what_it_is_called(kind: str, paragraphs: int, changed: int) -> None:
    made = EDITS[kind](list(LONG), OTHER, random.Random(kind))
    gone = [line for line in LONG if line not in made]
    assert len(made) == paragraphs
    assert len(gone) <= max(changed, len(LONG) - paragraphs)
    assert bool(gone) is (changed > 0 or paragraphs < len(LONG))


@pytest.fixture(scope="module")
def other_ruler() -> ModuleType:
    spec = importlib.util.spec_from_file_location("other_ruler", SHARED / "tools" / "quality.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="there are no labelled pages beside the checkout")
@pytest.mark.parametrize("corpus", ["aeb", "fundus-evaluation", "fundus"])
def test_the_ruler_agrees_with_the_one_beside_the_checkout(corpus: str, other_ruler: ModuleType) -> None:
    """On pages taken whole, furniture and all, so that every metric has something to measure."""
    name = corpus.replace("-evaluation", "_eval")
    lines = (SHARED / "corpora" / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    known = {row["id"]: row for row in map(json.loads, lines)}
    for page in list(READERS[corpus](SHARED / "corpora" / corpus))[::10]:
        text = "\n".join(lines_of(page))
        truths = other_ruler.page_truths(page.read())
        theirs = other_ruler.score_page(known[page.id], {"text": text}, truths)
        ours = Judge(page, find_furniture(page.read())).score(Prediction(text=text))
        assert ours.shingles.precision == pytest.approx(theirs["sh_p"])
        assert ours.shingles.recall == pytest.approx(theirs["sh_r"])
        assert ours.rouge.f1 == pytest.approx(theirs["rl_f"])
        assert [len(ours.lost), len(ours.added)] == [theirs["par_lost"], theirs["line_bad"]]
        assert [ours.captions.part, ours.comments.part] == [theirs["cap_leak"], theirs["com_leak"]]
        assert len(ours.widgets) == theirs["wid_leak"]


def lines_of(page: Page) -> Iterator[str]:
    """Whatever a page says, block by block."""
    tree = lxml_html.fromstring(page.read(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    return (seen_text(block) for block in tree.iter("p", "li", "h1", "h2", "h3", "figcaption", "button", "a"))
