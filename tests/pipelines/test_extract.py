"""The seam of the stage: what is no page, what is cut, in which order, and where it stood."""

from datetime import timedelta

import pytest

import pipelines.extract
from archive.model.article import ClutterKind, Extraction
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from pipelines.extract import MAX_BYTES, extract
from tests.pipelines.pages import CASES, FETCHED, PROSE, TITLE, URL, capture, extracted, page, prose, read_case


@pytest.mark.parametrize(
    ("body", "content_type", "outcome"),
    [
        (b"", "text/html", Outcome.NOT_HTML),
        (b"   \n", "text/html", Outcome.NOT_HTML),
        (b"%PDF-1.7 ...", "text/html", Outcome.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text/html", Outcome.NOT_HTML),
        (b"PK\x03\x04....", "text/html", Outcome.NOT_HTML),
        (b'{"title": "The mill"}', "application/json", Outcome.NOT_HTML),
        (b"The mill turns again.", "text/plain", Outcome.NOT_HTML),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "text/html", Outcome.NOT_HTML),
        (b"<html>" + b" " * MAX_BYTES, "text/html", Outcome.TOO_BIG),
    ],
)
def test_what_is_no_page_is_a_failure_that_says_what_it_is(body: bytes, content_type: str, outcome: Outcome) -> None:
    result = extract(capture(body, headers={"Content-Type": content_type}))
    assert isinstance(result, Failure)
    assert (result.url, result.stage, result.outcome, result.when) == (URL, "extract", outcome, FETCHED)
    assert result.detail or body.strip() == b""


@pytest.mark.parametrize(
    ("body", "content_type", "meant"),
    [
        (b"", "text/html", "a page"),
        (b"upstream timed out", "text/plain", "a page"),
        (b'{"error": "try again"}', "application/json", "a page"),
        (b"%PDF-1.7 ...", "text/html", "this"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png", "this"),
    ],
)
def test_an_empty_body_or_a_plain_error_may_give_way_to_a_page(body: bytes, content_type: str, meant: str) -> None:
    result = extract(capture(body, headers={"Content-Type": content_type}))
    assert isinstance(result, Failure)
    assert result.may_pass is (meant == "a page")


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/xml", "text/plain", "", "nonsense"])
def test_a_page_is_told_by_its_bytes_not_by_its_label(content_type: str) -> None:
    assert extracted(page(prose()), headers={"Content-Type": content_type}).article.paragraphs == PROSE


def test_the_name_of_a_header_is_read_in_any_case() -> None:
    body = page(prose()).replace("mill", "Mühle").replace('<meta charset="utf-8">', "").encode("cp1252")
    result = extracted(body, headers={"CONTENT-TYPE": "text/html; charset=windows-1252"})
    assert (result.charset, result.charset_source) == ("cp1252", "header")
    assert "Mühle" in result.article.text


def test_a_page_of_an_article_comes_out_word_for_word() -> None:
    result = extracted(page(prose()))
    assert result.article.paragraphs == PROSE
    assert result.article.title == TITLE
    assert result.outcome == Outcome.SAVED
    assert result.article.text == "\n".join(PROSE)


def test_the_address_of_an_article_is_the_one_that_answered() -> None:
    asked = capture(page(prose()), "https://gazette.test/?p=7")
    moved = type(asked)(url=asked.url, final_url=URL, fetched_at=asked.fetched_at, status=200, body=asked.body)
    result = extract(moved)
    assert isinstance(result, Extraction)
    assert result.article.url == URL


@pytest.mark.parametrize("name", CASES)
def test_extraction_is_pure(name: str) -> None:
    """No page leaves a trace: the same capture gives the same extraction, whatever came between."""
    case = read_case(name)
    before = extract(case.capture, case.rules)
    extracted(page(prose(), '<div class="sharedaddy">Share this:</div>'))
    assert extract(case.capture, case.rules) == before


def test_cuts_stand_in_the_ledger_in_page_order_with_their_places() -> None:
    result = extracted(
        page(
            "<p>By Ilse Brandt</p>",
            prose(PROSE[:1]),
            '<figure><img src="/i/1.jpg"><figcaption>The wheel on Sunday.</figcaption></figure>',
            prose(PROSE[1:2]),
            "<p>Photo: Runa Holm/Reuters</p>",
            prose(PROSE[2:]),
            '<div class="share-bar"><span>Share this article</span></div>',
            "<p>Leave a Reply</p>",
        )
    )  # fmt: skip

    assert result.article.paragraphs == PROSE
    cuts = [(cut.kind, cut.text, cut.after_paragraph) for cut in result.clutter if cut.kind is not ClutterKind.TITLE]
    assert cuts == [
        (ClutterKind.BYLINE, "By Ilse Brandt", 0),
        (ClutterKind.CAPTION, "The wheel on Sunday.", 1),
        (ClutterKind.CREDIT, "Photo: Runa Holm/Reuters", 2),
        (ClutterKind.SHARE, "Share this article", 4),
        (ClutterKind.COMMENT, "Leave a Reply", 4),
    ]
    assert all(cut.rule for cut in result.clutter)


@pytest.mark.parametrize("name", CASES)
def test_cuts_and_images_stand_within_the_text_and_in_order(name: str) -> None:
    case = read_case(name)
    result = extract(case.capture, case.rules)
    assert isinstance(result, Extraction)
    for places in (
        [cut.after_paragraph for cut in result.clutter],
        [image.after_paragraph for image in result.article.images],
    ):
        assert places == sorted(places)
        assert all(0 <= place <= len(result.article.paragraphs) for place in places)


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_kept_or_cut_but_not_both(name: str) -> None:
    case = read_case(name)
    result = extract(case.capture, case.rules)
    assert isinstance(result, Extraction)
    assert not {cut.text for cut in result.clutter if len(cut.text) > 40} & set(result.article.paragraphs)


def test_kept_and_cut_merged_at_their_places_give_the_page_again() -> None:
    on_page = [
        ("p", PROSE[0]), ("figcaption", "The wheel on the first Sunday of the year."), ("p", PROSE[1]),
        ("p", "Advertisement"), ("p", PROSE[2]), ("p", "Photo: Runa Holm/Reuters"), ("p", PROSE[3]),
        ("p", "Back to top"),
    ]  # fmt: skip
    result = extracted(page(*(f"<{tag}>{text}</{tag}>" for tag, text in on_page)))

    merged = [cut.text for cut in result.clutter if cut.after_paragraph == 0 and cut.kind is not ClutterKind.TITLE]
    for number, paragraph in enumerate(result.article.paragraphs, start=1):
        merged += [paragraph, *(cut.text for cut in result.clutter if cut.after_paragraph == number)]
    assert merged == [text for _, text in on_page]


def test_long_prose_stays_whatever_its_element_is_called() -> None:
    named = "".join(f'<p class="{name}">{text}</p>' for name, text in zip(_NAMES, PROSE, strict=True))
    assert extracted(page(named)).article.paragraphs == PROSE


_NAMES = ("c-comment__text", "share-of-voice", "newsletter-story", "advert-free")


def test_a_repeated_paragraph_is_kept_both_times() -> None:
    chorus = (
        "And so the wheel goes round, said the miller's daughter, and so it will go round when we have all gone home."
    )
    text = (PROSE[0], chorus, PROSE[1], chorus, PROSE[2])
    assert extracted(page(prose(text))).article.paragraphs == text


def test_a_paragraph_full_of_links_stays() -> None:
    named = (
        "Ilse Brandt of Mill Lane",
        "Teodor Aldana of the ferry",
        "Runa Holm of the tug",
        "the two Petries of the bank",
    )
    links = ", ".join(f'<a href="/people/{at}">{name}</a>' for at, name in enumerate(named))
    linked = f"The nine are {links} and four students of the school who would rather not be named."
    result = extracted(page(prose(PROSE[:2]), f"<p>{linked}</p>", prose(PROSE[2:])))
    assert len(result.article.paragraphs) == len(PROSE) + 1
    assert "the two Petries of the bank" in result.article.paragraphs[2]


def test_line_breaks_end_a_line_and_inline_elements_do_not() -> None:
    broken = f"<p>{PROSE[2]}<br><br>{PROSE[3]}</p>"
    marked = PROSE[0].replace("mill", "<b>mill</b>").replace("Sunday", "<i>Sun</i>day").replace("flour", "<a>flour</a>")
    result = extracted(page(prose([marked, PROSE[1]]), broken))
    assert result.article.paragraphs == PROSE


def test_a_page_deeper_than_other_parsers_go_is_read_and_marked() -> None:
    deep = "<div>" * 300 + prose() + "</div>" * 300
    result = extracted(page(deep))
    assert result.article.paragraphs == PROSE
    assert "nested_deeply" in result.notes


def test_a_page_that_stops_in_the_middle_is_filed_and_marked() -> None:
    whole = page(f"<article>{prose()}</article>")
    stopped = whole[: whole.index(PROSE[3]) + 80]
    result = extracted(stopped)
    assert result.article.paragraphs[:3] == PROSE[:3]
    assert "cut_short" in result.notes
    assert "cut_short" not in extracted(whole).notes


# Site rules -----------------------------------------------------------------------------------------------------------


def test_rules_of_a_site_change_what_is_cut() -> None:
    case = read_case("site-rules")
    with_rules, without = extract(case.capture, case.rules), extract(case.capture)
    assert isinstance(with_rules, Extraction)
    assert isinstance(without, Extraction)
    assert with_rules.article.paragraphs != without.article.paragraphs
    assert {cut.rule for cut in with_rules.clutter} >= {"site-remove", "site-caption"}
    assert not {cut.rule for cut in without.clutter} & {"site-remove", "site-caption"}


@pytest.mark.parametrize(
    "rules",
    [
        SiteRules(body=("p[",), remove=("((",), keep=("::x",), captions=("",)),
        SiteRules(body=("div.nowhere",), remove=("div.nowhere",)),
    ],
)
def test_a_selector_that_matches_nothing_or_cannot_be_read_changes_nothing(rules: SiteRules) -> None:
    assert extract(capture(page(prose())), rules) == extract(capture(page(prose())))


# The border -----------------------------------------------------------------------------------------------------------


def test_an_error_in_extraction_is_a_failure_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("wheel\ud800")

    monkeypatch.setattr(pipelines.extract, "read_signals", broken)
    result = extract(capture(page(prose())))
    assert isinstance(result, Failure)
    assert (result.outcome, result.detail.split(":")[0]) == (Outcome.ERROR, "KeyError")
    result.detail.encode("utf-8")


def test_a_date_ahead_of_the_fetch_is_not_believed() -> None:
    ahead = (FETCHED + timedelta(days=400)).isoformat()
    result = extracted(page(prose(), head=f'<meta property="article:published_time" content="{ahead}">'))
    assert result.article.published is None
    assert [note for note in result.notes if note.startswith("future_date: ")]


STUB = '<!doctype html><html><head>{}<title>Moved</title></head><body><p>Moved <a href="/new">on</a></p></body></html>'


@pytest.mark.parametrize(
    ("meta", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new">', "https://gazette.test/new"),
        ("<META HTTP-EQUIV=Refresh CONTENT=\"0;URL='https://other.test/new'\">", "https://other.test/new"),
        ('<meta http-equiv="refresh" content="2, /new">', "https://gazette.test/new"),
        ('<meta http-equiv="refresh" content="300; url=/new">', None),
        ('<meta http-equiv="refresh" content="0">', None),
        (f'<meta http-equiv="refresh" content="0; url={URL}">', None),
        ('<noscript><meta http-equiv="refresh" content="0; url=/new"></noscript>', None),
        ('<meta http-equiv="refresh" content="0; url=javascript:history.back()">', None),
        ('<meta name="refresh" content="0; url=/new">', None),
    ],
)
def test_a_page_that_sends_its_readers_on_at_once_says_where(meta: str, target: str | None) -> None:
    notes = [note for note in extracted(STUB.format(meta)).notes if note.startswith("leads_on")]
    assert notes == ([f"leads_on: {target}"] if target else [])
