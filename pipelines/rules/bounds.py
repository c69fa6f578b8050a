"""What a source says of its own articles, applied to what extraction made of a page."""

from dataclasses import replace

from archive.model.article import Extraction
from archive.model.outcome import Failure, Outcome
from archive.text import count_words


def measured(result: Extraction | Failure, min_words: int) -> Extraction | Failure:
    """Apply the source's own bound on how short an article may be."""
    if isinstance(result, Failure) or result.outcome not in {Outcome.SAVED, Outcome.TOO_SHORT}:
        return result
    short = count_words(result.article.text) < min_words
    return replace(result, outcome=Outcome.TOO_SHORT if short else Outcome.SAVED)
