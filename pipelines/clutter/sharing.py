"""Share bars, "follow us" and what they leave behind."""

import re
from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, move_where, plain
from pipelines.clutter.phrases import pattern, phrase_set
from pipelines.clutter.prune import ElementRule

ELEMENTS: Final = (
    ElementRule(
        name="share-element",
        kind=ClutterKind.SHARE,
        # Jetpack (sharedaddy, sd-*), AddToAny, AddThis, ShareThis, Shariff
        names=pattern(
            r"""
            a2a_\S*
            addthis\S*
            addtoany\S*
            compartir
            condividi
            follow-?us
            partage\S*
            sd-(?:sharing|social)\S*
            share
            share-?(?:bar|buttons?|links?|icons?|tools?|box|list|this|article|menu|widget|options|container|wrapper)
            sharedaddy
            sharethis\S*
            shariff\S*
            sharing(?:-\S*)?
            social-?(?:share|sharing|links?|icons?|buttons?|bar|media|media-\S*|list|follow|networks)
            teilen
            """,
            before=r"(?:^|[_-])",
            after=r"(?=[_-]|$)",
        ),
        prose=0,
        text=600,
    ),
)

_LINES: Final = phrase_set("""
    artikel teilen | compartilhar | compartilhe | compartir | compartir en | compartir en facebook | condividi
    copied | copier le lien | copy link | copy url | del | dela | delen | drucken | e-mail | email | email this
    facebook | facebook twitter | flipboard | imprimer | imprimir | jaa | kopieren | like this | link copied
    link kopieren | link kopiert | linkedin | mailen | merken | more sharing options | partager | paylaş | pinterest
    pocket | podziel się | print | print friendly | print this | print this article | print this page | reddit
    send this page to a friend | send to a friend | share | share article | share full article
    share full article comments | share on facebook | share on twitter | share on x | share options | share page
    share this | share this article | share this on | share this page | share this post | share this story
    share this with | sms | stampa | teilen | telegram | tumblr | tweet | tweeten | twitter
    udostępnij | udostępnij artykuł | whatsapp | whatsapp facebook | x | xing | поделиться | שתף | مشاركة | シェア
    シェアする | ツイート | 关注 | 分享 | 分享到 | 分享让更多人看到 | 공유
""")  # fmt: skip
_LIKE: Final = pattern(r"""
    (?:facebook|twitter|whatsapp|linkedin|e-?mail|pinterest|telegram|reddit|print|x)(?:[\s,|·/]+(?:facebook|twitter|whatsapp|linkedin|e-?mail|pinterest|telegram|reddit|print|link|x)){1,8}
    find us on facebook.{0,60}
    folge[nt]? (?:sie )?uns .{0,80}
    follow (?:us|me|our \w+(?: \w+)?|@\S+) on (?:facebook|flipboard|google news|instagram|linkedin)\b.{0,80}
    follow (?:us|me|our \w+(?: \w+)?|@\S+) on (?:telegram|threads|tiktok|twitter|whatsapp|x|youtube)\b.{0,80}
    join us on (?:facebook|telegram|whatsapp).{0,80}
    like us on facebook.{0,80}
    obserwuj nas .{0,60}
    seguici .{0,80}
    share (?:(?:article|on|page|post|story|this|via|with) ){1,5}(?:e-?mail|facebook|linkedin|twitter|whatsapp|x)\b.*
    siga[- ]nos .{0,60}
    suivez[- ]nous .{0,80}
    síguenos .{0,80}
    volg ons .{0,60}
    подписывайтесь на .{0,80}
""")


def drop_share_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Labels of share bars, and "follow us on"."""
    return move_where(
        draft, ClutterKind.SHARE, "share-line", lambda line: line.tag != "row" and is_share_line(line.text)
    )


def is_share_line(text: str) -> bool:
    """Tell whether a line is the label of a share bar."""
    if len(text) > 160:
        return False
    said = plain(text)
    return said in _LINES or bool(_LIKE.fullmatch(said)) or all(plain(part) in _LINES for part in _BAR.split(text))


_BAR: Final = re.compile(r"\s+[|·•/]\s+")  # "Print this page | Send this page to a friend"
