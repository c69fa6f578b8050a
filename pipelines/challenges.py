"""Tells a refusal that asks for the proof that a person is there from one that only says no."""

from dataclasses import replace
from typing import Final

from archive.blocks import Reception, reception_of
from archive.models import Capture, Extraction, PageKind, SiteRules
from pipelines.extract import extract
from pipelines.refusals import NEEDS_SCRIPT

_REFUSALS: Final = (401, 403, 429, 503)  # that a guard answers with; a 404 is the site's own


def challenge_of(capture: Capture) -> str | None:
    """By what an answer is known for a challenge page: its header, its words, its scripts; None where it is none.

    A status alone makes none of it, nor does a page that is there once its scripts have run.
    """
    mitigated = next((value for name, value in capture.headers if name.lower() == "cf-mitigated"), None)
    if capture.status and reception_of(capture.status, mitigated) is Reception.CHALLENGED:
        return "cf-mitigated"
    if not capture.body or not (capture.status in _REFUSALS or 200 <= (capture.status or 0) <= 299):
        return None
    result = extract(replace(capture, status=200), SiteRules())
    if not isinstance(result, Extraction) or result.article.kind is not PageKind.BLOCKED:
        return None
    said = f"{PageKind.BLOCKED}: "
    evidence = next((note.removeprefix(said) for note in result.notes if note.startswith(said)), "")
    if capture.status not in _REFUSALS and NEEDS_SCRIPT.search(evidence):
        return None
    return evidence or PageKind.BLOCKED.value


def said_of(evidence: str) -> str:
    """What a person is told of a challenge page."""
    return f"a challenge page came, which asks for the proof that a person is there ({evidence})"
