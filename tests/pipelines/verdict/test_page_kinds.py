"""The sorts of articles: live blogs, opinion, wire copy, galleries, videos."""

import pytest

from archive.model.article import PageKind
from archive.model.outcome import Outcome
from tests.pipelines.pages import TITLE, URL, extracted, page
from tests.pipelines.verdict.own_pages import SHORT, WHOLE, ld


def posts(count: int) -> str:
    return "".join(
        f'<div class="post" id="p{n}"><h3>1{n}:0{n}</h3><p>Bridge number {n} has been opened, says the harbour master. '
        "A small crowd is waiting on the quay, and a band has begun to play.</p></div>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("title", "url", "blocks", "head"),
    [
        ("The bridges open", URL, posts(1), ld("LiveBlogPosting")),
        ("Live: the bridges open one by one", "https://gazette.test/live/bridges", posts(5), ""),
        ("Bridges open – live updates", "https://gazette.test/town/bridges-live-updates", posts(5), ""),
        ("Brücken im Liveticker: Alle sieben gehen auf", "https://zeitung.test/ort/liveticker-bruecken", posts(5), ""),
        ("EN DIRECT : les sept ponts s’ouvrent", "https://journal.test/ville/en-direct-ponts", posts(5), ""),
    ],
)
def test_a_live_blog_is_named_so(title: str, url: str, blocks: str, head: str) -> None:
    result = extracted(page(f"<p>{SHORT}</p>", blocks, head=head, title=title), url)
    assert (result.article.kind, result.outcome) == (PageKind.LIVEBLOG, Outcome.SAVED)


def test_an_article_with_live_in_its_title_is_none() -> None:
    result = extracted(page(WHOLE, title="Live: what it takes to keep a mill alive"))
    assert result.article.kind == PageKind.ARTICLE


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://gazette.test/opinion/the-mill", ""),
        ("https://gazette.test/commentisfree/2026/nov/18/the-mill", ""),
        ("https://zeitung.test/meinung/die-muehle", ""),
        ("https://diario.test/opinión/el-molino", ""),
        (URL, '<meta property="article:section" content="Editorials">'),
        (URL, '<meta property="article:opinion" content="true">'),
        (URL, ld("OpinionNewsArticle")),
    ],
)
def test_opinion_is_told_by_type_section_or_address(url: str, head: str) -> None:
    assert extracted(page(WHOLE, head=head), url).article.kind == PageKind.OPINION


def test_a_word_in_an_articles_own_name_makes_it_no_opinion() -> None:
    assert extracted(page(WHOLE), "https://gazette.test/town/opinion").article.kind == PageKind.ARTICLE


@pytest.mark.parametrize(
    ("head", "first", "last"),
    [
        (ld("NewsArticle", author={"@type": "Organization", "name": "Reuters"}), "", ""),
        (ld("NewsArticle", author={"@type": "Person", "name": "Jane Doe, Associated Press"}), "", ""),
        (ld("NewsArticle", author=["AFP", "dpa"]), "", ""),
        (ld("NewsArticle", sourceOrganization={"@type": "Organization", "name": "Agencia EFE"}), "", ""),
        ('<meta name="author" content="dpa/lno">', "", ""),
        ("", "PORT ALMOND, Nov 3 (Reuters) - ", ""),
        ("", "Port Almond (dpa) - ", ""),
        ("", "ST. JOSEPH, Mich. (AP) — ", ""),
        ("", "【上海共同】", ""),
        ("", "(ANSA) - PORT ALMOND, 3 NOV - ", ""),
        ("", "新华社上海11月3日电 ", ""),
        ("", "(서울=연합뉴스) ", ""),
        ("", "", "<p>© dpa-infocom, dpa:261103-930-14711/2</p>"),
    ],
)
def test_wire_copy_is_told_by_byline_dateline_or_last_line(head: str, first: str, last: str) -> None:
    result = extracted(page(WHOLE.replace("<p>", f"<p>{first}", 1), last, head=head))
    assert (result.article.kind, result.outcome) == (PageKind.WIRE, Outcome.SAVED), result.notes


@pytest.mark.parametrize(
    ("url", "author"),
    [
        ("https://www.reuters.com/world/the-mill", "Reuters"),
        ("https://apnews.com/article/mill", "Jane Doe, Associated Press"),
        (URL, "Jane Doe and Reuters"),
        (URL, "Ana Efe"),
        (URL, "Ap Visser"),
    ],
)
def test_what_an_agency_prints_itself_or_only_helped_with_is_no_wire_copy(url: str, author: str) -> None:
    assert extracted(page(WHOLE, head=ld("NewsArticle", author=author)), url).article.kind == PageKind.ARTICLE


def figures(count: int) -> str:
    return "".join(
        f'<figure><img src="/i/bridge-over-the-canal-{n}.jpg" width="900"><figcaption>Bridge number {n} on an evening '
        f"in November, with the band on the quay and the mayor in row three, asleep. Photo: Runa Holm</figcaption>"
        "</figure>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (ld("ImageGallery", name=TITLE), URL),
        ("", "https://gazette.test/pictures/bridges"),
        ("", "https://zeitung.test/bildergalerie/bruecken"),
        ("", "https://journal.test/diaporama/ponts"),
        ('<script type="application/ld+json">{"@type": ["WebPage", "MediaGallery"]}</script>', URL),
    ],
)
def test_a_gallery_with_long_captions_is_a_gallery(head: str, url: str) -> None:
    result = extracted(page(f"<p>{SHORT}</p>", figures(8), head=head), url)
    assert result.article.kind == PageKind.GALLERY


def test_a_long_article_with_many_pictures_is_no_gallery() -> None:
    assert extracted(page(WHOLE, figures(8), WHOLE)).article.kind == PageKind.ARTICLE


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (ld("VideoObject", name=TITLE), URL),
        ('<meta property="og:type" content="video.other">', URL),
        ('<meta property="og:type" content="video.movie">', "https://gazette.test/watch/mill"),
        (ld("NewsArticle") + ld("VideoObject", name=TITLE), "https://gazette.test/video/mill"),
        ("<body class='single-format-video'>", URL),
    ],
)
def test_a_video_with_two_sentences_is_a_video(head: str, url: str) -> None:
    text = "<p>The water mill below the weir turned again on Sunday, after forty years. Half the town came.</p>"
    body = page(text * 2, head=head, article=False)
    if "<body" in head:
        body = body.replace(head, "").replace("<body>", head)
    assert extracted(body, url).article.kind == PageKind.VIDEO


def test_an_article_with_a_video_in_it_is_an_article() -> None:
    head = ld("NewsArticle") + ld("VideoObject", name=TITLE)
    assert extracted(page(WHOLE, head=head), "https://gazette.test/video/mill").article.kind == PageKind.ARTICLE
