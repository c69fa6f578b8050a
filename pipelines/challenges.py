"""Tells what a page says that a guard has put in the place of a site's own: prove that you are a person, or only no."""

from dataclasses import replace
from typing import Final

from archive.crawl.bounds.blocked_hosts import Reception, reception_of
from archive.model.article import Extraction, PageKind
from archive.model.capture import Capture
from archive.model.source import SiteRules
from pipelines.extract import extract
from pipelines.verdict.refusals import DENIED, NEEDS_SCRIPT

_REFUSALS: Final = (401, 403, 429, 503)  # that a guard answers with; a 404 is the site's own
_CHALLENGE: Final = "a challenge page came, which asks for the proof that a person is there"


def guard_of(capture: Capture) -> str | None:
    """Say in a sentence what a guard's page wants or refuses; None if there is no more to say than a status.

    A page that is there once its scripts have run is none.
    """
    status = capture.status
    mitigated = next((value for name, value in capture.headers if name.lower() == "cf-mitigated"), None)
    if reception_of(status, mitigated) is Reception.CHALLENGED:
        return f"{_CHALLENGE} (cf-mitigated)"
    if not capture.body or not (status in _REFUSALS or 200 <= status <= 299):
        return None
    evidence = _blocked(replace(capture, status=200))  # by the page itself
    if evidence is None:
        return None
    if status in _REFUSALS:
        return None if DENIED.match(evidence) else f"{_CHALLENGE} ({evidence})"
    if NEEDS_SCRIPT.search(evidence):
        return None
    return f"a refusal came in its place ({evidence})" if DENIED.match(evidence) else f"{_CHALLENGE} ({evidence})"


def _blocked(capture: Capture) -> str | None:
    """Return the evidence by which extraction knows a page for a guard's."""
    result = extract(capture, SiteRules())
    if not isinstance(result, Extraction) or result.article.kind is not PageKind.BLOCKED:
        return None
    said = f"{PageKind.BLOCKED}: "
    return next((note.removeprefix(said) for note in result.notes if note.startswith(said)), PageKind.BLOCKED.value)
