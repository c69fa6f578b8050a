"""The lines below the title for people to read."""

import pytest

from pipelines.metadata.byline import BesideTitle, bold_byline, names_in, read_beside_title, title_element
from pipelines.page.parse import Element, decode, parse
from tests.pipelines.pages import PROSE, TITLE, URL

BODY = "".join(f"<p>{text}</p>" for text in PROSE)


def tree(html: str) -> Element:
    page = parse(decode(html.encode()), URL)
    assert page is not None
    return page.tree


def beside(*lines: str, above: str = "", below: str = BODY) -> BesideTitle:
    return read_beside_title(
        tree(f"<title>{TITLE} | Gazette</title><body>{above}<h1>{TITLE}</h1>{''.join(lines)}{below}")
    )


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>By Ilse Brandt</p>", ("Ilse Brandt",)),
        ("<p>By Ilse Brandt and Teodor Aldana</p>", ("Ilse Brandt", "Teodor Aldana")),
        ("<div>By <a href='/p/1'>Ilse Brandt</a><span>Gazette</span></div>", ("Ilse Brandt",)),
        ("<div>Von <b>Käthe Müßig</b>, Reporterin</div>", ("Käthe Müßig",)),
        ("<p>Par Zoé Lafleur</p>", ("Zoé Lafleur",)),
        ("<p>Por Ana Ruiz, Madrid</p>", ("Ana Ruiz",)),
        ("<div class='byline'>Ilse Brandt<br>Staff Writer</div>", ("Ilse Brandt",)),
        ("<div class='byline'><a>Ilse Brandt</a><a>Share</a><a>Email</a></div>", ("Ilse Brandt",)),
        ("<div class='byline'>Posted by: <span>Ilse Brandt</span></div>", ("Ilse Brandt",)),
        ("<div><span>Ilse Brandt |</span> <span>05.04.2026</span></div>", ("Ilse Brandt",)),
        ("<p>By TPN, 4 May 2026</p>", ()),
        ("<p>By TPN</p>", ("TPN",)),
        ("<p>By Ilse Brandt, dpa</p>", ("Ilse Brandt", "dpa")),
        ("<p class='author'>松岡大地</p>", ("松岡大地",)),
    ],
)
def test_a_byline_names_people(line: str, names: tuple[str, ...]) -> None:
    assert beside(line).authors == names


@pytest.mark.parametrize(
    "line",
    [
        "<p>By the river, the mill turned.</p>",
        "<div class='byline'>Staff Writer</div>",
        "<div class='byline'><a href='/author/admin/'>Ilse Brandt</a></div>",
        "<p>New York | 4 May 2026</p>",
        "<p>Key Points</p>",
        "<div class='meta'>In <a>Local News</a>, <a>News</a></div>",
        "<div class='share'>By Ilse Brandt</div>",
        "<p>2026年5月4日 | 小字号</p>",
    ],
)
def test_what_is_no_byline_names_nobody(line: str) -> None:
    assert beside(line).authors == ()


def test_a_byline_below_the_header_of_the_article_is_found() -> None:
    html = f"<body><header><div><h1>{TITLE}</h1></div><div><p>By Ilse Brandt</p></div></header>{BODY}"
    assert read_beside_title(tree(html)).authors == ("Ilse Brandt",)


def test_a_byline_below_the_first_paragraph_is_that_of_something_else() -> None:
    assert beside(below=f"<p>{PROSE[0]}</p><p>By Ilse Brandt</p>") == BesideTitle()


def test_a_list_of_other_articles_below_the_title_tells_nothing() -> None:
    teasers = "<ul><li><h2><a href='/1'>Ferry stops</a></h2><p>By Ilse Brandt</p><p>4 May 2026</p></li></ul>"
    assert beside(below=teasers) == BesideTitle()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<p>4 May 2026</p>", "2026-05-04"),
        ("<p>Published: May 4, 2026 at 10:30</p>", "2026-05-04"),
        ("<time>4. Mai 2026, 10:30 Uhr</time>", "2026-05-04"),
        ("<div>Port Almond, 4 de mayo de 2026</div>", "2026-05-04"),
        ("<p>Published 4 May 2026, updated 6 May 2026</p>", "2026-05-04"),
        ("<p>Updated 6 May 2026</p>", None),
        ("<p>Stand: 06.05.2026</p>", None),
        ("<p>The ferry sank on 4 May 2026.</p>", None),
        ("<p>In the night of 4 May 2026 all of the lights on the old pier by the market went out at once</p>", None),
        ("<p>04/05/2026</p>", None),
    ],
)
def test_a_dateline_is_a_day_and_little_else(line: str, day: str | None) -> None:
    published = beside(line).published
    assert (published and published.when.date().isoformat()) == day
    assert published is None or (published.source, published.precision, published.zoned) == ("html", "day", False)


def test_the_title_is_the_heading_that_the_window_repeats() -> None:
    page = tree(f"<title>{TITLE} | Gazette</title><body><h1>The Canal Gazette</h1><h1>{TITLE}</h1>")
    assert title_element(page).text == TITLE
    assert title_element(tree("<h1> </h1><h1>Mill</h1>")).text == "Mill"
    assert title_element(tree("<p>x</p>")) is None


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("<p><strong>Mohloai Mpesi</strong></p>", ("Mohloai Mpesi",)),
        ("<p><b>Ilse Brandt / Teodor Aldana</b></p>", ("Ilse Brandt", "Teodor Aldana")),
        ("<p><em>Half the town had come</em></p><p><strong>ILSE BRANDT</strong></p>", ("ILSE BRANDT",)),
        ("<p><strong>Ilse Brandt</strong> was there.</p>", ()),
        ("<p><strong>Key Points</strong></p><p>The points are few, and none of them is key.</p>", ()),
        ("<p><strong>Los Angeles</strong></p>", ()),
        ("<p><strong>What we know</strong></p>", ()),
    ],
)
def test_a_bold_paragraph_before_the_text_may_be_the_byline(first: str, names: tuple[str, ...]) -> None:
    assert bold_byline(tree(f"<h1>{TITLE}</h1>{first}{BODY}")) == names


def test_a_bold_name_below_the_first_paragraph_is_no_byline() -> None:
    assert bold_byline(tree(f"<h1>{TITLE}</h1><p>{PROSE[0]}{PROSE[1]}</p><p><b>Ilse Brandt</b></p>")) == ()


def test_names_end_where_something_else_begins() -> None:
    line = "<p><a>Ilse Brandt</a> and <a>Teodor Aldana</a><span>Political Editor</span><a>Runa Holm</a></p>"
    assert names_in(tree(line).find(".//p")) == ("Ilse Brandt", "Teodor Aldana")
