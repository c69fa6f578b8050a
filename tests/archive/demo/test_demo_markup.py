import pytest

from archive.demo.markup import BlockKind, Picture, inline_html, paginate, parse, plain


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("Just a *plain* line.", BlockKind.PARAGRAPH, ("Just a plain line.",)),
        ("## The bell", BlockKind.SUBHEAD, ("The bell",)),
        ("> “So he said,” she said.", BlockKind.QUOTE, ("“So he said,” she said.",)),
        (">> So he said. | The captain", BlockKind.PULL_QUOTE, ()),
        ("- one\n- [two](http://x.test/)", BlockKind.LIST, ("one", "two")),
        ("! a.jpg | A caption. | A credit", BlockKind.PICTURE, ()),
        ("~ Another story | slug", BlockKind.PROMO, ()),
        ("@ 2026-11-14T20:47:00+00:00 | Alongside", BlockKind.ENTRY, ("Alongside",)),
    ],
)
def test_a_block_knows_its_kind_and_what_of_it_is_kept(text: str, kind: BlockKind, kept: tuple[str, ...]) -> None:
    (block,) = parse(text)
    assert (block.kind, block.kept) == (kind, kept)


def test_a_gallery_has_its_pictures_on_the_lines_below() -> None:
    (block,) = parse("!! A night\n! a.jpg | One. | Me\n! b.jpg | Two.")
    assert block.text == "A night"
    assert block.pictures == (Picture(file="a.jpg", caption="One.", credit="Me"), Picture(file="b.jpg", caption="Two."))


def test_a_dash_inside_a_line_makes_no_list() -> None:
    (block,) = parse("-5 degrees it was - cold")
    assert block.kind is BlockKind.PARAGRAPH


def test_pages_end_at_a_page_break() -> None:
    pages = paginate(parse("one\n\n===\n\ntwo\n\nthree"))
    assert [[block.text for block in page] for page in pages] == [["one"], ["two", "three"]]


def test_inline_markup_becomes_html_with_the_rest_escaped() -> None:
    assert inline_html("a < *b* [c](http://x.test/)") == 'a &lt; <em>b</em> <a href="http://x.test/">c</a>'
    assert plain("a < *b* [c](http://x.test/)") == "a < b c"
