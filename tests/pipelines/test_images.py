"""Pictures of an article: the right address, caption and credit apart, and no decoration."""

import pytest

from archive.models import Image
from tests.pipelines.pages import PROSE, article, prose


def images(*blocks: str) -> tuple[Image, ...]:
    """The images of an article with these blocks after its second paragraph."""
    return article(prose(PROSE[:2]), *blocks, prose(PROSE[2:])).images


def figure(attributes: str, inside: str = "") -> str:
    return f"<figure><img {attributes}>{inside}</figure>"


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('src="/i/mill.jpg"', "https://gazette.test/i/mill.jpg"),
        ('src="//cdn.gazette.test/mill.jpg"', "https://cdn.gazette.test/mill.jpg"),
        ('src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/i/mill.jpg"', "https://gazette.test/i/mill.jpg"),
        ('src="/i/placeholder.png" data-lazy-src="/i/mill.jpg"', "https://gazette.test/i/mill.jpg"),
        ('data-original="/i/mill.jpg"', "https://gazette.test/i/mill.jpg"),
        ('src="/i/mill.jpg?w=1200&amp;h=800"', "https://gazette.test/i/mill.jpg?w=1200&h=800"),
        ('srcset="/i/400.jpg 400w, /i/800.jpg 800w, /i/1600.jpg 1600w"', "https://gazette.test/i/1600.jpg"),
        ('srcset="/i/1600.jpg 1600w, /i/800.jpg 800w, /i/400.jpg 400w"', "https://gazette.test/i/1600.jpg"),
        ('srcset="/i/w_400,q_8/mill.jpg 400w, /i/w_900,q_8/mill.jpg 900w"', "https://gazette.test/i/w_900,q_8/mill.jpg"),
    ],
)  # fmt: skip
def test_the_address_is_the_real_one_in_full(attributes: str, url: str) -> None:
    assert [image.url for image in images(figure(attributes))] == [url]


@pytest.mark.parametrize(
    "attributes",
    [
        'src="/i/avatar.jpg"',
        'src="/i/logo.png"',
        'src="/i/spacer.gif"',
        'src="/i/mill.svg"',
        'src="/i/mill.jpg" width="1" height="1"',
        'src="/i/mill.jpg" width="48px"',
        'src="/i/mill.jpg" class="emoji"',
        'src="javascript:alert(1)"',
        'src="http://[bad"',
        'src=""',
        'alt="nothing"',
    ],
)
def test_decoration_is_no_image_of_the_article(attributes: str) -> None:
    assert images(figure(attributes)) == ()


def test_caption_and_credit_are_told_apart() -> None:
    (image,) = images(
        figure(
            'src="/i/mill.jpg" alt=" The  wheel "',
            "<figcaption>The wheel, on Sunday.</figcaption><div class='credit'>Runa Holm</div>",
        )
    )
    assert image == Image(
        url="https://gazette.test/i/mill.jpg",
        caption="The wheel, on Sunday.",
        credit="Runa Holm",
        alt="The wheel",
        after_paragraph=2,
    )


def test_an_image_is_placed_between_the_paragraphs_it_stands_between() -> None:
    found = article(
        figure('src="/i/0.jpg"'),
        prose(PROSE[:1]),
        figure('src="/i/1.jpg"'),
        prose(PROSE[1:3]),
        figure('src="/i/3.jpg"'),
        prose(PROSE[3:]),
    ).images
    assert [(image.url[-5:], image.after_paragraph) for image in found] == [("0.jpg", 0), ("1.jpg", 1), ("3.jpg", 3)]


def test_an_image_shown_twice_is_one_image() -> None:
    assert len(images(figure('src="/i/mill.jpg"'), figure('src="/i/mill.jpg"'))) == 1


def test_images_of_sidebars_and_related_articles_are_not_the_articles() -> None:
    teaser = '<aside class="related"><a href="/x"><img src="/i/other.jpg" width="300"><p>Another story</p></a></aside>'
    footer = '<footer><img src="/i/town.jpg" width="300"></footer>'
    assert images(teaser, footer) == ()


def test_an_image_in_a_noscript_twin_is_not_read_twice() -> None:
    lazy = '<figure><img data-src="/i/mill.jpg"><noscript><img src="/i/mill.jpg?nojs"></noscript></figure>'
    assert [image.url for image in images(lazy)] == ["https://gazette.test/i/mill.jpg"]
