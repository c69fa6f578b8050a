"""Labels of players, embeds, polls, like buttons and theme litter such as Jetpack's "%d bloggers like this:"."""

import re
from typing import Final

from archive.model.article import ClutterKind
from archive.model.source import SiteRules
from pipelines.clutter.draft import Draft, Line, move_where
from pipelines.clutter.prune import ElementRule
from pipelines.compare import plain
from pipelines.page.blocks import POPUP
from pipelines.phrases import Patterns, pattern, phrases

ELEMENTS: Final = (
    ElementRule(
        name="widget-element",
        kind=ClutterKind.WIDGET,
        # Jetpack's likes and hover cards; players and embeds that bring their own labels
        names=pattern(r"""
            audio-?player
            estimated-?read
            ^font-?(?:size|resizer)$
            grofile-hash
            jetpack-likes
            jp-carousel
            ^jw-(?:controls|text|title)
            like-post-wrapper
            likes-other-gravatars
            likes-text
            listen-?to-?(?:article|story)
            post-likes-widget
            print-?(?:button|link)
            rating-?widget
            reading-?time
            sd-like
            text-?to-?speech
            ^vjs-
        """),
        prose=0,
        text=400,
    ),
    ElementRule(
        name="popup-element",
        kind=ClutterKind.WIDGET,
        tags=frozenset({"div", "span"}),
        names=POPUP,
        prose=600,
        text=1500,
    ),
)

_LINES: Final = phrases("widgets")
_LIKE: Final = Patterns("widget-lines")


# Stand-ins for an embed until the reader consents; a whole paragraph in German.
_EMBED: Final = Patterns("embeds")
_URL: Final = re.compile(r"https?://\S+")


def drop_widget_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Cut labels of players, embeds, adverts and theme litter."""
    return move_where(draft, ClutterKind.WIDGET, "widget-line", _is_widget_line)


def _is_widget_line(line: Line) -> bool:
    """Tell whether a line is a label. In a table, in code and in a list of URLs, a line may only look like one."""
    if line.tag in ("code", "row") or (line.tag == "item" and _URL.fullmatch(line.text)):
        return False
    return is_widget(line.text)


def is_widget(text: str) -> bool:
    """Tell whether a line is a label of a widget."""
    if len(text) > 240:
        return bool(_EMBED.match(text))
    said = plain(text)
    return (
        said in _LINES or bool(_LIKE.fullmatch(said) or _EMBED.match(text)) or not any(char.isalnum() for char in text)
    )
