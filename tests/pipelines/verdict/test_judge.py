"""What a page is: each verdict needs its own evidence, and a page with a whole article on it is an article."""

import pytest

from archive.model.article import Access, PageKind
from archive.model.outcome import Outcome
from tests.pipelines.pages import PROSE, TITLE, extracted, page, prose
from tests.pipelines.verdict.own_pages import WHOLE, bare, ld


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ld("NewsArticle"), PageKind.ARTICLE),
        (ld("BlogPosting"), PageKind.ARTICLE),
        ("", PageKind.ARTICLE),
        (ld("OpinionNewsArticle"), PageKind.OPINION),
        (ld("LiveBlogPosting"), PageKind.LIVEBLOG),
        (ld("ImageGallery", name=TITLE), PageKind.GALLERY),
    ],
)
def test_a_page_with_a_text_is_filed_as_what_it_says_it_is(head: str, kind: PageKind) -> None:
    result = extracted(page(WHOLE, head=head))
    assert (result.article.kind, result.outcome) == (kind, Outcome.SAVED)


def test_a_video_with_a_few_lines_is_a_video() -> None:
    head = '<meta property="og:type" content="video.other">' + ld("VideoObject", name=TITLE)
    result = extracted(page(prose(PROSE[:2]), head=head, article=False))
    assert result.article.kind == PageKind.VIDEO


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        (
            "Page not found",
            "There is nothing here. Try the search, or go back to where you came from.",
            PageKind.SOFT_404,
        ),
        ("404", "There is nothing here. Try the search, or go back to where you came from.", PageKind.SOFT_404),
        (
            "Seite nicht gefunden",
            "Hier ist leider nichts mehr. Bitte nutzen Sie die Suche oben rechts.",
            PageKind.SOFT_404,
        ),
        ("Page introuvable", "Il n'y a rien ici. Utilisez la recherche, ou revenez en arrière.", PageKind.SOFT_404),
        ("Access denied", "You don't have permission to access this page. Reference 18.2f3a.", PageKind.BLOCKED),
        ("Just a moment...", "Checking your browser before you can go on to the gazette.", PageKind.BLOCKED),
        ("Are you a robot?", "We have noticed unusual traffic. Press and hold the button below.", PageKind.BLOCKED),
        ("Before you continue", "We and our partners use cookies. Accept all cookies or choose.", PageKind.CONSENT),
        ("Ihre Zustimmung", "Wir verwenden Cookies. Mit Werbung weiterlesen oder Pur-Abo wählen.", PageKind.CONSENT),
    ],
)
def test_a_refusal_is_told_from_an_article(title: str, text: str, kind: PageKind) -> None:
    result = bare(title, f"<p>{text}</p>")
    assert (result.article.kind, result.outcome) == (kind, Outcome.NOT_ARTICLE)
    assert [note for note in result.notes if note.startswith(f"{kind.value}: ")]


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: how a library lost its oldest book",
        "Access denied to the pier, and nobody knows by whom",
        "Are you a robot? A morning with the machine that asks",
        "We value your privacy, says the man behind the hedge",
        "Subscribe now: the choir that sells its seats by the year",
    ],
)
def test_a_whole_article_about_such_a_thing_is_an_article(title: str) -> None:
    result = extracted(page(WHOLE, title=title))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_whole_article_with_a_promotion_of_subscriptions_below_is_no_wall() -> None:
    result = extracted(
        page(WHOLE, "<p>Already a subscriber? Log in.</p><h3>Subscribe to continue reading our best stories</h3>")
    )
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


@pytest.mark.parametrize(
    ("wall", "access"),
    [
        ("Subscribe to continue reading", Access.PAYWALLED),
        ("This article is for subscribers only", Access.PAYWALLED),
        ("Nur für Abonnenten", Access.PAYWALLED),
        ("Register to continue", Access.REGISTRATION),
        ("Sign in to read", Access.REGISTRATION),
    ],
)
def test_two_sentences_above_a_wall_are_a_stub(wall: str, access: Access) -> None:
    text = "<p>The bank has one counter and no sign. For thirty years it has lent money.</p>"
    result = extracted(page(text, f"<div><h2>{wall}</h2></div>"))
    assert (result.article.kind, result.article.access, result.outcome) == (PageKind.WALL, access, Outcome.NOT_ARTICLE)


def test_a_page_that_says_it_is_not_free_and_shows_nothing_is_a_stub() -> None:
    head = ld("NewsArticle", isAccessibleForFree=False)
    result = extracted(page("<p>The bank has one counter and no sign.</p>", head=head))
    assert (result.article.kind, result.article.access) == (PageKind.WALL, Access.PAYWALLED)


def test_an_article_that_is_not_free_but_whole_is_filed_with_its_access() -> None:
    result = extracted(page(WHOLE, head=ld("NewsArticle", isAccessibleForFree=False)))
    assert (result.article.kind, result.article.access, result.outcome) == (
        PageKind.ARTICLE,
        Access.PAYWALLED,
        Outcome.SAVED,
    )
    assert "paywalled" in result.notes


def test_a_text_of_a_few_words_is_too_short() -> None:
    result = extracted(page("<p>The mill turns again, says the miller.</p>"))
    assert (result.outcome, result.article.kind) == (Outcome.TOO_SHORT, PageKind.ARTICLE)
    assert "short" in result.notes


def test_a_page_of_links_is_an_index() -> None:
    links = "".join(f'<h3><a href="/{n}">Headline number {n} of the many of this day</a></h3>' for n in range(20))
    result = bare("Town", links)
    assert (result.article.kind, result.outcome) == (PageKind.INDEX, Outcome.NOT_ARTICLE)


def test_the_front_page_is_an_index() -> None:
    links = "".join(f'<p><a href="/{n}">Headline number {n} of the many of this day</a></p>' for n in range(9))
    result = bare("The Canal Gazette", links, url="https://gazette.test/")
    assert (result.article.kind, result.outcome) == (PageKind.INDEX, Outcome.NOT_ARTICLE)


def test_a_page_with_status_404_and_no_article_is_a_soft_404() -> None:
    result = bare(
        "The Canal Gazette", "<p>Something went wrong. Please go back to the page you came from.</p>", status=404
    )
    assert result.article.kind == PageKind.SOFT_404
