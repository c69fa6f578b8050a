"""What is known of a line from its place on the page."""

from pipelines.body.lines import Scene, describe
from pipelines.body.trafilatura import TextLine
from pipelines.clutter.draft import Line
from pipelines.compare import key
from pipelines.page.blocks import index
from pipelines.page.parse import decode, parse
from tests.pipelines.pages import PROSE, URL, page, prose


def described(html: str, *below: str, tag: str = "p", cut: tuple[str, ...] = ()) -> Line:
    """Make the line that the first block of some HTML becomes; `cut` are texts below it that some rule took out."""
    parsed = parse(decode(page(html, *below, prose()).encode()), URL)
    assert parsed is not None
    blocks = index(parsed.tree).blocks
    keys = [key(block.text) if block.text not in cut else "" for block in blocks]
    return describe(TextLine(text=blocks[1].text, tag=tag, group=7), 1, Scene(blocks, keys, URL))


def test_the_shares_of_links_and_of_bold_and_italic_type_are_told() -> None:
    line = described("<p><b>Bold</b><i>Tilt</i><a href='/x'>Link</a>none</p>")
    assert (line.bold, line.italic, line.linked) == (0.25, 0.25, 0.25)


def test_a_line_keeps_its_group_and_its_place() -> None:
    line = described("<p>The wheel</p>")
    assert (line.text, line.group, line.place, line.tag) == ("The wheel", 7, 1, "p")


def test_what_stands_in_a_heading_is_one_and_what_was_told_as_a_list_stays_a_list() -> None:
    assert described("<h3>The wheel</h3>").tag == "head"
    assert described("<h3>The wheel</h3>", tag="item").tag == "item"


def test_marks_are_the_names_around_a_line_up_to_the_article() -> None:
    line = described('<div id="Roof"><p class="Small Print"><span class="inner">The wheel</span></p></div>')
    assert set(line.marks.split()) == {"small", "print", "roof"}


def test_a_heading_of_two_links_is_told_by_what_is_left_below_it() -> None:
    links = ('<p><a href="/a">The saw mill</a></p>', '<p><a href="/b">The weir</a></p>')
    assert described("<h2>Also here</h2>", *links).heads_links
    assert not described("<h2>Also here</h2>", links[0]).heads_links
    assert not described("<h2>Also here</h2>", *links, cut=("The weir",)).heads_links


def test_a_link_behind_a_label_is_labelled() -> None:
    link = '<a href="/w">Storm reaches the coast by night</a>'
    assert described(f"<p>Weather: {link}</p>").labelled
    assert not described(f"<p>Weather: {link} and all the boats are in.</p>").labelled
    assert not described(f"<p>{link}</p>").labelled


def test_links_lead_away_where_all_of_them_leave_the_site() -> None:
    assert described('<p>See <a href="https://museum.example/mills">the museum</a></p>').away
    assert not described('<p>See <a href="https://www.gazette.test/mills">our own</a></p>').away
    assert not described('<p>See <a href="/mills">our own</a></p>').away
    assert not described('<p>See <a href="https://museum.example/">it</a>, <a href="/mills">ours</a></p>').away
    assert not described('<p>See <a href="http://[bad">it</a></p>').away
    assert not described("<p>No link</p>").away


def test_a_line_in_the_header_of_the_title_is_told() -> None:
    assert described("<header><div><p>The wheel</p></div><h1>The mill</h1></header>").in_header
    assert not described("<p>The wheel</p>").in_header


def test_items_of_one_list_share_its_number() -> None:
    parsed = parse(decode(page("<ul><li>one<li>two</ul><ol><li>three</ol>", f"<p>{PROSE[0]}</p>").encode()), URL)
    assert parsed is not None
    blocks = index(parsed.tree).blocks
    scene = Scene(blocks, [key(block.text) for block in blocks], URL)
    lists = [describe(TextLine(text=blocks[at].text, tag="item", group=at), at, scene).list for at in range(1, 5)]
    assert lists == [0, 0, 1, -1]
