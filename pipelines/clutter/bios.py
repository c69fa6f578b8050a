"""Who the author is: boxes about them, and the lines after an article that say what they do."""

import re
from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, ending, key, move
from pipelines.clutter.phrases import alternatives, pattern
from pipelines.clutter.prune import ElementRule

ELEMENTS: Final = (
    ElementRule(
        name="bio-element",
        kind=ClutterKind.BIO,
        tags=frozenset({"address", "aside", "div", "footer", "p", "section", "ul"}),
        names=pattern(r"""
            about-?(?:the-?)?author
            author-?(?:bio|box|info|card|desc\w*|about|profile|details|block)
            autor(?:en)?-?(?:box|info|profil)
            bio-?(?:box|text|info)
            contributor-?bio
            post-?author
            writer-?bio
        """),
        prose=1200,
        share=0.25,
        text=2500,
    ),
)

_JOBS: Final = alternatives(r"""
    analyst
    anchor
    associate
    author
    autor(?:in)?
    blogger
    broadcaster
    bureau chief
    columnist
    commentator
    contributor
    correspondent
    critic
    dziennikarz\w*
    editor
    fellow
    freelance\w*
    giornalista
    historian
    host
    intern
    journalist(?:e|in)?
    korrespondent\w*
    lecturer
    novelist
    periodista
    photographer
    producer
    professor
    rédact\w+
    redactor\w*
    redakteur\w*
    reporter(?:in)?
    researcher
    staff
    volontär\w*
    writer
    журналист\w*
    корреспондент\w*
""")
_DEEDS: Final = alternatives(r"""
    berichtet (?:für|über)
    covers
    has been (?:covering|writing)
    has covered
    has written for
    is based in
    is the author of
    joined
    reports (?:for|on)
    schreibt (?:für|über)
    writes (?:about|for|on)
""")
_PERSON: Final = r"\W?[A-ZÀ-Þ][\w.'’\-]*(?:\s+(?:[A-ZÀ-Þ]|de|van|von|der|al|bin|el|la)[\w.'’\-]*){1,4}"
_BEING: Final = r"(?:is|was|ist|est|es|è|jest)\s+(?:(?:an?|the|our|one|eine?|une?|un|una)\s+)?"
# Case matters in these: a name is told by its capitals.
_IS: Final = re.compile(rf"{_PERSON},?\s+{_BEING}[^.]{{0,90}}\b{_JOBS}\b")
_DOES: Final = re.compile(rf"{_PERSON}\s+{_DEEDS}\b")
_OUTLET: Final = re.compile(
    r"\b(?:for|at|with|of) (?:The |the )?[A-Z]\w+ ?"
    r"(?:Democrats|Digital|Guardian|Independent|Journal|Magazine|News|Post|Press|Times|Today)\b"
)
_CONTACT: Final = pattern(r"""
    (?:follow|reach|contact|email|e-mail|write to|send (?:tips|story tips|e-?mails?))\s.{0,80}@\w.{0,120}
    \S+@\S+\.\w{2,}
    (?:twitter|x|instagram|e-?mail|contact)\s*:\s*\S*@\S+.{0,40}
    (?:you can )?follow (?:him|her|them|me) (?:on|@).{0,80}
""")
# Who else worked on it: contributors, desks, agencies. "Originally published in" stays, a wire's "(Reporting by" too.
_CREDITS: Final = pattern(r"""
    (?:additional )?reporting (?:for this [\w ]+ )?(?:was )?(?:contributed )?by\b.{0,200}
    \((?:dpa|afp|reuters|ap|ansa|efe|pap|tass|sda|apa|epd|kna|[a-z]{2,4}(?:[/,] ?\w{2,6}){0,3})\)
    (?:dpa|afp|reuters|sda|apa|kna|epd|rnd|ansa|efe|pap)(?:[/,] ?\w{2,6}){0,3}
    eigene recherche
    mit agenturmaterial\.?
    (?:sources?|quellen?|fuentes?|fonti?|źródło|kilder?|bron|källa|lähde|источник|kaynak)\s*:\s.{1,80}
    \W{0,3}[\w.'’\-, ]{2,140} contribute[ds] (?:additional )?(?:for|to) this (?:article|piece|post|report|story).{0,80}
    \W{0,3}[\w.'’\-, ]{2,140} contribute[ds] (?:additional )?reporting\b.{0,80}
    \W{0,3}mit (?:agenturmaterial|informationen|material)\b.{0,160}
    \W{0,3}with (?:additional )?(?:agencies|files|inputs?|material|reporting|reports?)\b.{0,160}
    \(?(?:compiled|translat(?:ed|ion)|writing)\s*(?:by|:)\s.{0,200}
    \(?(?:faktencheck|mitarbeit|redaktion|schlussredaktion|traducción|traduction|übersetzung)\s*:\s.{0,200}
""")


def drop_bios(draft: Draft, _rules: SiteRules) -> Draft:
    """At the end: "X is a reporter at Y", "X covers Z", and how to reach them."""
    authors = {key(name) for name in draft.authors if name}
    chosen: set[int] = set()
    for at, line in ending(draft):
        text = line.text
        about_author = any(len(name) > 5 and key(text).startswith(name) and key(text) != name for name in authors)
        if len(text) <= 900 and (_is_bio(text, known=about_author) or _CONTACT.fullmatch(text)):
            chosen.add(at)
    return move(draft, ClutterKind.BIO, "bio-line", chosen)


def _is_bio(text: str, *, known: bool) -> bool:
    """A known author's name needs less evidence: articles end with a sentence about somebody else often enough."""
    if known and (_IS.match(text) or _DOES.match(text) or re.search(_JOBS, text[:160], re.IGNORECASE)):
        return True
    says = bool(_IS.match(text) or _DOES.match(text))
    return says and bool(_CONTACT.search(text) or _OUTLET.search(text))


def drop_contributions(draft: Draft, _rules: SiteRules) -> Draft:
    """At the end: who contributed, which agency, where it was published first."""
    chosen = {
        at for at, line in ending(draft, 5) if len(line.text) <= 320 and _CREDITS.fullmatch(line.text.strip(" \t*_"))
    }
    return move(draft, ClutterKind.BYLINE, "contributed", chosen)
