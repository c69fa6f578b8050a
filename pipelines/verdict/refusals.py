"""Pages that refuse: a guard's page, a page that is not there, a consent page with nothing behind it. Pure.

Their wordings are tables in `pipelines/tables/verdict`, each line with where it comes from. "Django", "Drupal" and
"WordPress" are the wordings that their own translations give every site that runs them; "TCF" the texts of the IAB's
consent framework, which all consent managers show; a vendor's name is for the page that vendor puts before a site;
"press" is common wording of newspapers in the language.

None of them is searched for in running text: an article about a wall says the same words. A title must be the phrase
and nothing else, a block of text must begin with it.
"""

import re
from typing import Final

from pipelines.phrases import in_order, pattern, phrase_set
from pipelines.verdict.evidence import MIN_WORDS, WHOLE, Evidence, first_match, split_url
from pipelines.verdict.lists import lists_links

_EMPTY: Final = 400  # characters of text on a page that shows nothing
_REFUSAL: Final = 3_000  # characters of text up to which a page may be a refusal and nothing else
_CONSENT_PAGE: Final = 8_000  # the same for a consent page: they name their partners
_SOURCE: Final = 200_000  # characters in which a note about scripts counts
_STATEMENT: Final = 160  # characters of the text with which a page refuses
_TELLING: Final = 22  # bytes of a phrase that no report begins with: bytes, for scripts that need fewer letters
_REFUSALS: Final = (401, 403, 407, 429, 451, 503)
# What a refusal may begin with: an apology, a status.
_SORRY: Final = (
    r"^\W*(?:(?:4\d\d|entschuldigung|error|erreur|fehler|hiba|hoppla|http|lamentamos|leider|lo sentimos|oops|ops|ojdå"
    r"|pardon|przepraszamy|sorry|spiacenti|spijtig|upps|vabandame|whoops|désolé|извините|ошибка|упс)[\W\d]*){0,3}"
)
_END: Final = r"[\W\d]*(?:(?:error|erreur|fehler)\W*)?$"
_NOT_FOUND_PHRASES: Final = in_order("verdict/not-found")
_NOT_FOUND: Final = pattern(_NOT_FOUND_PHRASES, before=_SORRY)
_NOT_FOUND_TITLE: Final = pattern(_NOT_FOUND_PHRASES, before=_SORRY, after=_END)
_DENIED_PHRASES: Final = in_order("verdict/denied")
_BLOCKED_PHRASES: Final = f"{_DENIED_PHRASES}\n{in_order('verdict/challenges')}"
_BLOCKED: Final = pattern(_BLOCKED_PHRASES, before=_SORRY)
_BLOCKED_TITLE: Final = pattern(_BLOCKED_PHRASES, before=_SORRY, after=_END)
DENIED: Final = pattern(_DENIED_PHRASES, before=_SORRY)  # only refuses: it asks for nothing that a person could do
# What the page of a guard has in its source, in any language; used only if the page shows next to no text.
_GUARDS: Final = (
    ("/_Incapsula_Resource", "Imperva"),
    ("_cf_chl_opt", "Cloudflare"),
    ("_kpsdk", "Kasada"),
    ("bm-verify", "Akamai"),
    ("captcha-delivery.com", "DataDome"),
    ("cf-browser-verification", "Cloudflare"),
    ("ddos-guard", "DDoS-Guard"),
    ("errors.edgesuite.net", "Akamai"),
    ("gokuProps", "AWS WAF"),
    ("px-captcha", "PerimeterX"),
    ("sec-if-cpt-container", "Akamai"),
    ("sucuri_cloudproxy_js", "Sucuri"),
)
NEEDS_SCRIPT: Final = pattern(in_order("verdict/scripts"))
_CONSENT_PHRASES: Final = in_order("verdict/consent")
_CONSENT: Final = pattern(_CONSENT_PHRASES, before=r"^\W*(?:(?:welcome|willkommen|bienvenue|hinweis|info)\W*)?")
_CONSENT_TITLE: Final = pattern(
    _CONSENT_PHRASES, before=r"^\W*(?:(?:welcome|willkommen)\W*)?", after=r"\W*(?:[|–—-].{0,40})?$"
)
_CONSENT_LINE: Final = pattern(in_order("verdict/consent-lines"))
_CONSENT_HOSTS: Final = re.compile(
    r"^(?:cmp|consent|cookies?|guce|myprivacy|privacy|privacygate)\."
    r"|/(?:consent|consentcheck|cookie-?(?:consent|wall)|privacy-?(?:gate|wall)|zustimmung)(?:[/?.]|$)",
    re.IGNORECASE,
)
# Class names of the body element: WordPress's own body_class(), Shopify's template, Drupal's and TYPO3's common themes.
_NOT_FOUND_NAMES: Final = phrase_set("""
    404 | error-404 | error404 | not-found | notfound | page-404 | page-not-found | path-not-found | template-404
    tpl-404
""")
_NOT_FOUND_PATHS: Final = phrase_set("""
    404 | 404.asp | 404.aspx | 404.htm | 404.html | 404.php | error-404 | error404 | not-found | not_found | notfound
    notfound.html | page-not-found | page_not_found | pagenotfound | seite-nicht-gefunden
""")


def blocked(page: Evidence) -> str | None:
    """Recognize a guard's page: an HTTP header, its wording, or its scripts on a page that shows nothing."""
    if any(name.lower() == "cf-mitigated" and value == "challenge" for name, value in page.capture.headers):
        return "cf-mitigated"
    if not page.is_thin or page.is_dated:
        return None
    titled = first_match(_BLOCKED_TITLE, page.titles)
    if titled:
        return titled
    small = not page.says_article and page.index.chars[-1] < _REFUSAL
    guard = next((vendor for mark, vendor in _GUARDS if mark in page.source), None) if small else None
    return (
        guard
        or (_first_opening(_BLOCKED, _BLOCKED_TITLE, page.openings) if small else None)
        or _script_only(page)
        or _refused(page)
    )


def _refused(page: Evidence) -> str | None:
    status = page.capture.status
    return f"status {status}" if status in _REFUSALS and not page.says_article else None


def _script_only(page: Evidence) -> str | None:
    """Recognize a page with nothing to read but a note that scripts must run."""
    if page.index.chars[-1] >= _EMPTY or page.words >= MIN_WORDS:
        return None
    match = NEEDS_SCRIPT.search(page.source[:_SOURCE])
    return match[0] if match else None


def soft_404(page: Evidence) -> str | None:
    """Recognize a page that does not exist: by status, URL, its theme's class, its title or its first words."""
    if page.capture.status in (404, 410) and (page.is_thin or not page.says_article):
        return f"status {page.capture.status}"
    if page.is_dated:
        return None
    named = next((name for name in page.claims.body_names if name in _NOT_FOUND_NAMES), None)
    if named:
        return f"class {named}"
    said = next((part for part in page.path if part in _NOT_FOUND_PATHS), None)
    if said and not page.says_article:
        return f"address {said}"
    thin = page.words < WHOLE or (not page.says_article and lists_links(page))
    titled = first_match(_NOT_FOUND_TITLE, page.titles) if thin else None
    return titled or (
        _first_opening(_NOT_FOUND, _NOT_FOUND_TITLE, page.openings) if thin and not page.says_article else None
    )


def consent(page: Evidence) -> str | None:
    """Recognize a page that only asks for consent. If the page holds the article behind it, the article was kept."""
    if page.says_article and not page.is_thin:
        return None
    asked = [line for line in page.lines if _CONSENT.match(line.text) or _CONSENT_LINE.search(line.text)]
    if page.lines and 2 * sum(len(line.text) for line in asked) >= sum(len(line.text) for line in page.lines):
        return asked[0].text[:60]
    if asked and page.is_thin and not page.says_article and any(map(_CONSENT.match, page.titles)):
        return asked[0].text[:60]
    if not page.is_thin or page.is_dated:
        return None
    gate = _CONSENT_HOSTS.search(_host_and_path(page.capture.final_url))
    if gate:
        return f"address {gate[0].strip('/')}"
    kept = page.words >= MIN_WORDS
    titled = first_match(_CONSENT_TITLE, page.titles) if not page.says_article else None
    small = page.index.chars[-1] < _CONSENT_PAGE and not kept and not page.says_article
    return titled or (first_match(_CONSENT, page.openings) if small else None)


def _host_and_path(url: str) -> str:
    parts = split_url(url)
    return f"{parts.hostname or ''}{parts.path}"


def _first_opening(phrases: re.Pattern[str], whole: re.Pattern[str], texts: tuple[str, ...]) -> str | None:
    """Return the phrase a short text begins with; one of a word or two must be all of it: "404", not "404 people"."""
    for text in texts:
        match = phrases.match(text) if len(text) <= _STATEMENT else None
        if match and (len(match[0].encode()) >= _TELLING or whole.match(text)):
            return match[0].strip()
    return None
