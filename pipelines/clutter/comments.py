"""Reader comments, their forms, and the lines they leave behind."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, cut, is_prose, move_where
from pipelines.clutter.prune import ElementRule
from pipelines.compare import plain
from pipelines.phrases import Patterns, pattern, phrases

ELEMENTS: Final = (
    ElementRule(
        name="comment-section",
        kind=ClutterKind.COMMENT,
        # WordPress, Disqus, Coral, Viafoura, Spot.IM, Hyvor, Facebook, wpDiscuz, Livefyre, Drupal
        tags=frozenset(
            {"article", "aside", "details", "div", "footer", "form", "h2", "h3", "li", "ol", "section", "ul"}
        ),
        names=pattern(
            r"""
            add-comment-block
            article-?comments
            comentarios?
            commentaires?
            commentform
            commenti
            comment-?list
            comments?
            comments?-(?:area|list|section|wrapper|wrap|form|container|block|box|template|respond|reply-title)
            coral\S*
            disqus_thread
            disqus\S*
            fb-comments
            hyvor\S*
            kommentare?
            kommentarer
            leave-?reply
            livefyre\S*
            post-?comments
            reacties
            reader-?comments?
            reply-title
            respond
            spcv_\S*
            spot-?im\S*
            user-?comments
            vf-comments
            viafoura\S*
            wc-comment\S*
            wpdiscuz\S*
            wpd-\S*
            """,
            before=r"^",
            after=r"$",
        ),
        prose=200_000,
        share=0.95,
        text=400_000,
    ),
)

_LINES: Final = phrases("comments")
_LIKE: Final = Patterns("comment-forms")
_SEVERAL: Final = 3
_CALLED: Final = re.compile(r"(?<![a-z])(?:comentarios?|comment(?:aires?|i|s)?|kommentare?r?|reacties)(?![a-z])")


def drop_comment_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut the wording of comment forms ("Leave a Reply") whose element did not give them away."""
    return move_where(draft, ClutterKind.COMMENT, "comment-line", lambda line: is_comment_line(line.text))


def drop_comment_tail(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut at the end: the lines of elements named comments, three or more, however long they are."""
    called = [bool(_CALLED.search(line.marks)) for line in draft.lines]
    first = len(called)
    while first > 0 and called[first - 1]:
        first -= 1
    above = [line for line in draft.lines[:first] if is_prose(line)]
    if len(called) - first < (1 if _is_headed(draft, first) else _SEVERAL) or len(above) < _SEVERAL:
        return draft
    return cut(draft, ClutterKind.COMMENT, "comment-tail", set(range(first, len(called))))


def _is_headed(draft: Draft, first: int) -> bool:
    """Tell whether a line of a comment form, such as "4 comments", was cut right above a line."""
    if not 0 < first < len(draft.lines):
        return False
    above, place = draft.lines[first - 1].place, draft.lines[first].place
    return any(each.kind is ClutterKind.COMMENT and above < each.place < place for each in draft.cuts)


def is_comment_line(text: str) -> bool:
    """Tell whether a line belongs to a comment form."""
    if len(text) > 300:
        return False
    said = plain(text)
    return said in _LINES or bool(_LIKE.fullmatch(said))
