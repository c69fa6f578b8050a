"""Pictures of an article: the right address, caption and credit apart, and no decoration."""

import html
import json
from urllib.parse import urljoin

import pytest

from archive.model.article import Image
from pipelines.images.image_urls import image_key
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


# ------------------------------------------------------------------------------------------------ addresses
@pytest.mark.parametrize(
    ("markup", "url"),
    [
        ('<img src="/i/s.jpg" srcset="/i/m.jpg 1.5x, /i/l.jpg 2x">', "/i/l.jpg"),
        ('<img srcset="/i/q_80,w_400/a.jpg 400w,/i/q_80,w_1600/a.jpg 1600w">', "/i/q_80,w_1600/a.jpg"),
        ('<img srcset=" /i/a.jpg, /i/b.jpg 900w, ">', "/i/b.jpg"),
        ('<img src="data:image/gif;base64,R0" data-srcset="/i/a.jpg 600w, /i/b.jpg 1200w">', "/i/b.jpg"),
        ('<img src="/i/blank.gif" data-lazy-srcset="/i/a.jpg 600w, /i/b.jpg 1200w">', "/i/b.jpg"),
        ('<picture><source srcset="/i/b.webp 1600w"><source srcset="/i/c.webp 800w"><img></picture>', "/i/b.webp"),
        ('<img src="/_next/image?url=%2Fi%2Fa.jpg&amp;w=640&amp;q=75">', "/i/a.jpg"),
        ('<img src="/_next/image?url=https%3A%2F%2Fcdn.test%2Fa.jpg&amp;w=640">', "https://cdn.test/a.jpg"),
        ('<img src="/cdn-cgi/image/width=640,quality=80/i/a.jpg">', "/i/a.jpg"),
        ('<img data-src=\'{"default":{"w":"80","src":"//cdn.test/a.jpg"}}\' src="/i/blank.gif">', "https://cdn.test/a.jpg"),
        ('<img class="lazy" data-id="7"><noscript><img src="/i/a.jpg"></noscript>', "/i/a.jpg"),
        ('<div class="lazy"></div><noscript><img src="/i/a.jpg" srcset="/i/b.jpg 1600w"></noscript>', "/i/b.jpg"),
        ('<img src="/i/a-320x214.jpg" data-orig-file="/i/a.jpg">', "/i/a.jpg"),
        ('<img src="/i/a.jpg" srcset="/i/a-320x214.jpg">', "/i/a.jpg"),
        ('<img src="/i/a.jpg?w=320" srcset="/i/a.jpg?w=640 640w, /i/a.jpg?w=1280 1280w">', "/i/a.jpg?w=1280"),
        ('<amp-img src="/i/a.jpg" width="900" height="600"></amp-img>', "/i/a.jpg"),
        ('<img src="/i/a.jpg" width="16" height="9">', "/i/a.jpg"),
    ],
)  # fmt: skip
def test_the_largest_picture_is_found_wherever_it_is_named(markup: str, url: str) -> None:
    found = [image.url for image in images(f"<figure>{markup}<figcaption>The wheel.</figcaption></figure>")]
    assert found == [urljoin("https://gazette.test/", url)]


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("/i/the-mill-in-june-640x360.jpg", "/i/the-mill-in-june.jpg", True),
        ("/i/the-mill-in-june_1200.jpg", "/x/the-mill-in-june_640.webp", True),
        ("/i/the-mill-in-june.jpg?w=640", "/i/the-mill-in-june.jpg?w=1280&q=80", True),
        ("/i/8f3b2c1d9e7a/master/1000.jpg", "/i/8f3b2c1d9e7a/master/640.jpg", True),
        ("/i/w_640,q_80/abc/one.jpg", "/i/w_1280,q_80/abc/one.jpg", True),
        ("/i/the-mill_c0-47-565-376_s885x516.jpg", "/x/the-mill_c0-41-565-376_s1200x700.jpg", False),
        ("/i/the-mill-in-june_c0-47-565-376_s885x516.jpg", "/x/the-mill-in-june_c0-4-565-376_s1200x700.jpg", True),
        ("/i/mill104~_v-gross16x9.jpg", "/i/mill104~_v-klein.jpg", True),
        ("/i/the-mill-in-june-1.jpg", "/i/the-mill-in-june-2.jpg", False),
        ("/photos/12/1.jpg", "/photos/13/1.jpg", False),
        ("/i/1.jpg", "/i/2.jpg", False),
        ("/show?id=12", "/show?id=13", False),
        ("/2024/01/DSC_0101.jpg", "/2024/01/DSC_0102.jpg", False),
    ],
)
def test_one_picture_in_two_sizes_is_one_picture(first: str, second: str, alike: bool) -> None:  # noqa: FBT001 - a case
    keys = {image_key(f"https://gazette.test{address}") for address in (first, second)}
    assert (len(keys) == 1) is alike


def test_of_one_picture_in_two_sizes_the_larger_is_kept_where_the_first_stands() -> None:
    found = article(
        figure('src="/i/the-mill-in-june.jpg?w=400"'),
        prose(),
        figure('src="/i/the-mill-in-june.jpg?w=1600"', "<figcaption>The mill.</figcaption>"),
    ).images
    (image,) = found
    assert (image.url, image.caption, image.after_paragraph) == (
        "https://gazette.test/i/the-mill-in-june.jpg?w=1600",
        "The mill.",
        0,
    )


# ------------------------------------------------------------------------------------------------ captions, credits
def captioned(text: str) -> str:
    return f"<figure>{{}}<figcaption>{text}</figcaption></figure>"


@pytest.mark.parametrize(
    ("markup", "caption", "credit"),
    [
        (captioned("The mill. <span class='credit'>Runa Holm</span>"), "The mill.", "Runa Holm"),
        (captioned("The mill. Photo: Runa Holm / AFP"), "The mill.", "Photo: Runa Holm / AFP"),
        (captioned("Die Mühle. Foto: Runa Holm/dpa"), "Die Mühle.", "Foto: Runa Holm/dpa"),
        (captioned("Le moulin. © Runa Holm"), "Le moulin.", "© Runa Holm"),
        (captioned("Le moulin. Crédit photo : Runa Holm"), "Le moulin.", "Crédit photo : Runa Holm"),
        (captioned("El molino de agua / Runa Holm"), "El molino de agua", "Runa Holm"),
        (captioned("Il mulino (Foto: Runa Holm)"), "Il mulino", "(Foto: Runa Holm)"),
        (captioned("Het molen. Beeld: Runa Holm"), "Het molen.", "Beeld: Runa Holm"),
        (captioned("Młyn wodny. Fot. Runa Holm"), "Młyn wodny.", "Fot. Runa Holm"),
        (captioned("Мельница. Фото: Руна Холм"), "Мельница.", "Фото: Руна Холм"),
        (captioned("물레방아. [사진 출처 = 루나 홀름]"), "물레방아.", "[사진 출처 = 루나 홀름]"),
        (captioned("Moara. Sursa foto: Runa Holm"), "Moara.", "Sursa foto: Runa Holm"),
        (captioned("水車。写真：ルナ・ホルム"), "水車。", "写真：ルナ・ホルム"),
        (captioned("The mill (Getty Images)"), "The mill", "(Getty Images)"),
        (captioned("It turns. (Runa Holm for The Gazette)"), "It turns.", "(Runa Holm for The Gazette)"),
        ("<figure>{}<figcaption>The mill. </figcaption><cite>Runa Holm</cite></figure>", "The mill.", "Runa Holm"),
        ("<figure>{}</figure><div class='photo-credit'>Runa Holm</div>", None, "Runa Holm"),
        (captioned("The mill.") + "<p>Photo: Runa Holm/Reuters</p>", "The mill.", "Photo: Runa Holm/Reuters"),
        ("<p>{}</p><p class='caption'>The mill.</p>", "The mill.", None),
        ("<div class='wp-caption'>{}<p class='wp-caption-text'>The mill.</p></div>", "The mill.", None),
        ("<dl class='gallery-item'><dt>{}</dt><dd>The mill.</dd></dl>", "The mill.", None),
        ("<table class='photo'><tr><td>{}</td></tr><tr><td>The mill.</td></tr></table>", "The mill.", None),
        (captioned("<button>Enlarge image</button><p>The mill.</p><span>1/5</span>"), "The mill.", None),
        (captioned("<p>The mill.</p><p>The mill.</p>"), "The mill.", None),
        (captioned("The mill, in “Turning (again)”."), "The mill, in “Turning (again)”.", None),
        (captioned("A photo: that was all she wanted"), "A photo: that was all she wanted", None),
    ],
)  # fmt: skip
def test_caption_and_credit_are_read_in_the_markup_and_words_of_many_sites(
    markup: str, caption: str | None, credit: str | None
) -> None:
    (image,) = images(markup.format('<img src="/i/the-mill-in-june.jpg" width="900">'))
    assert (image.caption, image.credit) == (caption, credit)


def test_pictures_in_one_figure_have_their_own_captions() -> None:
    found = images(
        '<figure><img src="/i/1.jpg"><p class=caption>One.</p><img src="/i/2.jpg"><p class=caption>Two.</p></figure>'
    )
    assert [(image.url[-5:], image.caption) for image in found] == [("1.jpg", "One."), ("2.jpg", "Two.")]


@pytest.mark.parametrize("alt", ["DSC_0101.jpg", "IMG_7781", "mill.png", "  ", "<br>"])
def test_the_name_of_a_file_is_no_description(alt: str) -> None:
    (image,) = images(figure(f'src="/i/mill.jpg" alt="{html.escape(alt)}"'))
    assert image.alt is None


# ---------------------------------------------------------------------------------------------- which are the article's
HEAD_IMAGE = '<meta property="og:image" content="https://cdn.gazette.test/w_1200/the-wheel-at-dawn.jpg">'


def test_the_picture_that_the_page_names_as_its_own_is_the_lead() -> None:
    body = figure('src="/i/a-banner-of-some-kind.jpg"') + prose(PROSE[:1]) + figure('src="/i/the-wheel-at-dawn.jpg"')
    found = article(body + prose(PROSE[1:]), head=HEAD_IMAGE).images
    assert [(image.url[-12:], image.lead) for image in found] == [("ome-kind.jpg", False), ("-at-dawn.jpg", True)]


def test_json_ld_names_a_lead_too() -> None:
    said = {"@type": "NewsArticle", "image": [{"@type": "ImageObject", "url": "/i/the-wheel-at-dawn.jpg"}]}
    head = f'<script type="application/ld+json">{json.dumps(said)}</script>'
    body = figure('src="/i/a-banner-of-some-kind.jpg"') + figure('src="/i/the-wheel-at-dawn.jpg"') + prose()
    assert [image.lead for image in article(body, head=head).images] == [False, True]


def test_without_a_name_the_picture_above_the_first_paragraph_is_the_lead() -> None:
    found = article(figure('src="/i/1.jpg"'), prose(PROSE[:2]), figure('src="/i/2.jpg"'), prose(PROSE[2:])).images
    assert [image.lead for image in found] == [True, False]


def test_a_picture_in_the_middle_is_no_lead() -> None:
    assert [image.lead for image in images(figure('src="/i/1.jpg"'))] == [False]


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="card"><a href="/x"><img src="/i/o.jpg" width="300"><h4>The ferry that came back</h4></a></div>',
        '<div><a href="/x"><img src="/i/o.jpg"></a><h4><a href="/x">The ferry that came back twice</a></h4></div>',
        '<div class="related-articles"><img src="/i/o.jpg" width="300"><p>More on this</p></div>',
        '<div class="newsletter-signup"><img src="/i/letter.jpg" width="300"><p>Sign up for our newsletter</p></div>',
        '<div class="author-box"><img src="/i/ilse.jpg" width="200"><p>Ilse Brandt</p></div>',
        '<img src="/i/ilse.jpg" width="200" alt="Portrait of Ilse Brandt">',
        '<img src="https://secure.gravatar.com/avatar/7f?s=200">',
        '<img src="https://pixel.wp.com/g.gif?v=7">',
        '<img src="/i/red-dot.gif" style="visibility: hidden; position: absolute">',
        '<img src="/themes/gazette/logo.png" width="300">',
        '<img src="/static/icons/print.png" width="120">',
    ],
)
def test_pictures_of_other_things_are_not_the_articles(markup: str) -> None:
    head = '<meta name="author" content="Ilse Brandt">'
    assert article(prose(PROSE[:2]), markup, prose(PROSE[2:]), head=head).images == ()


@pytest.mark.parametrize(
    "name",
    ["silicon-valley.jpg", "iconic-mill.jpg", "white-house.jpg", "the-red-button.jpg", "empty-shelves-in-town.jpg"],
)
def test_a_name_that_sounds_like_decoration_is_none(name: str) -> None:
    assert len(images(figure(f'src="/i/{name}" width="900"', "<figcaption>The mill.</figcaption>"))) == 1


def test_a_captioned_logo_is_a_picture() -> None:
    assert len(images(figure('src="/i/mill-company-logo.jpg"', "<figcaption>The new sign.</figcaption>"))) == 1


def test_a_gallery_below_the_text_is_read_to_its_end() -> None:
    gallery = "".join(figure(f'src="/i/{n}.jpg"', f"<figcaption>Paddle number {n}.</figcaption>") for n in range(12))
    assert len(article(prose(), gallery).images) == 12


def test_an_address_holds_no_control_characters_even_where_it_was_encoded() -> None:
    inner = "https://gazette.test/pier%7F%09.jpg"
    images = article(f'<img src="/_next/image?url={inner}&amp;w=1200">', prose(PROSE)).images
    assert [image.url for image in images] == ["https://gazette.test/pier.jpg"]


def test_a_width_of_more_digits_than_python_reads_is_no_icons() -> None:
    (image,) = images(figure(f'src="/mill.jpg" width="{"9" * 5000}" height="{"9" * 5000}"'))
    assert image.url.endswith("/mill.jpg")
