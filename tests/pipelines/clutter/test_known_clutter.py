"""Clutter of every known kind put into a page: it goes to the ledger where it stood, and the paragraphs stay."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model.article import ClutterKind
from tests.pipelines.pages import LONG, extracted, page, prose

some = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
# Cases that are right and fail, each with what is wrong.
KNOWN_TO_FAIL: dict[str, str] = {
    "caption-in-a-link": "the picture is lost",
    "caption-in-spans": "the caption is glued to the credit",
    "span-in-a-paragraph": "the caption is in the ledger twice, and not with its picture",
}


@pytest.fixture(autouse=True)
def known_to_fail(request: pytest.FixtureRequest) -> None:
    case = request.node.callspec.id if hasattr(request.node, "callspec") else ""
    if case in KNOWN_TO_FAIL:
        request.applymarker(pytest.mark.xfail(reason=KNOWN_TO_FAIL[case], strict=True))


# Pieces as they stand in pages, each with a text of it that must be in the ledger.
CLUTTER = {
    "advert": ('<div class="ad-slot" id="mpu-1"><span class="ad-label">Advertisement</span></div>', "Advertisement"),
    "app": (
        '<div class="app-promo"><p>Read faster with our app.</p><a href="/app">Get it here</a></div>',
        "Read faster with our app.",
    ),
    "bio": (
        '<div class="author-bio"><p>Jane Doe is a reporter at the Gazette, where she covers rivers.</p></div>',
        "Jane Doe is a reporter at the Gazette",
    ),
    "caption": (
        (
            '<figure class="wp-caption"><img src="/wheel.jpg" width="640" height="400" alt="">'
            "<figcaption>The wheel of the mill, seen from the weir on a Sunday morning.</figcaption></figure>"
        ),
        "The wheel of the mill, seen from the weir on a Sunday morning.",
    ),
    "caption-of-old": (
        (
            '<div class="wp-caption aligncenter"><img src="/roof.jpg" width="640" height="400" alt="">'
            '<p class="wp-caption-text">Swallows under the old roof of the mill in late July.</p></div>'
        ),
        "Swallows under the old roof of the mill in late July.",
    ),
    "comments": (
        (
            '<div id="comments" class="comments-area"><ol class="comment-list"><li class="comment"><p>My grandfather '
            "carted oats to that mill and never once came home with all of them, he said.</p></li></ol>"
            '<div id="respond" class="comment-respond"><h3>Leave a Reply</h3></div></div>'
        ),
        "My grandfather carted oats to that mill",
    ),
    "gallery": (
        (
            '<div class="gallery"><h4 class="gallery-title">A day at the mill</h4><figure><img src="/bag.jpg" '
            'width="640" height="400" alt=""><figcaption>The first bag of flour.</figcaption></figure></div>'
        ),
        "The first bag of flour.",
    ),
    "like": (
        (
            '<div class="sharedaddy sd-block sd-like jetpack-likes-widget-wrapper"><h3 class="sd-title">Like this:</h3>'
            '<span class="loading">Loading...</span></div>'
        ),
        "Like this:",
    ),
    "newsletter": (
        (
            '<div class="newsletter-signup"><h3>The Morning Mill</h3><p>News of the river in your inbox every '
            'Friday.</p><form><input type="email"><button>Sign up</button></form></div>'
        ),
        "News of the river in your inbox every Friday.",
    ),
    "read-also": (
        '<p><strong>Read also:</strong> <a href="/saw">The saw mill that nobody has the heart to close</a></p>',
        "The saw mill that nobody has the heart to close",
    ),
    "related": (
        (
            '<div class="related-articles"><h3>Related</h3><ul><li><a href="/a">How a sluice was lost at cards</a></li>'
            '<li><a href="/b">The bend that gave the town its name</a></li></ul></div>'
        ),
        "How a sluice was lost at cards",
    ),
    "share": (
        '<div class="share-buttons"><span>Share this:</span><a href="#f">Facebook</a><a href="#w">WhatsApp</a></div>',
        "Share this:",
    ),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(CLUTTER)), st.integers(0, len(LONG))), min_size=1, max_size=5))
@some
def test_known_clutter_anywhere_in_a_page_leaves_its_paragraphs_as_they_were(found: list[tuple[str, int]]) -> None:
    result = extracted(with_clutter(found))
    assert result.article.paragraphs == LONG
    ledger = "".join(cut.text for cut in result.clutter)
    assert [name for name, at in found if 0 < at < len(LONG) and CLUTTER[name][1] not in ledger] == []


@given(st.lists(st.tuples(st.sampled_from(sorted(CLUTTER)), st.integers(1, len(LONG) - 1)), min_size=1, max_size=5))
@some
def test_clutter_is_in_the_ledger_where_it_stood(found: list[tuple[str, int]]) -> None:
    result = extracted(with_clutter(found))
    places = [(cut.after_paragraph, cut.text) for cut in result.clutter]
    for name, at in found:
        assert [place for place, text in places if place == at and CLUTTER[name][1] in text], (name, at, places)


def with_clutter(found: list[tuple[str, int]]) -> str:
    """A page with each piece of clutter before the paragraph of that number."""
    blocks = [f"<p>{text}</p>" for text in LONG]
    for name, at in sorted(found, key=lambda pair: -pair[1]):
        blocks.insert(at, CLUTTER[name][0])
    return page(*blocks)


# Labels, in the languages of the news ---------------------------------------------------------------------------------

# Language: an advert's label, what stands before a link to another article, what stands before a photographer's name.
LABELS = {
    "ar": ("إعلان", "اقرأ أيضا", "تصوير"),
    "cs": ("Reklama", "Čtěte také", "Foto"),
    "da": ("Annonce", "Læs også", "Foto"),
    "de": ("Anzeige", "Lesen Sie auch", "Foto"),
    "el": ("Διαφήμιση", "Διαβάστε επίσης", "Φωτογραφία"),
    "en": ("Advertisement", "Read also", "Photo"),
    "es": ("Publicidad", "Lea también", "Foto"),
    "fi": ("Mainos", "Lue myös", "Kuva"),
    "fr": ("Publicité", "À lire aussi", "Photo"),
    "he": ("פרסומת", "קראו גם", "צילום"),
    "hi": ("विज्ञापन", "यह भी पढ़ें", "फोटो"),
    "hu": ("Hirdetés", "Olvassa el ezt is", "Fotó"),
    "id": ("Iklan", "Baca juga", "Foto"),
    "it": ("Pubblicità", "Leggi anche", "Foto"),
    "ja": ("広告", "関連記事", "写真"),
    "ko": ("광고", "관련기사", "사진"),
    "nl": ("Advertentie", "Lees ook", "Foto"),
    "no": ("Annonse", "Les også", "Foto"),
    "pl": ("Reklama", "Czytaj też", "Fot."),
    "pt": ("Publicidade", "Leia também", "Foto"),
    "ro": ("Publicitate", "Citește și", "Foto"),
    "ru": ("Реклама", "Читайте также", "Фото"),
    "sv": ("Annons", "Läs också", "Foto"),
    "tr": ("Reklam", "İlgili haber", "Fotoğraf"),
    "uk": ("Реклама", "Читайте також", "Фото"),
    "vi": ("Quảng cáo", "Xem thêm", "Ảnh"),
    "zh": ("广告", "相关阅读", "摄影"),
}  # fmt: skip
BETWEEN = {
    "advert": "<p>{0}</p>",
    "read-also": '<p><strong>{1}:</strong> <a href="/pond">Otters return to the lower pond</a></p>',
    "read-also-without-a-space": '<p><b>{1}</b><a href="/pond">Otters return to the lower pond</a></p>',
    "credit": '<p><img src="/mill.jpg" width="640" height="400" alt=""></p><p>{2}: Jane Doe</p>',
}


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("what", BETWEEN)
def test_a_line_with_a_label_goes_and_its_neighbours_stay(what: str, language: str) -> None:
    between = BETWEEN[what].format(*LABELS[language])
    result = extracted(page(prose(LONG[:4]), between, prose(LONG[4:])))
    assert result.article.paragraphs == LONG


# Captions, in every markup that was met -------------------------------------------------------------------------------

CAPTION = "The wheel of the mill on Sunday morning, before anybody had thought of a name for it"
# Each with IMG for the picture and TEXT for its caption.
CAPTIONED = {
    "amp": (
        '<figure><amp-img src="/wheel.jpg" width="640" height="400"></amp-img><figcaption>TEXT</figcaption></figure>'
    ),
    "block-editor": (
        '<div class="wp-block-image"><figure>IMG<figcaption class="wp-element-caption">TEXT</figcaption></figure></div>'
    ),
    "caption-in-a-link": '<figure><a href="/wheel.html">IMG<figcaption>TEXT</figcaption></a></figure>',
    "caption-in-paragraphs": "<figure>IMG<figcaption><p>TEXT</p><p>Photo: Jane Doe</p></figcaption></figure>",
    "caption-in-spans": (
        '<figure>IMG<figcaption><span class="caption">TEXT</span><span class="credit">Jane Doe/AFP</span>'
        "</figcaption></figure>"
    ),
    "classic": (
        '<div id="attachment_9" class="wp-caption alignnone" style="width: 650px">IMG'
        '<p class="wp-caption-text">TEXT</p></div>'
    ),
    "definition-list": (
        '<dl class="wp-caption alignright"><dt class="wp-caption-dt">IMG</dt><dd class="wp-caption-dd">TEXT</dd></dl>'
    ),
    "div-after-image": '<div class="article-image">IMG</div><div class="image-caption">TEXT</div>',
    "div-of-a-gallery": (
        '<div class="slideshow"><div class="slide">IMG<div class="slide-caption">TEXT</div></div></div>'
    ),
    "div-photo": '<div class="photo">IMG<div>TEXT</div></div>',
    "drupal": (
        '<div class="field field--name-field-media"><div class="field__item">IMG</div>'
        '<div class="field field--name-field-caption">TEXT</div></div>'
    ),
    "figure": "<figure>IMG<figcaption>TEXT</figcaption></figure>",
    "figure-with-a-div": '<figure>IMG<div class="caption">TEXT</div></figure>',
    "german": '<div class="bild">IMG<p class="bildunterschrift">TEXT</p></div>',
    "itemprop": '<div itemprop="image">IMG<span itemprop="caption">TEXT</span></div>',
    "joomla": '<div class="img_caption none">IMG<p class="img_caption">TEXT</p></div>',
    "lightbox": '<a class="lightbox" href="/wheel-big.jpg">IMG</a><div class="lightbox-caption">TEXT</div>',
    "old-table": '<table align="right" width="220"><tr><td>IMG</td></tr><tr><td>TEXT</td></tr></table>',
    "paragraph-with-a-class": '<p>IMG</p><p class="caption">TEXT</p>',
    "picture": (
        '<figure><picture><source srcset="/wheel.webp" type="image/webp">IMG</picture><figcaption>TEXT'
        "</figcaption></figure>"
    ),
    "span-in-a-paragraph": '<p>IMG<span class="media-caption">TEXT</span></p>',
    "spanish": '<div class="foto">IMG<p class="pie-de-foto">TEXT</p></div>',
    "squarespace": (
        '<figure class="sqs-block-image-figure">IMG<figcaption class="image-caption-wrapper">'
        '<div class="image-caption"><p>TEXT</p></div></figcaption></figure>'
    ),
    "tailwind": '<figure class="my-8">IMG<figcaption class="mt-2 text-sm text-gray-500">TEXT</figcaption></figure>',
}


@pytest.mark.parametrize("markup", CAPTIONED)
def test_a_caption_goes_to_its_picture_and_to_the_ledger(markup: str) -> None:
    picture = CAPTIONED[markup].replace("IMG", '<img src="/wheel.jpg" width="640" height="400" alt="">')
    result = extracted(page(prose(LONG[:4]), picture.replace("TEXT", CAPTION), prose(LONG[4:])))
    assert result.article.paragraphs == LONG
    cuts = [(cut.kind, cut.after_paragraph) for cut in result.clutter if CAPTION in cut.text]
    assert cuts == [(ClutterKind.CAPTION, 4)]
    assert [(image.caption, image.after_paragraph) for image in result.article.images] == [(CAPTION, 4)]
