"""Breadcrumbs, skip links, "back to top", and paging."""

from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, move, move_where, opening, plain
from pipelines.clutter.phrases import pattern, phrase_set
from pipelines.clutter.prune import ElementRule

ELEMENTS: Final = (
    ElementRule(
        name="navigation-element",
        kind=ClutterKind.NAVIGATION,
        names=pattern(r"""
            (?:back|go|scroll|return|jump)-?(?:to-?)?top
            bread-?crumbs?\b
            nav-links
            post-navigation
            skip-?(?:link|to-?content|nav)
            totop
            to-?top-?(?:button|link)
        """),
        prose=0,
        text=500,
    ),
)

_LINES: Final = phrase_set("""
    back | back to home | back to homepage | back to top | back to top button | başa dön | close | do góry
    go to top | home | homepage | load more | mehr anzeigen | menu | mostra di più | nach oben | next | next page
    previous | previous page | retour en haut | scroll to top | search | see all | show less | show more
    skip to content | skip to main content | startseite | terug naar boven | to the top | to top | toggle navigation
    torna in alto | torna su | ver más | ver todo | view all | view more | voir plus | voltar ao topo
    volver arriba | weniger anzeigen | zum seitenanfang | zurück | zurück nach oben | zurück zur startseite | наверх
    なページトップへ | ページトップへ | 返回顶部
""")  # fmt: skip


def drop_navigation_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Labels of navigation."""
    return move_where(
        draft, ClutterKind.NAVIGATION, "navigation-line", lambda line: line.tag != "row" and is_navigation(line.text)
    )


def drop_breadcrumbs(draft: Draft, _rules: SiteRules) -> Draft:
    """List items before the text, each a word or two: the path to the page."""
    crumbs = [(at, line) for at, line in opening(draft) if line.tag == "item" and len(line.text) <= 30]
    return move(draft, ClutterKind.NAVIGATION, "breadcrumbs", {at for at, _ in crumbs}) if len(crumbs) > 1 else draft


def is_navigation(text: str) -> bool:
    """Tell whether a line is a label of navigation."""
    return len(text) <= 60 and (plain(text) in _LINES or bool(_PAGES.fullmatch(text)))


# "Page 1 of 2 Next page"
_PAGES: Final = pattern(r"""
    (?:page|pagina|página|seite|sida|side) \d{1,3} ?(?:/|af|av|de|di|of|sur|van|von) ?\d{1,3}\b.{0,40}
    (?:strona|страница) \d{1,3} ?(?:/|z|из) ?\d{1,3}\b.{0,40}
    第 ?\d{1,3} ?/ ?\d{1,3} ?页
""")
