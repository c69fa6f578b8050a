"""Labels of players, embeds, polls, like buttons and theme litter such as Jetpack's "%d bloggers like this:"."""

from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, move_where, plain
from pipelines.clutter.phrases import pattern, phrase_set
from pipelines.clutter.prune import ElementRule

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
            like-post-wrapper
            likes-other-gravatars
            likes-text
            listen-?to-?(?:article|story)
            popover
            post-likes-widget
            print-?(?:button|link)
            rating-?widget
            reading-?time
            rollover-people
            sd-like
            text-?to-?speech
            tooltip
        """),
        prose=0,
        text=400,
    ),
)

_LINES: Final = phrase_set("""
    a a | about this rating | accept | accept all | advertentie | advertisement | advertisement - scroll to continue
    advertisement advertisement | advertisement continues below | annonce | annons | annonse | anzeige
    article audio | article content | article continues after advertisement
    article continues after this advertisement | article continues below | artikel anhören | artikel drucken
    artikel merken | audio | click to expand | click to play | content continues below | continue reading below
    continues below | embed | enlarge | enlarge image | externer inhalt | externer inhalt nicht verfügbar
    fehler gefunden? jetzt melden | fehler gefunden?jetzt melden | folgen | follow | following | fullscreen
    hide caption | image | images | infographic | infos zum zitiervorschlag | like | like loading | like this
    link zum youtube-inhalt | listen | listen now | listen to article | listen to this article
    listen to this story | loading | loading... | mainos | mute | open image modal | pause | photo | photo by
    photo gallery | photos | play | play audio | play episode | play now | play video | playback speed | poll
    promoted | pubblicità | publicidad | publicidade | publicité | read aloud | read less | read more | reklam
    reklam alanı | reklama | save | save article | save this | save this story | scroll down | scroll to continue
    seguir | skip advertisement | slideshow | sponsored | sponsored by | story continues
    story continues after advertisement | story continues below | story continues below advertisement | suivre
    text | text size | this is a modal window | toggle caption | unmute | vergrößern | video | videos | view gallery
    view this post on instagram | watch | watch live | watch now | watch the video | watch video | werbung
    wird geladen | zoom | реклама | カテゴリーをフォローする | フォロー | 广告 | 広告
""")  # fmt: skip
_LIKE: Final = pattern(r"""
    .{0,20}zitiervorschlag.{0,20}
    .{0,30}\bmin(?:ute)?s? (?:of )?read(?:ing)?
    ©.{0,60}(?:dpa|reuters|afp|ap)\b.{0,60}
    © ?(?:19|20)\d\d.{0,140}
    alle rechte vorbehalten.{0,40}
    all rights reserved.{0,60}
    an dieser stelle (?:findest du|finden sie|befindet sich) .{0,200}
    (?:an )?(?:external|externe[rs]?) (?:content|inhalte?) .{0,120}
    a post shared by .{0,120}
    bitte markieren sie die entsprechenden wörter im text.*
    copyright ©? ?(?:19|20)\d\d.{0,140}
    \d{1,2}:\d{2}(?: ?/ ?\d{1,2}:\d{2})?(?: min\.?.{0,40})?
    \d{1,2}:\d{2} min\.+ verfügbar bis .{0,20}
    \d+ ?/ ?\d+
    (?:%d|\d+) bloggers? likes? this
    deine privatsphäre-einstellungen verhindern .*
    \d+ of \d+
    \d+ (?:shares?|likes?|views?|min(?:ute)?s? read|min\.? lesezeit|min\.? read|minuten lesezeit)
    (?:estimated )?(?:reading time|lesezeit|temps de lecture|tempo di lettura|tiempo de lectura)\b.{0,30}
    fehler (?:gefunden|melden|im text).{0,60}
    hinweis an die redaktion.{0,40}
    https?://\S+
    ich bin damit einverstanden, dass mir externe inhalte .*
    image \d+ of \d+
    infos? zum zitiervorschlag.{0,20}
    javascript is (?:disabled|required).{0,100}
    (?:please )?(?:disable|turn off) (?:your )?ad ?block.{0,100}
    please enable javascript.{0,100}
    report (?:an? )?(?:error|typo|mistake).{0,60}
    see an error.{0,60}
    spotted an error.{0,80}
    (?:this|the) (?:audio|browser|content|embed|post|video) (?:can|could) ?not be .{0,100}
    (?:this|the) (?:audio|browser|content|embed|post|video) (?:does not support|is no longer|is not|isn't) .{0,100}
    (?:to|you need to) (?:view|see|watch) (?:this|the) (?:video|content|post|media|embed).{0,120}
    view (?:this post|more) on (?:instagram|facebook|twitter|x).{0,30}
    your browser does not support .{0,80}
""")


# What stands where an embed would, until the reader consents; a whole paragraph in German.
_EMBED: Final = pattern(r"""
    an dieser stelle (?:findest du|finden sie|befindet sich|steht)
    ce contenu (?:est bloqué|n.est pas)
    deine privatsphäre-einstellungen verhindern
    empfohlener redaktioneller inhalt
    este contenido (?:está bloqueado|no está)
    ich bin damit einverstanden, dass mir (?:der )?externe
    ihre (?:privatsphäre|datenschutz)-einstellungen verhindern
    mit (?:klick|dem klick) auf .{0,60}(?:externe|youtube|twitter|instagram)
    this (?:article|page) (?:includes|contains) content (?:provided|hosted|from)
    to (?:display|view|see) this (?:embed|content|post), you
    we ask for your permission before anything is loaded
    (?:wir brauchen|wir benötigen) (?:ihre|deine) zustimmung
    zum anzeigen (?:dieses|externer)
""")


def drop_widget_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Labels of players, embeds, adverts and theme litter."""
    return move_where(draft, ClutterKind.WIDGET, "widget-line", lambda line: line.tag != "row" and is_widget(line.text))


def is_widget(text: str) -> bool:
    """Tell whether a line is a label of a widget."""
    if len(text) > 240:
        return bool(_EMBED.match(text))
    said = plain(text)
    return (
        said in _LINES or bool(_LIKE.fullmatch(said) or _EMBED.match(text)) or not any(char.isalnum() for char in text)
    )
