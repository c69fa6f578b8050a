"""Pages that are not there, that a guard has put in their place, or that only ask for consent."""

import pytest

from archive.model.article import PageKind
from archive.model.outcome import Outcome
from tests.pipelines.pages import extracted, page, prose
from tests.pipelines.verdict.own_pages import SHORT, WHOLE, bare

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
