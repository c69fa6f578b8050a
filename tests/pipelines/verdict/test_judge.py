"""What a page is: each verdict needs its own evidence, and a page with a whole article on it is an article."""

import json
from dataclasses import replace

import pytest

from archive.model.article import Access, Extraction, PageKind
from archive.model.outcome import Outcome
from pipelines.extract import extract
from tests.pipelines.pages import PROSE, TITLE, URL, capture, extracted, page, prose

WHOLE = prose(PROSE + tuple(text.replace("mill", "saw mill") for text in PROSE))


def ld(kind: str, **said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": kind, "headline": TITLE, **said})}</script>'


def bare(title: str, *blocks: str, url: str = URL, status: int = 200) -> Extraction:
    """A page that does not say of itself that it is an article."""
    return extracted(page(*blocks, title=title, article=False), url, status=status)


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


# ------------------------------------------------------------------------------------------------ not found
RECOMMENDED = "".join(
    f'<article><h3><a href="/{n}">A recommended story, number {n} of today</a></h3>'
    f"<p>The {n} things that the town council has to say about the bridge, and what the ferry says.</p></article>"
    for n in range(12)
)


@pytest.mark.parametrize(
    ("language", "heading", "text"),
    [
        ("ar", "تعذر العثور على الصفحة", "عذراً، ربما تم نقل الصفحة."),
        ("cs", "Stránka nenalezena", "Možná byla přesunuta nebo smazána."),
        ("de", "Seite nicht gefunden", "Der Artikel ist umgezogen oder wurde gelöscht."),
        ("el", "Η σελίδα δεν βρέθηκε", "Ίσως έχει μετακινηθεί."),
        ("en", "Sorry, that page can’t be found", "It may have moved, or it never was."),
        ("es", "Página no encontrada", "Puede que haya sido movida o eliminada."),
        ("fi", "Sivua ei löydy", "Se on ehkä siirretty tai poistettu."),
        ("fr", "Page introuvable", "Elle a peut-être été déplacée ou supprimée."),
        ("it", "Pagina non trovata", "Forse è stata spostata o eliminata."),
        ("ja", "ページが見つかりません", "移動または削除された可能性があります。"),
        ("ko", "페이지를 찾을 수 없습니다", "이동되었거나 삭제되었을 수 있습니다."),
        ("pl", "Nie znaleziono strony", "Mogła zostać przeniesiona lub usunięta."),
        ("pt", "Página não encontrada", "Pode ter sido movida ou apagada."),
        ("ru", "Страница не найдена", "Возможно, она была перемещена или удалена."),
        ("sv", "Sidan kunde inte hittas", "Den kan ha flyttats eller tagits bort."),
        ("tr", "Sayfa bulunamadı", "Taşınmış veya silinmiş olabilir."),
        ("uk", "Сторінку не знайдено", "Можливо, її перенесли або видалили."),
        ("zh", "页面不存在", "它可能已被移动或删除。"),
    ],
)
def test_a_soft_404_is_told_in_many_languages_below_recommended_stories(language: str, heading: str, text: str) -> None:
    blocks = f"<h1>{heading}</h1><p>{text}</p><section><h2>More</h2>{RECOMMENDED}</section>"
    result = extracted(f'<html lang="{language}"><title>The Gazette</title><body><main>{blocks}</main></body></html>')
    assert (result.article.kind, result.outcome) == (PageKind.SOFT_404, Outcome.NOT_ARTICLE)


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Error 404",
        "404 - Page not found",
        "404 Not Found | The Canal Gazette",
        "Page not found – The Canal Gazette",
    ],
)
def test_a_title_that_is_a_404_and_nothing_else_is_one(title: str) -> None:
    assert bare(title, "<p>Try the search.</p>").article.kind == PageKind.SOFT_404


def test_the_class_that_a_theme_gives_its_404_page_tells_it() -> None:
    body = (
        '<html><title>Ups</title><body class="error404 wp-theme"><p>The dog ate it.</p>'
        + RECOMMENDED
        + "</body></html>"
    )
    result = extracted(body)
    assert result.article.kind == PageKind.SOFT_404
    assert "soft_404: class error404" in result.notes


def test_an_address_that_leads_to_a_404_page_tells_it() -> None:
    result = bare(
        "Oh dear", "<p>The dog ate it, and nobody saw the dog do it.</p>", url="https://gazette.test/404.html"
    )
    assert result.article.kind == PageKind.SOFT_404


SHORT = (
    "The library of Port Almond has found the book it lost in 1911. It had stood on the right shelf all the time, says "
    "the librarian, with its spine to the wall. The fine comes to four thousand and nine. It will be paid in cake, on "
    "Sunday, by the grandson of the borrower, who had always wondered about the gap."
)


@pytest.mark.parametrize(
    "title",
    [
        "404: A library finds the book that could not be found",
        "404 – how the town of Upland lost a road and found another",
        "Access denied: the mayor stands before her own town hall",
        "Are you a robot? The machine in the post office wants to know",
        "Cookies: what the baker thinks of the consent to eat them",
        "Just a moment, says the clock of Port Almond, and stops",
        "Page not found, says the librarian, and means it",
        "Subscribe to read: the newsletter that no one can leave",
        "The paywall that everybody walks around",
        "We value your privacy, says the hedge of the new neighbour",
        "Why Cloudflare blocks a village: checking your browser in Upland",
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_a_short_article_about_such_a_thing_is_an_article(title: str, marked: bool) -> None:  # noqa: FBT001 - a case
    footer = '<footer><p>Protected by captcha. <a href="/c">Cookie settings</a> · <a href="/l">Log in</a></p></footer>'
    result = extracted(page(f"<p>{SHORT}</p>{footer}", title=title, article=marked))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED), result.notes


@pytest.mark.parametrize(
    "opening",
    ["404 people came", "Forbidden fruit is", "Un momento histórico", "Security check", "Not found, but", "Un instant"],
)
def test_a_short_unmarked_article_may_begin_with_any_words(opening: str) -> None:
    result = bare("The gap in the shelf", f"<p>{opening} in Port Almond on Sunday, says the baker.</p><p>{SHORT}</p>")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED), result.notes


# ------------------------------------------------------------------------------------------------ front pages
@pytest.mark.parametrize(
    "final", ["https://gazette.test/", "https://www.gazette.test/index.html", "https://gazette.test/en/"]
)
def test_an_articles_address_that_leads_to_a_front_page_is_said_so(final: str) -> None:
    links = "".join(f'<h3><a href="/{n}">Headline number {n} of the many of this day</a></h3>' for n in range(20))
    asked = capture(page(links, title="The Canal Gazette", article=False), "https://gazette.test/town/2019/the-mill")
    result = extract(replace(asked, final_url=final))
    assert isinstance(result, Extraction)
    assert (result.article.kind, result.outcome) == (PageKind.HOME, Outcome.NOT_ARTICLE)
    assert "home_redirect: asked for /town/2019/the-mill" in result.notes


def test_an_article_that_moved_to_another_address_is_an_article() -> None:
    asked = capture(page(WHOLE), "https://gazette.test/?p=7")
    result = extract(replace(asked, final_url=URL))
    assert isinstance(result, Extraction)
    assert result.article.kind == PageKind.ARTICLE


# ------------------------------------------------------------------------------------------------ blocked
@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [
        ("<title>Just a moment...</title><body><script>window._cf_chl_opt={}</script></body>", 403, {}),
        ("<title>Nur einen Moment…</title><body><p>Die Sicherheit der Verbindung wird geprüft.</p></body>", 200, {}),
        ("<title>gazette.test</title><body><p>Please enable JS and disable any ad blocker</p></body>", 200, {}),
        (
            "<title>gazette.test</title><body><script src='https://ct.captcha-delivery.com/c.js'></script></body>",
            200,
            {},
        ),
        ("<title>Access Denied</title><body><h1>Access Denied</h1><p>You don't have permission.</p></body>", 200, {}),
        ("<title>Доступ запрещён</title><body><p>Ваш адрес в списке.</p></body>", 200, {}),
        ("<title>Pardon Our Interruption</title><body><p>Something about your browser.</p></body>", 200, {}),
        ("<title>Human Verification</title><body><div id='px-captcha'></div></body>", 200, {}),
        (
            "<title>The Gazette</title><body><noscript>You must enable JavaScript to run this.</noscript></body>",
            200,
            {},
        ),
        ("<title>The Gazette</title><body><div>Hm.</div></body>", 200, {"CF-Mitigated": "challenge"}),
        ("<title>403 Forbidden</title><body><h1>Forbidden</h1></body>", 403, {}),
    ],
)
def test_a_guards_page_is_blocked(body: str, status: int, headers: dict[str, str]) -> None:
    result = extracted(f"<html>{body}</html>", status=status, headers=headers)
    assert (result.article.kind, result.outcome) == (PageKind.BLOCKED, Outcome.NOT_ARTICLE)


def test_a_guards_script_on_a_page_with_an_article_blocks_nothing() -> None:
    result = extracted(page(WHOLE, '<script src="https://ct.captcha-delivery.com/c.js"></script>'))
    assert result.outcome == Outcome.SAVED


# ------------------------------------------------------------------------------------------------ consent
@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ("The Gazette", ("We and our 812 partners store and access information on a device.", "Accept all cookies")),
        ("Zeitung", ("Wir und unsere Partner verwenden Cookies und ähnliche Technologien.", "Mit Werbung weiterlesen")),
        (
            "Le Journal",
            ("Nous et nos 754 partenaires stockons des informations sur un appareil.", "Continuer sans accepter"),
        ),
        (
            "El Diario",
            ("Nosotros y nuestros 640 socios almacenamos información en un dispositivo.", "Aceptar todas las cookies"),
        ),
        ("De Courant", ("Wij en onze partners slaan informatie op een apparaat op.", "Alle cookies accepteren")),
        (
            "Gazeta",
            ("Szanujemy Twoją prywatność. Nasi partnerzy przechowują informacji na urządzeniu.", "Akceptuj wszystkie"),
        ),
    ],
)
def test_a_page_that_only_asks_for_consent_is_no_article(title: str, texts: tuple[str, ...]) -> None:
    result = bare(title, prose(texts * 3))
    assert (result.article.kind, result.outcome) == (PageKind.CONSENT, Outcome.NOT_ARTICLE)


def test_an_address_of_a_consent_manager_is_no_article() -> None:
    result = bare("Velkommen", "<p>Vælg her.</p>", url="https://consent.gazette.test/collect?u=7")
    assert result.article.kind == PageKind.CONSENT


def test_an_article_behind_a_consent_box_is_filed() -> None:
    box = (
        '<div id="cmp" role="dialog"><h2>We value your privacy</h2><p>We and our 812 partners store and access '
        "information on a device, and process personal data.</p><button>Accept all cookies</button></div>"
    )
    result = extracted(page(box, WHOLE))
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


# ------------------------------------------------------------------------------------------------ walls
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


# ------------------------------------------------------------------------------------------------ lists
def teasers(count: int, texts: int = 1) -> str:
    return "".join(
        f'<div class="t"><h2><a href="/town/{n}">The council votes on bridge number {n} of seven</a></h2>'
        + f"<p>Seven bridges cross the canal, and bridge number {n} is the one that nobody uses. That may change.</p>"
        * texts
        + "</div>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("head", "blocks", "url"),
    [
        ("", teasers(12), "https://gazette.test/town/"),
        ("", teasers(10, texts=4), "https://gazette.test/town/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/tag/bridges/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/author/ilse-brandt/"),
        ("", f"<p>{SHORT}</p>" + teasers(6), "https://gazette.test/author/ilse-brandt/page/2/"),
        ("", "<p>About 6 results for bridges.</p>" + teasers(6), "https://gazette.test/?s=bridges"),
        ('<script type="application/ld+json">{"@type": "CollectionPage", "name": "Bridges"}</script>', teasers(5), URL),
        ('<script type="application/ld+json">{"@type": "ProfilePage"}</script>', f"<p>{SHORT}</p>" + teasers(5), URL),
    ],
)
def test_a_list_of_other_pages_is_an_index(head: str, blocks: str, url: str) -> None:
    result = extracted(page(blocks, head=head, title="Bridges", article=False), url)
    assert (result.article.kind, result.outcome) == (PageKind.INDEX, Outcome.NOT_ARTICLE)


def test_a_section_front_that_calls_itself_an_article_is_an_index() -> None:
    result = extracted(page(teasers(14), title="Town"), "https://gazette.test/town")
    assert result.article.kind == PageKind.INDEX


def test_a_list_that_describes_every_article_on_it_is_an_index() -> None:
    items = "".join(
        ld("NewsArticle", url=f"/town/{n}", name=f"Bridge {n}").replace(TITLE, f"Bridge {n}") for n in range(6)
    )
    assert bare("Town", items, teasers(14), url="https://gazette.test/town").article.kind == PageKind.INDEX


def test_an_article_with_linked_headings_in_it_is_an_article() -> None:
    things = "".join(f'<h2><a href="/x{n}">The thing with number {n}</a></h2><p>{PROSE[n]}</p>' for n in range(4))
    assert extracted(page(things, head=ld("NewsArticle"))).article.kind == PageKind.ARTICLE
    assert bare("Four things", things).article.kind == PageKind.ARTICLE


def test_a_section_front_with_one_text_below_a_headline_is_an_index() -> None:
    lead = f'<h2><a href="/town/book">The book that stood on the right shelf</a></h2><p>{SHORT}</p>'
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    assert bare("Town", lead, f"<ul>{links}</ul>", url="https://gazette.test/town").article.kind == PageKind.INDEX


def test_a_short_article_with_many_links_beside_it_is_an_article() -> None:
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    result = bare("The book that stood on the right shelf", f"<p>{SHORT}</p>", f"<aside><ul>{links}</ul></aside>")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_a_whole_text_is_an_article_whatever_lists_of_links_were_kept_below_it() -> None:
    result = bare("The Mill", prose(PROSE) + teasers(12, texts=0), url="https://gazette.test/mill.html")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)


def test_teasers_as_long_as_texts_are_an_index_at_the_address_of_a_front_page() -> None:
    columns = "".join(f'<h2><a href="/x{n}">The thing with number {n}</a></h2>{WHOLE}' for n in range(9))
    assert bare("The Gazette", columns, url="https://gazette.test/").article.kind == PageKind.INDEX


def test_a_note_at_an_address_with_a_day_and_a_name_is_an_article() -> None:
    links = "".join(f'<li><a href="/{n}">Headline number {n} of the many of this day</a></li>' for n in range(20))
    lead = f'<p><a href="/blog">Everything of this month</a></p><p>{SHORT}</p><ul>{links}</ul>'
    result = bare("The book", lead, url="https://gazette.test/2011/09/11/the-book/")
    assert (result.article.kind, result.outcome) == (PageKind.ARTICLE, Outcome.SAVED)
    assert bare("The book", lead, url="https://gazette.test/books/").article.kind == PageKind.INDEX


# ------------------------------------------------------------------------------------------------ sorts of articles
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
