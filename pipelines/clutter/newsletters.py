"""Newsletter boxes, and promotion of subscriptions, apps and memberships."""

import re
from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.blocks import Index, Span
from pipelines.clutter.draft import Draft, Line, move, move_where, plain
from pipelines.clutter.phrases import pattern
from pipelines.clutter.prune import ElementRule, may_go
from pipelines.page import Element

ELEMENTS: Final = (
    ElementRule(
        name="newsletter-element",
        kind=ClutterKind.NEWSLETTER,
        tags=frozenset({"aside", "div", "form", "gu-island", "li", "section", "ul"}),
        names=pattern(r"""
            abo-?box
            boletin
            email-?sign-?up
            mailchimp
            mailing-?list
            mc_embed
            news-?letter
            newsletter
            sign-?up(?:-?(?:box|form|module|widget|container|unit))
            subscribe-?(?:box|form|widget|module)
        """),
        prose=700,
        share=0.2,
        text=1500,
    ),
    ElementRule(
        name="promo-element",
        kind=ClutterKind.PROMO,
        tags=frozenset({"aside", "div", "form", "p", "section"}),
        names=pattern(r"""
            app-?(?:promo|download|banner)
            donat(?:e|ion)-?(?:box|form|banner|cta|block|widget)
            house-?ad
            in-?house-?promo
            membership-?(?:promo|cta)
            paywall-?(?:cta|promo|banner)
            subscri(?:be|ption)-?(?:promo|cta|banner)
            support-?us
        """),
        prose=700,
        share=0.2,
        text=1500,
    ),
)

_SIGNUP: Final = ElementRule(name="signup-form", kind=ClutterKind.NEWSLETTER, prose=700, share=0.2, text=600)


def find_signups(index: Index) -> dict[Element, ElementRule]:
    """Boxes around a field for an e-mail address, whatever they are called: the form with the lines that go with it."""
    if not index.spans:
        return {}
    fields = [
        field for field in index.spans[0].element.iter("input") if (field.get("type") or "").strip().lower() == "email"
    ]
    if not fields:
        return {}
    spans = {span.element: span for span in index.spans}
    boxes = (_signup_box(field, spans, index) for field in fields)
    return {box: _SIGNUP for box in boxes if box is not None}


def _signup_box(field: Element, spans: dict[Element, Span], index: Index) -> Element | None:
    """The first element around a field that says more than its form does, if it is small and nothing but that."""
    form = next(field.iterancestors("form"), field)
    if next(form.iter("textarea"), None) is not None:
        return None  # a form for comments
    for box in form.iterancestors():
        span = spans.get(box)
        if span is None or box.tag in _NO_BOXES or not may_go(span, index, _SIGNUP):
            return None
        if box.tag in _BOXES and span.end - span.start > spans[form].end - spans[form].start:
            return box
    return None


_BOXES: Final = frozenset({"aside", "div", "li", "section"})
_NO_BOXES: Final = frozenset({"article", "body", "main"})

_NEWSLETTER: Final = pattern(r"""
    .{0,120}\bin your inbox\b.{0,60}
    .{0,160}\b(?:straight|delivered|directly|sent|right) (?:in)?to your (?:e-?mail|inbox|mailbox).{0,60}
    .{0,20}各種メールマガジン.{0,40}
    .{0,40}\bnewsletter(?: sign ?up)?
    .{0,40}(?:jetzt|hier) .{0,30}newsletter .{0,60}
    .{0,60}\bsign up (?:for|to) (?:get|our|receive|the|this)\b.{0,120}\b(?:alerts|briefing|digest|updates)\b.{0,80}
    .{0,60}\bsign up (?:for|to) (?:get|our|receive|the|this)\b.{0,120}\b(?:e-?mails?|inbox|newsletters?)\b.{0,80}
    .{0,60}\bsign up (?:for|to) (?:her|his|my|their)\b.{0,120}\b(?:e-?mails?|newsletters?)\b.{0,80}
    .{0,80}newsletter\b.{0,40}\b(?:abonnieren|anmelden|bestellen).{0,40}
    abonnez-vous .{0,140}
    assine .{0,60}newsletter.{0,60}
    by (?:signing|subscribing|clicking|submitting|providing|entering)\b.{0,60}\byou (?:agree|accept|consent|confirm)\b.*
    e-?mail address
    (?:enter )?your e-?mail(?: address)?
    for the latest .{0,120} sign up (?:for|to) .{0,80}
    get daily national news
    get (?:our|the|daily|more|all)\b.{0,80}\b(?:newsletter|inbox|e-?mail|alerts?)\b.{0,80}
    inscreva-se .{0,100}
    inscrivez-vous .{0,140}
    iscriviti .{0,140}
    keep an eye on your inbox.*
    meld (?:je|u) aan .{0,100}
    newsletters?
    recevez .{0,60}newsletter.{0,60}
    sign(?:ing)? up (?:here )?(?:for|to|now)\b.{0,200}
    sorry
    subscribe
    subscribe (?:to|for|now|today|here)\b.{0,140}
    suscribirse.{0,60}
    suscríb(?:e|i|a)te .{0,140}
    thanks for signing up
    thank you for subscribing.*
    there was an error processing your subscription
    zapisz się .{0,120}
    zum newsletter.{0,60}
    подпишитесь на .{0,140}
""")
_PROMO: Final = pattern(r"""
    .{0,10}紙の新聞の定期購読者の方.*
    .{0,20}に登録すると
    .{0,20}会員向け記事が読み放題.*
    .{0,20}(?:有料記事|記事)(?:も)?(?:が)?(?:お読みいただけます|読み放題).*
    .{0,20}電子版が利用できる
    .{0,30}有料会員(?:になると|登録).*
    .{0,40}(?:abonnent|abo)en? .{0,20}(?:einloggen|anmelden).{0,40}
    .{0,60}réservée? aux abonnés.{0,40}
    .{0,80}affiliate-?links?\b.{0,200}(?:provision|commission|kommission).*
    advertisement
    already (?:a |have an? )?(?:subscriber|member|subscription|account|registered).{0,60}
    anzeige
    buy us a coffee.{0,60}
    click here (?:for|to (?:download|join|read|sign|subscribe|watch|get (?:the |our )?.{0,40}app))\b.{0,140}
    continue reading.{0,80}
    create (?:a free |an )?account.{0,60}
    die mit einem symbol oder unterstreichung gekennzeichneten links sind affiliate.*
    (?:download|get) (?:the|our) .{0,40}\bapp\b.{0,100}
    get (?:the )?.{2,40} on the go.{0,60}
    if you (?:enjoyed|liked) (?:this|reading this) (?:article|story|post)\b.{0,300}
    il vous reste [\d.,]+ ?% de cet article.*
    (?:jetzt|hier) (?:abonnieren|registrieren|testen|anmelden).{0,60}
    join our .{0,60}(?:channel|group|community|challenge|parlay).{0,60}
    log ?in
    mit .{0,30}\+ weiterlesen.{0,60}
    (?:please )?(?:consider )?(?:donat(?:e|ing)|making a donation)\b.{0,120}
    read (?:the )?full (?:story|article).{0,60}
    register(?: now)?
    (?:reviews and recommendations are unbiased|.{0,80}may earn (?:us )?(?:a|an affiliate) commission).*
    sign in
    (?:subscribe|become a (?:member|subscriber)|support) .{0,40}(?:independent premium|premium|today)\b.{0,60}
    (?:support|help) (?:our|independent|quality|local) (?:work|journalism|news).{0,140}
    (?:this|our) (?:article|story|post|page) (?:may )?contains? affiliate links.*
    (?:this|the) (?:article|content|story) is (?:available |exclusively |only )*(?:for|to) (?:member|subscriber)s.{0,60}
    want to bookmark your .*
    (?:we )?(?:independently select everything we recommend|independently review).*
    when you (?:buy|purchase) through (?:our )?links.*
    your support (?:makes|helps|allows).{0,160}
    この記事は(?:有料)?会員限定.*
    【初トクキャンペーン】.*
    残り[:：]?\s*[\d,]+\s*文字.*
    ※紙の新聞とは.*
""")


def drop_newsletter_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """What newsletter boxes say."""
    return move_where(draft, ClutterKind.NEWSLETTER, "newsletter-line", lambda line: _says(line, _NEWSLETTER, 320))


def drop_promo_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """Promotion of subscriptions, apps, memberships and affiliate links."""
    return move_where(draft, ClutterKind.PROMO, "promo-line", lambda line: _says(line, _PROMO, 500))


_CUE: Final = re.compile(
    r"\bnewsletters?\b|\binbox\b|\bwhats-?app-?(?:channel|kanal)\b|\b(?:e-?mail|push)[- ]?(?:alerts?|updates?)\b",
    re.IGNORECASE,
)
_CALL: Final = pattern(
    r"""
    abonn\w+
    anmeld\w+
    assine\w*
    bestellen
    click here
    hier geht
    informiert sie
    inscri\w+
    iscriv\w+
    join
    meld deg
    melden sie sich
    meld je
    prenumerer\w+
    register
    schrijf je
    sign(?:ing)? up
    subscrib\w+
    suscr\w+
    tilaa
    tilmeld\w*
    zapisz
    подпиш\w+
    """,
    before=r"\b",
    after=r"\b",
)


def drop_newsletter_calls(draft: Draft, _rules: SiteRules) -> Draft:
    """In the last third, or set apart by italics or a link: a line that names a newsletter and asks to act."""
    from_here = len(draft.lines) * 2 // 3
    chosen = {
        at
        for at, line in enumerate(draft.lines)
        if len(line.text) <= 400
        and (at >= from_here or line.italic > 0.8 or line.linked > 0.3)
        and _CUE.search(line.text)
        and _CALL.search(line.text)
    }
    return move(draft, ClutterKind.NEWSLETTER, "newsletter-call", chosen)


def _says(line: Line, pattern: re.Pattern[str], most: int) -> bool:
    if len(line.text) > most or line.tag == "row" or line.text[:1] in '"“„«':
        return False
    return bool(pattern.fullmatch(plain(line.text)))
