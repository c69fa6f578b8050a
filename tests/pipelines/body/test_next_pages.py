"""Articles on several pages."""

from dataclasses import replace

import pytest

from archive.model.article import Article, Clutter, ClutterKind, Extraction, Image
from pipelines.body.next_pages import is_next_part, join

FIRST = "https://gazette.test/town/mill"


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (FIRST, FIRST + "/2"),
        (FIRST, FIRST + "/2/"),
        (FIRST, FIRST + "/page/2/"),
        (FIRST, FIRST + "-2"),
        (FIRST, FIRST + "_2"),
        (FIRST, FIRST + ",2"),
        (FIRST, FIRST + "-page-2"),
        (FIRST, FIRST + "/seite-2"),
        (FIRST, FIRST + "?page=2"),
        (FIRST + "?id=7", FIRST + "?id=7&p=2"),
        (FIRST + ".html", FIRST + "-2.html"),
        (FIRST + "/", FIRST + "/2/"),
        ("http://gazette.test/town/mill", "https://www.gazette.test/town/mill?page=2"),
    ],
)
def test_a_page_number_added_to_the_address_is_the_next_part(first: str, following: str) -> None:
    assert is_next_part(first, following)


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (FIRST, FIRST),
        (FIRST, "https://gazette.test/town/miller"),
        (FIRST, "https://gazette.test/town/mill-reopens"),
        (FIRST, "https://gazette.test/town/mill/1"),
        (FIRST, "https://gazette.test/town/mill/2026"),
        (FIRST, "https://gazette.test/town/another-2"),
        (FIRST, "https://elsewhere.test/town/mill/2"),
        (FIRST, FIRST + "?print=1"),
        (FIRST, FIRST + "?page=2&print=1"),
        (FIRST, FIRST + "?page=last"),
        (FIRST + "?id=7", FIRST + "?id=8"),
        (FIRST + "?id=7", FIRST + "/2"),
        ("https://gazette.test/", "https://gazette.test/2"),
    ],
)
def test_another_article_is_no_next_part(first: str, following: str) -> None:
    assert not is_next_part(first, following)


def part(number: int) -> Extraction:
    article = Article(
        url=f"{FIRST}/{number}",
        title=f"Page {number}",
        paragraphs=(f"{number}a", f"{number}b"),
        images=(Image(url=f"https://gazette.test/{number}.jpg", after_paragraph=1),),
    )
    cut = Clutter(kind=ClutterKind.CREDIT, text=f"credit {number}", rule="credit-line", after_paragraph=2)
    return Extraction(article=article, clutter=(cut,), notes=(f"note {number}",))


def test_text_images_and_cuts_of_the_parts_follow_one_another() -> None:
    joined = join([part(1), part(2), part(3)])

    assert joined.article.paragraphs == ("1a", "1b", "2a", "2b", "3a", "3b")
    assert [image.after_paragraph for image in joined.article.images] == [1, 3, 5]
    assert [(cut.text, cut.after_paragraph) for cut in joined.clutter] == [
        ("credit 1", 2),
        ("credit 2", 4),
        ("credit 3", 6),
    ]
    assert joined.article.title == "Page 1"
    assert joined.notes == ("note 1", "pages: 3")


def test_a_part_alone_stays_as_it_is() -> None:
    assert join([part(1)]) == part(1)


def test_a_part_that_could_not_be_read_is_noted() -> None:
    assert join([part(1)], missing="HTTP 503").notes == (
        "note 1",
        "truncated: the next page could not be read (HTTP 503)",
    )


def test_a_picture_on_every_page_is_one_picture_and_the_lead_is_the_first_pages() -> None:
    shown = [
        Image(url="https://gazette.test/i/the-mill-in-june-640x360.jpg", lead=True),
        Image(url="https://gazette.test/i/the-mill-in-june-1280x720.jpg", lead=True),
        Image(url="https://gazette.test/i/the-wheel-by-night.jpg", lead=True),
    ]
    parts = [replace(part(n), article=replace(part(n).article, images=(image,))) for n, image in enumerate(shown)]

    images = join(parts).article.images

    assert [(image.url, image.after_paragraph, image.lead) for image in images] == [
        (shown[0].url, 0, True),
        (shown[2].url, 4, False),
    ]
