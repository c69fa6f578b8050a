"""Pages that show less than their article: a teaser above a wall, a login form, a text that is cut off. Pure."""

from typing import Final

from archive.model.article import Access
from pipelines.phrases import in_order, pattern, phrase_set
from pipelines.verdict.evidence import MIN_WORDS, SOME_MISSING, STUB, WHOLE, Evidence, first_match
from pipelines.verdict.walls import Wall, delivers, is_cut_off

_HALF: Final = 0.5  # of the text is missing: what is there is a teaser
_MOST: Final = 0.75  # of the text is missing: next to all of it
_LOGIN_TITLE: Final = pattern(in_order("verdict/logins"), before=r"^\W*", after=r"\W*$")
_REGISTER: Final = pattern(in_order("verdict/registration"), before=r"\b")
_BRIEF: Final = 60  # words that may precede a wall and say nothing
_LOGIN_PATHS: Final = phrase_set("""
    aanmelden | acceso | accounts | anmelden | anmeldung | auth | connexion | iniciar-sesion | inloggen | inscription
    kirjaudu | log-in | logga-in | logg-inn | login | login.aspx | login.html | login.php | logowanie | oauth
    prihlaseni | register | registration | registrieren | sign-in | signin | sign_in | sso | users | wp-login.php
""")


def walled(page: Evidence) -> str | None:
    """Recognize a teaser with a wall below it, a page that locks everything, or a mere login form."""
    if page.signals.access == Access.PAYWALLED and page.words < 2 * MIN_WORDS:
        said = f": {page.wall.said}" if page.wall else ""
        return f"the page says it is not free, and the text is short{said}"
    login = _login(page) if page.is_thin and not page.says_article else None
    if login or not _may_be_stub(page):
        return login
    wall = page.wall
    if wall is None:
        return f"{page.words} of {page.claims.words} words" if page.is_stated and page.missing >= _MOST else None
    return f"{page.words} words, then: {wall.said}" if _is_stub(page, wall) else None


def _may_be_stub(page: Evidence) -> bool:
    """Tell whether the text is short or next to all of it missing, and the locked part is not on the page anyhow."""
    if page.words >= STUB and delivers(page.index, page.claims):
        return False
    return page.words < WHOLE or (page.words < 2 * WHOLE and page.missing >= _MOST)


def _is_stub(page: Evidence, wall: Wall) -> bool:
    """Tell a teaser above a wall from a whole text above a box that sells subscriptions."""
    if page.missing >= _HALF and (page.is_stated or (wall.is_plain and wall.is_near)):
        return True
    if page.is_complete:
        return False
    cut = is_cut_off(page.lines)
    if not wall.is_plain:
        return page.words < STUB and page.is_stated and (cut or page.words < _BRIEF)
    if page.words >= STUB or not wall.is_near:
        return page.is_stated and (cut or (wall.is_near and page.signals.access != Access.METERED))
    return page.is_stated or cut or wall.is_named or page.words < _BRIEF


def _login(page: Evidence) -> str | None:
    """Recognize a password form below a title that says so, or a page with nothing to read whose URL does."""
    titled = first_match(_LOGIN_TITLE, page.titles)
    if titled and page.claims.asks_password:
        return f"login, {titled}"
    moved = page.claims.asks_password or page.capture.url != page.capture.final_url
    said = next((part for part in page.path if part in _LOGIN_PATHS), None)
    return f"login, address {said}" if said and moved and page.words < MIN_WORDS else None


def truncated(page: Evidence) -> str | None:
    """Return what shows that a text is filed incomplete, as far as the page lets on."""
    if not page.is_stated and page.words >= 2 * WHOLE:
        return None
    wall = page.wall
    if page.missing >= SOME_MISSING and (page.is_stated or (wall and wall.is_plain)):
        return f"{round(100 * page.missing)} % missing"
    return wall.said if wall and wall.is_plain and wall.is_near and is_cut_off(page.lines) else None


def way_past_wall(page: Evidence, evidence: str) -> Access:
    """Return how to get past a wall: as the page says, or as the wall does; schema.org only knows free and not."""
    if page.signals.access in (Access.REGISTRATION, Access.METERED):
        return page.signals.access
    return Access.REGISTRATION if _REGISTER.search(evidence) else Access.PAYWALLED


def access(page: Evidence) -> Access:
    """Return the access the page states; metered if it states none but shows a wall below a text that is not long."""
    if page.signals.access != Access.UNKNOWN or page.words >= 2 * WHOLE:
        return page.signals.access
    return Access.METERED if page.wall and page.wall.is_plain else Access.UNKNOWN
