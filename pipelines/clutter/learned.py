"""Lines learned over the pages of a site (`pipelines.rules.learn`). They are cut at the ends of a text only.

Inside the text nothing is cut for being learned: "Ingredients", "The verdict" and a column's refrain are on many pages
too, and are text.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from archive.changes.learned_cuts import RULE
from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from archive.text import count_words
from pipelines.clutter.draft import Draft, Line, move
from pipelines.compare import ends_sentence, key
from pipelines.phrases import pattern

# Subjects of learned lines, for the ledger; the general rules have cut those they know before. The first that fits.
_KINDS: Final = (
    (ClutterKind.NEWSLETTER, pattern(r"\b(?:briefing|inbox|mailing list|newsletters?|posteingang)\b", before=".*")),
    (ClutterKind.SHARE, pattern(r"\b(?:facebook|instagram|mastodon|telegram|tiktok|twitter|whatsapp)\b", before=".*")),
    (
        ClutterKind.PROMO,
        pattern(
            r"\b(?:abonn\w+|donat\w+|download|membership|premium|print(?:ed)? edition|subscri\w+|suscr\w+)\b",
            before=".*",
        ),
    ),
    (ClutterKind.NAVIGATION, pattern(r"(?:©|\bcopyright\b|\b(?:all )?rights reserved\b|\bimpressum\b)", before=".*")),
)
_LABEL: Final = 3  # words: "Closing prices", "What to know"; "LONDON" and "Letters to" above a text


def drop_learned(draft: Draft, rules: SiteRules) -> Draft:
    """Cut learned lines that the text begins or ends with."""
    if not rules.boilerplate:
        return draft
    known = frozenset(rules.boilerplate)
    hits = [key(line.text) in known for line in draft.lines]
    chosen = {*at_start(hits), *at_end([line.text for line in draft.lines], hits)}
    by_kind: defaultdict[ClutterKind, set[Line]] = defaultdict(set)
    for at in sorted(chosen):
        by_kind[guess(draft.lines[at].text)].add(draft.lines[at])
    for kind, lines in by_kind.items():
        draft = move(draft, kind, RULE, {at for at, line in enumerate(draft.lines) if line in lines})
    return draft


def at_start(hits: Sequence[bool]) -> frozenset[int]:
    """Return the positions of the hits that the text begins with."""
    return frozenset(takewhile(hits.__getitem__, range(len(hits))))


def at_end(texts: Sequence[str], hits: Sequence[bool]) -> frozenset[int]:
    """Return the positions of the hits that the text ends with; one fragment ("jo@paper.test", a date) may be between.

    The hit above that fragment must be more than a label: "Closing prices" belongs to the numbers below it.
    """
    found = list[int]()
    passed = False
    for at in range(len(hits) - 1, -1, -1):
        if hits[at] and not (passed and is_label(texts[at])):
            found.append(at)
        elif passed or hits[at] or ends_sentence(texts[at]):
            break
        else:
            passed = True
    return frozenset(found)


def is_label(text: str) -> bool:
    """Tell whether a line may be a label of the lines below it: a few words, or a colon at the end."""
    return text.endswith((":", "：")) or count_words(text) <= _LABEL


def guess(text: str) -> ClutterKind:
    """Guess the kind of a line by its words alone."""
    return next((kind for kind, words in _KINDS if words.match(text)), ClutterKind.OTHER)
