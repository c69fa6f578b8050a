"""Pull quotes: a sentence of the text set large beside it. It is in the text already."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, move
from pipelines.compare import ends_sentence, key

_SHORTEST: Final = 40  # letters: a shorter sentence may well be said twice ...
_SHORTEST_NAMED: Final = 20  # ... but not in an element for pull quotes
_MORE: Final = 10  # letters by which the paragraph that holds it is longer
_QUOTES: Final = "\"“„«‘'「『»”"
_NAMES: Final = re.compile(r"pull-?_?-?quote|quote|zitat|highlight|callout|excerpt|citation|cita\b")


def drop_pull_quotes(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut sentences set apart from the text that a longer paragraph repeats word for word."""
    keys = [key(line.text) for line in draft.lines]
    chosen = {
        at
        for at, line in enumerate(draft.lines)
        if _is_set_apart(line) and len(keys[at]) >= _shortest(line) and _is_said_elsewhere(keys[at], keys)
    }
    return move(draft, ClutterKind.PULL_QUOTE, "pull-quote", chosen)


def _is_set_apart(line: Line) -> bool:
    if line.tag in ("head", "item", "row") or not ends_sentence(line.text):
        return False
    return line.tag == "quote" or line.apart or bool(_NAMES.search(line.marks)) or line.text[:1] in _QUOTES


def _shortest(line: Line) -> int:
    return _SHORTEST_NAMED if "pull" in line.marks else _SHORTEST


def _is_said_elsewhere(said: str, keys: list[str]) -> bool:
    return any(len(other) >= len(said) + _MORE and said in other for other in keys)
