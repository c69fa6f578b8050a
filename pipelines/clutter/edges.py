"""Lines below the text in a container of their own: key words, sources, players' labels, and boxes of any kind."""

from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, is_prose, move

_LINK: Final = 0.9


def drop_outside_end(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: lines in another element than the paragraphs of the text.

    Prose among them is cut only below a line that is no prose (its heading) or if it is a link: the end of an article
    may be in an element of its own, behind an advert or a wall.
    """
    first = len(draft.lines)
    while first > 0 and draft.lines[first - 1].apart:
        first -= 1
    tail = range(first, len(draft.lines))
    heading = next((at for at in tail if not is_prose(draft.lines[at])), len(draft.lines))
    chosen = {at for at in tail if at >= heading or draft.lines[at].linked > _LINK}
    return move(draft, ClutterKind.OTHER, "outside-end", chosen)
