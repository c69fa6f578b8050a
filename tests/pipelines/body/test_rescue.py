"""Paragraphs that were passed over are put back where the kept ones show that they belong to the text."""

from collections.abc import Iterable

from pipelines.body.rescue import Kept, home, missed
from pipelines.compare import key
from pipelines.page.blocks import Block, index
from pipelines.page.parse import decode, parse
from tests.pipelines.pages import LONG, PROSE, URL, extracted, page, prose


def blocks_of(*blocks: str) -> tuple[Block, ...]:
    parsed = parse(decode(page(*blocks).encode()), URL)
    assert parsed is not None
    return index(parsed.tree).blocks


def put_back(blocks: tuple[Block, ...], kept: Iterable[str], cut: Iterable[str] = (), start: int = 1) -> list[str]:
    """Return the texts of the blocks that go back to a text of these paragraphs; `cut` are those some rule took out."""
    texts = [block.text for block in blocks]
    keys = [key(text) if text not in cut else "" for text in texts]
    taken = frozenset(texts.index(text) for text in kept)
    return [texts[place] for place in missed(Kept(blocks, keys, taken, start))]


# Among the kept paragraphs --------------------------------------------------------------------------------------------


def test_a_paragraph_between_two_kept_ones_of_one_element_is_put_back() -> None:
    assert put_back(blocks_of(prose(PROSE)), [PROSE[0], PROSE[1], PROSE[3]]) == [PROSE[2]]


def test_a_heading_between_kept_paragraphs_is_put_back() -> None:
    blocks = blocks_of(prose(PROSE[:2]), "<h2>Forty paddles of larch</h2>", prose(PROSE[2:]))
    assert put_back(blocks, PROSE) == ["Forty paddles of larch"]


def test_a_linked_heading_and_a_line_that_is_no_sentence_are_not() -> None:
    others = '<h2><a href="/saw">The saw mill</a></h2><p>The saw mill that nobody has the heart to close</p>'
    assert put_back(blocks_of(prose(PROSE[:2]), others, prose(PROSE[2:])), PROSE) == []


def test_a_paragraph_that_is_a_link_is_not() -> None:
    linked = f'<p><a href="/saw">{LONG[5]}</a></p>'
    assert put_back(blocks_of(prose(PROSE[:2]), linked, prose(PROSE[2:])), PROSE) == []


def test_a_paragraph_that_was_cut_is_not() -> None:
    assert put_back(blocks_of(prose(PROSE)), [PROSE[0], PROSE[1], PROSE[3]], cut=[PROSE[2]]) == []


def test_a_paragraph_in_a_box_of_its_own_is_not() -> None:
    box = f'<div class="aside"><p>{LONG[5]}</p></div>'
    assert put_back(blocks_of(prose(PROSE[:2]), box, prose(PROSE[2:])), PROSE) == []


def test_a_paragraph_in_another_element_is_where_its_form_is_that_of_the_text() -> None:
    parts = "".join(f'<section><p class="story-text">{text}</p></section>' for text in LONG)
    assert put_back(blocks_of(parts), [*LONG[:4], *LONG[5:]]) == [LONG[4]]


def test_a_list_of_sentences_near_the_text_is_put_back() -> None:
    items = [f"Paddle number {at} was cut from a larch that fell in the storm of March." for at in range(3)]
    points = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    assert put_back(blocks_of(prose(PROSE[:2]), points, prose(PROSE[2:])), PROSE) == items


def test_a_quotation_near_the_text_is_put_back() -> None:
    quoted = "<aside><blockquote><p>It will turn when I am gone</p></blockquote></aside>"
    assert put_back(blocks_of(prose(PROSE[:2]), quoted, prose(PROSE[2:])), PROSE) == ["It will turn when I am gone"]


# Above and below them -------------------------------------------------------------------------------------------------


def test_an_opening_outside_of_the_body_is_put_back() -> None:
    body = f'<p>{PROSE[0]}</p><div class="body">{prose(PROSE[1:])}</div>'
    assert put_back(blocks_of(body), PROSE[1:]) == [PROSE[0]]


def test_an_opening_in_a_header_or_above_the_title_is_not() -> None:
    headed = blocks_of(f"<header><p>{PROSE[0]}</p></header>", prose(PROSE[1:]))
    assert put_back(headed, PROSE[1:]) == []
    assert put_back(blocks_of(prose(PROSE)), PROSE[1:], start=2) == []


def test_a_body_that_an_advert_split_goes_on_below_it() -> None:
    first, second = (
        f'<div class="body">{"".join(f"<p class=text>{text}</p>" for text in half)}</div>'
        for half in (LONG[:4], LONG[4:])
    )
    assert put_back(blocks_of(first, "<div>Advertisement</div>", second), LONG[:4]) == list(LONG[4:])


def test_it_ends_at_the_next_title_and_at_the_end_of_the_article() -> None:
    first, second = ("".join(f'<p class="text">{text}</p>' for text in half) for half in (LONG[:4], LONG[4:]))
    assert put_back(blocks_of(first, "<h1>The Saw Mill</h1>", second), LONG[:4]) == []
    assert put_back(blocks_of(first, "</article><article>", second), LONG[:4]) == []


def test_below_paragraphs_of_no_form_of_their_own_nothing_is_put_back() -> None:
    assert put_back(blocks_of(prose(LONG)), LONG[:4]) == []


def test_a_heading_below_the_text_is_put_back_with_its_paragraph_only() -> None:
    *first, last = (f'<p class="text">{text}</p>' for text in LONG[:5])
    body = ("".join(first), "<h2>After the roof</h2>", last, "<h2>More of the river</h2>")
    blocks = blocks_of('<div class="body">', *body, "</div>")
    assert put_back(blocks, LONG[:4]) == ["After the roof", LONG[4]]


# Besides --------------------------------------------------------------------------------------------------------------


def test_to_no_text_at_all_nothing_is_put_back() -> None:
    assert put_back(blocks_of(prose(LONG)), []) == []


def test_a_paragraph_stands_in_what_holds_it_past_a_quotation() -> None:
    plain, quoted, loose = blocks_of(
        f'<p>{PROSE[0]}</p><blockquote class="q"><p>{PROSE[1]}</p></blockquote><div class="l">{PROSE[2]}</div>'
    )[1:]
    assert home(plain).tag == home(quoted).tag == "article"
    assert home(loose).get("class") == "l"


def test_a_page_comes_out_whole_though_a_paragraph_of_it_is_half_links() -> None:
    names = ", ".join(f'<a href="/people/{at}">Volunteer {at} of Mill Lane</a>' for at in range(6))
    linked = f"<p>The names of those who rebuilt it are on a plate of slate at the door, in this order: {names}.</p>"
    result = extracted(page(prose(LONG[:4]), linked, prose(LONG[4:])))
    assert len(result.article.paragraphs) == len(LONG) + 1
    assert result.article.paragraphs[4].startswith("The names of those")
