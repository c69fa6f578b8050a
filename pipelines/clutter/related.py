"""Links to other articles: boxes of them, "read also" lines, and link lines between paragraphs."""

import re
from collections import Counter
from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, Line, ends_sentence, move, move_where, plain
from pipelines.clutter.phrases import alternatives, pattern, phrase_set
from pipelines.clutter.prune import ElementRule

ELEMENTS: Final = (
    ElementRule(
        name="related-element",
        kind=ClutterKind.RELATED,
        # Jetpack (jp-relatedposts), YARPP, Outbrain, Taboola and the common names
        tags=frozenset({"aside", "div", "figure", "footer", "gu-island", "li", "nav", "ol", "p", "section", "ul"}),
        names=pattern(r"""
            also-?read
            further-?reading
            jp-relatedposts
            leer-?mas
            leggi-?anche
            lire-?aussi
            meistgelesen
            more-?(?:stories|articles|news|on|from|posts)
            most-?(?:read|popular|viewed)
            next-?(?:article|story|post)
            outbrain
            read-?(?:more|also|next|on)
            recommend(?!-?ed-?by)
            related(?!-?body)
            see-?also
            taboola
            te-?puede-?interesar
            trending
            up-?next
            weiterlesen
            yarpp
            you-?(?:may|might)
        """),
        prose=600,
        share=0.25,
        text=6000,
    ),
)

# Line openings that announce a link; the colon may be missing where the line is a link itself.
_LABELS: Final = alternatives(r"""
    also on [^:]{1,30}
    also read
    also see
    approfondisci
    auch interessant
    ayrıca (?:bakınız|okuyun)
    baca juga
    basahin din
    bekijk ook
    citește și
    czytaj (?:też|także|więcej|również|dalej)
    das könnte (?:sie|dich) (?:auch )?interessieren
    don't miss
    further reading
    icymi
    ilgili haberler?
    in case you missed it
    lea también
    le[ea]r? (?:más|también)
    lees (?:meer|verder)(?: [^:]{1,40})?
    le(?:es|z) ook
    leggi anche
    leggi di più
    lei[ae] (?:mais|também)
    lesen sie (?:auch|hier|dazu|mehr|weiter)(?: [^:]{1,50})?
    lesen sie hierzu
    lesetipps?
    les (?:også|mer)
    lies auch
    listen(?: (?:to|now))?
    lue (?:myös|lisää)
    läs (?:mer|också|även)
    læs (?:også|mere)
    meer over(?: [^:]{1,40})?
    mehr dazu
    mehr lesen
    mehr themen(?: [^:]{1,40})?
    mehr zum thema
    more(?: (?:from|on|about) [^:]{1,60})?
    more like this
    more on (?:this|this story|this topic)
    must[- ]read
    más (?:información|noticias)
    nos articles sur le sujet
    noticias relacionadas
    olvassa? (?:el )?(?:még|tovább)
    passend dazu
    polecamy
    potrebbe interessarti
    pour aller plus loin
    pročitajte (?:i|još)
    przeczytaj (?:też|także|również)
    přečtěte si (?:také|i)
    read(?: (?:more|next|also|this|too|on))?(?: (?:on|about|from) [^:]{1,60})?
    recommended(?: (?:reading|for you|stories|articles|videos))?
    relacionad[oa]s?
    related(?: (?:articles?|stor(?:y|ies)|posts?|topics?|content|news|coverage|links?|reading|video|videos|read|reads))?
    saiba mais
    see also
    see more
    se också
    siehe auch
    skaitykite taip pat
    suggested(?: reading)?
    sur le même (?:sujet|thème)
    taip pat skaitykite
    también te puede interesar
    te puede interesar
    trending(?: now)?
    up next
    vedi anche
    veja (?:também|mais)
    ver también
    voir aussi
    watch(?: (?:more|also|now|below))?
    weiterlesen
    what to know next
    what to read next
    xem thêm
    zobacz (?:też|także|również|więcej)
    zum artikel
    zum thema
    (?:à )?lire (?:aussi|la suite|également|plus)
    čitajte (?:i|još)
    čtěte (?:také|více)
    διαβάστε (?:επίσης|ακόμα)
    материалы по теме
    по теме
    смотрите также
    читайте далее
    читайте (?:также|ещё|еще)
    читайте також
    עוד בנושא
    קראו גם
    إقرأ أيضا
    اقرأ أيضا
    ذات صلة
    قد يهمك
    ये भी पढ़ें
    यह भी पढ़ें
    อ่านเพิ่มเติม
    あわせて読みたい
    おすすめ情報
    おすすめ記事
    こちらも読む
    もっと見る
    延伸閱讀
    延伸阅读
    推荐阅读
    相关新闻
    相关阅读
    相關新聞
    続きを読む
    関連キーワード
    関連記事
    관련 기사
    관련기사
""")
_LABEL_ALONE: Final = re.compile(_LABELS, re.IGNORECASE)
_LABEL_COLON: Final = re.compile(rf"\W{{0,3}}{_LABELS}\s*(?:[:：|»>–—]|\s-\s)+\s*\S.*", re.IGNORECASE)
_LABEL_START: Final = re.compile(rf"\W{{0,3}}{_LABELS}\b.*", re.IGNORECASE)
_HEADINGS: Final = phrase_set("""
    aktuelle themen | am meisten gelesen | around the web | das könnte dich auch interessieren
    das könnte sie auch interessieren | editor's choice | editor's pick | editor's picks | editors' picks
    etiquetas | featured | filed under | from our partners | from the web | in this article | key words | keywords
    latest | latest news | latest stories | le plus lu | les plus lus | lo más leído | meistgelesen
    meistgelesene artikel | more articles | more headlines | more in this section | more news | more stories
    most popular | most read | most viewed | mots-clés | más leídas | neueste artikel | newest | news | next article
    next post | next story | other news | other stories | partner news | popular | popular articles
    popular posts | popular stories | previous article | previous post | previous story | promoted
    promoted stories | quellen | recent news | recent posts | recent stories | recommended videos | related topics
    schlagworte | schlagwörter | sponsored content | sponsored stories | tag | tagi | tags | temas | themen
    top news | top stories | top-themen | topics | topics in this article | trending | trending stories
    ultime notizie | verwendete quellen | you may also like | you may also like these | you may like
    you might also like | you might be interested in | últimas noticias | теги
""")  # fmt: skip


def drop_read_also(draft: Draft, _rules: SiteRules) -> Draft:
    """Lines that announce a link: "Read also: ...", with the headline they lead to, or with the line after them."""
    chosen: set[int] = set()
    for at, line in enumerate(draft.lines):
        if len(line.text) > 300 or line.tag == "row":
            continue
        said = plain(line.text)
        if _LABEL_ALONE.fullmatch(said) and _stands_out(line, said):
            chosen.add(at)
            after = at + 1
            while after < len(draft.lines) and after <= at + 4 and _is_teaser(draft.lines[after]):
                chosen.add(after)
                after += 1
        elif (_LABEL_COLON.fullmatch(line.text) and (line.linked > 0.3 or not _is_long(line))) or (
            line.linked > 0.6 and _LABEL_START.match(line.text)
        ):
            chosen.add(at)
    return move(draft, ClutterKind.RELATED, "read-also", chosen)


def _stands_out(line: Line, said: str) -> bool:
    """A single word ("Related") is a label only where its form says so too."""
    return len(said.split()) > 1 or line.text.rstrip().endswith(":") or line.tag == "head" or line.linked > 0.5


def _is_long(line: Line) -> bool:
    return len(line.text) > 160


def _is_teaser(line: Line) -> bool:
    """A linked headline, or the beginning of a text that breaks off."""
    return (line.linked > 0.6 and len(line.text) <= 200) or (len(line.text) <= 400 and line.text.endswith(("...", "…")))


def drop_repeated_labels(draft: Draft, _rules: SiteRules) -> Draft:
    """Lines that are links and begin with the same label: "More news | ...", "MORE NEWS: ...", in any language."""
    labels = [
        (at, match[1])
        for at, line in enumerate(draft.lines)
        if line.linked > 0.4 and (match := _BAR_LABEL.match(line.text))
    ]
    count = Counter(label for _, label in labels)
    chosen = {at for at, label in labels if count[label] > 1}
    return move(draft, ClutterKind.RELATED, "repeated-label", chosen)


_BAR_LABEL: Final = re.compile(r"([^|:]{4,40}?\s*\||[^\W\da-zß-ÿ][^|:a-zß-ÿ]{3,39}:)\s+\S")


def drop_arrow_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Lines that begin with an arrow and hold a link."""
    return move_where(
        draft, ClutterKind.RELATED, "arrow-line", lambda line: line.linked > 0.3 and bool(_ARROW.match(line.text))
    )


_ARROW: Final = re.compile(r"\s*(?:>{1,3}|»|→|➜|➡|►|▶|▸|➤|👉|🔗|⇒)")


def drop_link_labels(draft: Draft, _rules: SiteRules) -> Draft:
    """A line set as a heading with links to other articles under it, two or more: "Also in this week's Post"."""
    if _is_about_links(draft):
        return draft
    return move_where(draft, ClutterKind.RELATED, "link-label", lambda line: line.heads_links and _is_heading(line))


def _is_heading(line: Line) -> bool:
    return len(line.text) <= 80 and (line.tag == "head" or line.bold > 0.9) and not ends_sentence(line.text)


def _is_about_links(draft: Draft) -> bool:
    """A page that lists links is about them."""
    return sum(line.linked > 0.9 for line in draft.lines) > max(12, len(draft.lines) // 3)


def drop_link_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Lines that are one link and no sentence, between paragraphs or in a list: promotion of other articles."""
    if _is_about_links(draft):
        return draft
    return move_where(draft, ClutterKind.RELATED, "link-line", _is_link_line)


def _is_link_line(line: Line) -> bool:
    if line.linked < 0.95 or line.tag in ("row", "quote", "head") or not 15 <= len(line.text) <= 220:
        return False
    shouting = line.text.isupper() and len(line.text.split()) >= 4
    return shouting or (not ends_sentence(line.text) and len(line.text.split()) >= 4) or line.text.endswith(("?", "!"))


def drop_link_sections(draft: Draft, _rules: SiteRules) -> Draft:
    """A heading such as "Top stories" near the end, and everything after it."""
    count = len(draft.lines)
    for at, line in enumerate(draft.lines):
        names_it = len(line.text) <= 60 and plain(line.text) in _HEADINGS and line.tag != "row"
        if names_it and 2 * sum(len(other.text) for other in draft.lines[at:]) < draft.whole:
            return move(draft, ClutterKind.RELATED, "link-section", set(range(at, count)))
    return draft
