"""Teasers above a wall, and whole texts above a box that sells subscriptions."""

import pytest

from archive.model.article import Access, PageKind
from archive.model.outcome import Outcome
from tests.pipelines.pages import PROSE, extracted, page, prose
from tests.pipelines.verdict.own_pages import SHORT, WHOLE, bare, ld

TEASER = (
    "The bank of Port Almond has one counter and no sign. For thirty years it has lent money to all who whistle.",
    "That is over now. A letter from the capital arrived on Monday, and the director, who cannot whistle himself, has",
)


@pytest.mark.parametrize(
    "wall",
    [
        "Subscribe to continue reading",
        "Abonnez-vous pour lire la suite",
        "Weiterlesen mit dem Abo der Zeitung",
        "Suscríbete para seguir leyendo",
        "Abbonati per continuare a leggere",
        "Assine para continuar lendo",
        "Dit artikel is exclusief voor abonnees",
        "Tylko dla prenumeratorów",
        "Доступно только для подписчиков",
        "この記事は有料会員限定です",
        "To read the full story, subscribe or sign in",
        "Unlock this article",
    ],
)
def test_a_teaser_that_breaks_off_above_a_wall_is_a_stub(wall: str) -> None:
    result = extracted(page(prose(TEASER), f'<div class="box"><h3>{wall}</h3><a href="/abo">4.99</a></div>'))
    assert (result.article.kind, result.outcome) == (PageKind.WALL, Outcome.NOT_ARTICLE)
    assert result.article.access in (Access.PAYWALLED, Access.REGISTRATION)


@pytest.mark.parametrize("name", ["paywall", "article-gate", "subscription-wall", "piano-offer"])
def test_a_wall_is_told_by_the_name_of_its_element(name: str) -> None:
    head = ld("NewsArticle", isAccessibleForFree=False)
    result = extracted(page(prose(TEASER), f'<div class="{name}"><p>Nog één klik, en je bent er.</p></div>', head=head))
    assert result.article.kind == PageKind.WALL


def test_a_teaser_of_several_paragraphs_is_a_stub_where_the_page_says_how_much_is_missing() -> None:
    head = ld("NewsArticle", isAccessibleForFree=False, wordCount=900)
    result = extracted(page(prose(PROSE), "<div><h3>Subscribe to continue reading</h3></div>", head=head))
    assert result.article.kind == PageKind.WALL
    assert [note for note in result.notes if "Subscribe to continue" in note]


def test_a_long_text_with_its_end_behind_a_wall_is_filed_as_truncated() -> None:
    head = ld("NewsArticle", isAccessibleForFree=False)
    wall = "<div><p>Il vous reste 40.5% de cet article à lire. La suite est réservée aux abonnés.</p></div>"
    result = extracted(page(WHOLE, WHOLE.replace("mill", "barn"), wall, head=head))
    assert (result.outcome, result.article.access) == (Outcome.SAVED, Access.PAYWALLED)
    assert "truncated: 40 % missing" in result.notes


def test_what_is_locked_but_delivered_is_an_article() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywalled-body"}
    head = ld("NewsArticle", isAccessibleForFree=False, hasPart=part)
    body = f'<section class="paywalled-body">{prose(PROSE)}</section>'
    result = extracted(page(body, '<div class="paywall"><h3>Subscribe to continue reading</h3></div>', head=head))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_whole_article_of_a_few_sentences_above_a_box_that_sells_subscriptions_is_an_article() -> None:
    box = "<aside><h3>Already a subscriber?</h3><p>Enjoy unlimited digital access for one a week.</p></aside>"
    result = extracted(page(f"<p>{SHORT}</p>", box))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_wall_is_told_by_its_words_and_its_name_together() -> None:
    wall = '<div class="paywall"><h2>This post is for paid subscribers</h2></div>'
    assert extracted(page(prose(PROSE[:2]), wall)).article.kind == PageKind.WALL


def test_a_whole_text_above_a_line_that_sells_subscriptions_is_an_article() -> None:
    """Some papers print that line below every article of theirs, free ones too."""
    result = extracted(page(prose(PROSE), "<p>Suscríbete para seguir leyendo</p>"))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_text_as_long_as_the_page_says_is_no_stub() -> None:
    head = ld("NewsArticle", isAccessibleForFree=False, wordCount=125)
    wall = '<div class="paywall"><h2>Subscribe to continue reading</h2></div>'
    assert extracted(page(prose(PROSE), wall, head=head)).article.kind == PageKind.ARTICLE


def test_a_metered_article_with_its_text_is_filed() -> None:
    head = '<meta property="article:content_tier" content="metered">'
    wall = '<div class="meter"><h2>You have read 3 of 5 free articles this month</h2></div>'
    result = extracted(page(WHOLE, wall, head=head))
    assert (result.article.kind, result.article.access) == (PageKind.ARTICLE, Access.METERED)


@pytest.mark.parametrize("title", ["Log in", "Anmelden | Zeitung", "Connexion", "Iniciar sesión", "ログイン"])
def test_a_login_form_is_a_wall(title: str) -> None:
    form = '<form><label>Name <input name="u"></label><label>Key <input type="password" name="p"></label></form>'
    result = bare(title, form, url="https://gazette.test/account/")
    assert (result.article.kind, result.article.access) == (PageKind.WALL, Access.REGISTRATION)
