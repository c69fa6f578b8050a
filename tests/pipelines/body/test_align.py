"""The lines of the main text find their blocks again: place, form, and what was lost or left out."""

from pipelines.body.align import Bounds, Placed, align
from pipelines.body.trafilatura import TextLine
from pipelines.clutter.draft import NOWHERE
from pipelines.page.blocks import Block, index
from pipelines.page.parse import decode, parse
from tests.pipelines.pages import LONG, PROSE, URL, extracted, page, prose


def blocks_of(*blocks: str) -> tuple[Block, ...]:
    parsed = parse(decode(page(*blocks).encode()), URL)
    assert parsed is not None
    return index(parsed.tree).blocks


def aligned(blocks: tuple[Block, ...], *texts: str | TextLine, gone: frozenset[int] = frozenset()) -> Placed:
    lines = (
        text if isinstance(text, TextLine) else TextLine(text=text, tag="p", group=at) for at, text in enumerate(texts)
    )
    return align(lines, blocks, gone, Bounds(url=URL, start=1))


def texts(placed: Placed) -> list[str]:
    return [line.text for line in placed.lines]


def test_every_line_has_the_place_of_its_block() -> None:
    placed = aligned(blocks_of(prose()), *PROSE)
    assert [line.place for line in placed.lines] == [1, 2, 3, 4]  # the title comes before them
    assert placed.dropped == ()


def test_of_texts_that_repeat_each_has_a_place_of_its_own() -> None:
    chorus = "And so the wheel goes round."
    said = (PROSE[0], chorus, PROSE[1], chorus, PROSE[2])
    assert [line.place for line in aligned(blocks_of(prose(said)), *said).lines] == [1, 2, 3, 4, 5]


def test_lines_out_of_order_are_put_in_the_order_of_the_page() -> None:
    assert texts(aligned(blocks_of(prose()), PROSE[2], PROSE[0], PROSE[1], PROSE[3])) == list(PROSE)


def test_an_initial_that_was_lost_is_put_back() -> None:
    set_large = f'<p><span class="dropcap">{PROSE[0][0]}</span>{PROSE[0][1:]}</p>'
    assert texts(aligned(blocks_of(set_large, prose(PROSE[1:])), PROSE[0][1:], *PROSE[1:])) == list(PROSE)


def test_more_than_an_initial_is_not_put_back() -> None:
    shorter = PROSE[0].split(" ", 2)[2]
    placed = aligned(blocks_of(prose()), shorter, *PROSE[1:])
    assert placed.lines[0].text == shorter


def test_a_line_that_stands_nowhere_has_the_place_of_the_line_before() -> None:
    placed = aligned(blocks_of(prose()), "A line the page does not have", PROSE[0], "Nor this one", *PROSE[1:])
    assert [line.place for line in placed.lines] == [NOWHERE, 1, 1, 2, 3, 4]


def test_a_heading_is_found_where_a_heading_stands() -> None:
    blocks = blocks_of(prose(PROSE[:2]), "<p>The roof</p>", "<h2>The roof</h2>", prose(PROSE[2:]))
    heading = TextLine(text="The roof", tag="head", group=9)
    placed = aligned(blocks, *PROSE[:2], heading, *PROSE[2:])
    assert [line.place for line in placed.lines if line.tag == "head"] == [4]


def test_a_paragraph_passed_over_is_put_back_in_its_place() -> None:
    assert texts(aligned(blocks_of(prose()), PROSE[0], PROSE[1], PROSE[3])) == list(PROSE)


def test_what_a_rule_cut_is_neither_put_back_nor_left_out() -> None:
    placed = aligned(blocks_of(prose()), PROSE[0], PROSE[1], PROSE[3], gone=frozenset({3}))
    assert texts(placed) == [PROSE[0], PROSE[1], PROSE[3]]
    assert placed.dropped == ()


def test_blocks_left_out_between_the_first_line_and_the_last_are_named() -> None:
    blocks = blocks_of("<p>Above</p>", prose(PROSE[:2]), "<p>Between them</p>", prose(PROSE[2:]), "<p>Below</p>")
    assert [blocks[place].text for place in aligned(blocks, *PROSE).dropped] == ["Between them"]


def test_the_parts_of_a_line_put_together_are_not_left_out() -> None:
    blocks = blocks_of(
        prose(PROSE[:2]), "<table><tr><td>Paddles of larch</td><td>forty</td></tr></table>", prose(PROSE[2:])
    )
    row = TextLine(text="Paddles of larch | forty", tag="row", group=9)
    assert aligned(blocks, *PROSE[:2], row, *PROSE[2:]).dropped == ()


def test_a_line_in_an_element_of_its_own_below_the_text_is_apart() -> None:
    blocks = blocks_of(
        f'<div class="body">{prose(LONG)}</div>', "<section><div><div><p>Mills, rivers</p></div></div></section>"
    )
    placed = aligned(blocks, *LONG, "Mills, rivers")
    assert [line.text for line in placed.lines if line.apart] == ["Mills, rivers"]


def test_a_page_with_a_drop_cap_comes_out_whole() -> None:
    first = f'<p><span class="drop" aria-hidden="true">{PROSE[0][0]}</span><span>{PROSE[0][1:]}</span></p>'
    result = extracted(page(first, prose(LONG[1:])))
    assert result.article.paragraphs == LONG
