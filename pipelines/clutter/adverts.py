"""Advertising slots and consent boxes, as far as their markup names them."""

from typing import Final

from archive.model.article import ClutterKind
from pipelines.clutter.prune import ElementRule
from pipelines.phrases import pattern

ELEMENTS: Final = (
    ElementRule(
        name="advert-element",
        kind=ClutterKind.ADVERT,
        # A bare "ad" is no sign: of 202 cuts it made, 141 were body text.
        tags=frozenset({"aside", "div", "figure", "ins", "p", "section", "span"}),
        names=pattern(r"""
            adsbygoogle
            ad-?(?:slot|unit|container|wrapper|label|banner|placeholder)\b
            advert(?!orial)
            anzeige\b
            dfp-?ad
            google[-_]?ad
            publicidad
            sponsor(?:ed)?-?(?:content|box|label)
            werbung
        """),
        prose=0,
        text=300,
    ),
    ElementRule(
        name="consent-element",
        kind=ClutterKind.CONSENT,
        # OneTrust, Didomi, Sourcepoint, Usercentrics, Cookiebot, iubenda, Quantcast, WordPress plugins
        tags=frozenset({"aside", "dialog", "div", "footer", "form", "p", "section"}),
        names=pattern(r"""
            consent
            cookiebot
            cookie(?!s?-?policy-?page)
            didomi
            eu_cookie
            gdpr
            iubenda
            onetrust
            privacy-?(?:banner|notice|overlay|placeholder)
            qc-cmp
            sp_message
            usercentrics
        """),
        prose=3000,
        share=0.34,
        text=8000,
    ),
)
