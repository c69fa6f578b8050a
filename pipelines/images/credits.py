"""The words around an image that are no caption: who made it, and what its buttons say. Pure."""

import re
from typing import Final

from pipelines.clutter.captions import is_credit
from pipelines.compare import ends_sentence, plain
from pipelines.phrases import alternatives, phrase_set

# Labels before the name of the maker of an image; a colon or the like follows. By language, as news sites of the
# language and the agencies that serve them (AFP, ANSA, dpa, EFE, Lusa, PAP, TASS, Xinhua ...) label theirs.
_LABELS: Final = {
    "ar": "تصوير|الصورة|المصدر",
    "bg": "снимк[аи]|източник",
    "cs": "foto|zdroj|autor",
    "da": "foto|arkivfoto",
    "de": r"(?:archiv|symbol|titel|agentur)?(?:fotos?|bild(?:er)?|grafik)|bildquelle|bildrechte|quelle",
    "el": "φωτ(?:ο|ογραφία)?|πηγή",
    "en": r"(?:photo|image|picture|video)s?(?:\s*/?\s*(?:credits?|courtesy|source|by))?|photograph(?:er|s)?(?:\s+by)?"
    r"|credits?|courtesy(?:\s+of)?|illustration(?:\s+by)?|graphic|source|via",
    "es": r"(?:foto|fotografía|imagen|créditos?|crédito de (?:la )?foto|fuente|cortesía)",
    "et": "foto|allikas",
    "fa": "عکس|منبع",
    "fi": "kuva(?:aja|lähde)?|kuvat",
    "fr": r"crédits?(?:[\s-]+(?:photos?|image))?|photo(?:graphie)?|illustration|source",
    "he": "צילום|קרדיט",
    "hi": "फोटो|तस्वीर|स्रोत",
    "hr": "foto|izvor|snimio",
    "hu": "fotó|forrás|kép",
    "id": "foto|sumber|gambar",
    "it": r"foto(?:grafia)?|credito?|crediti|immagine|fonte",
    "ja": "写真|撮影|提供|出典",
    "ko": "사진(?: ?(?:출처|제공))?|출처|제공",
    "nl": "foto|beeld|bron",
    "no": "foto|bilde|illustrasjon",
    "pl": r"fot|foto|zdj(?:ęcie)?|źródło|autor",
    "pt": r"foto(?:grafia)?|imagem|créditos?|reprodução|divulgação|fonte",
    "ro": "foto|sursa(?: foto)?",
    "ru": "фото(?:графия)?|источник|снимок|иллюстрация",
    "sv": "foto|bild|källa",
    "tr": "fotoğraf|kaynak",
    "uk": "фото|джерело",
    "vi": "ảnh|nguồn",
    "zh": "图片来源|图源|图片|圖片來源|圖片|图|圖|来源|來源|摄影|攝影",
}
_LABEL: Final = (
    "(?:" + "|".join(_LABELS.values()).replace(" ", r"\s") + ")"
)  # white space says nothing in a verbose one
# Credits at the end of a caption: in brackets with a label or a sign, behind a bar or a dash, behind a label.
_TAIL: Final = re.compile(
    rf"""\s*(?:
        [(\[（【](?:{_LABEL}\s*[:：/.=]|{_LABEL}\s+by\b|©|\(c\))[^()（）]{{2,110}}[)\]）】]\.?
        | (?:[|–—-]\s*)?(?:©|\(c\)\s|copyright\b)\s*[^.!?]{{2,100}}\.?
        | (?:(?<=[.!?…"”»)。])|[,|–—/]|(?<=\s)[-(])\s*{_LABEL}\s*(?:[:：/]|\.{{3}}|…)\s*[^:]{{2,100}}
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_BRACKETS: Final = re.compile(r"\s*(?P<credit>[(\[（](?P<inner>[^()（）]{2,90})[)\]）]\.?)$")
# "... | Niall Carson/PA Images", "... / Lorenzo Marina", "... Supplied": in places of credits only.
_BARRED: Final = re.compile(r"\s+[|/]\s+(?P<credit>[^|.!?]{3,70})$")
_NAME: Final = re.compile(r"[^\W\d_][\w.'’-]*(?:[ /]{1,3}[^\W\d_][\w.'’-]*){1,4}")
_SUPPLIED: Final = re.compile(
    r"(?<=[.!?])\s+(?P<credit>(?:supplied|handout|courtesy|contributed)\b[^.!?]{0,60}\.?)$", re.IGNORECASE
)
_LONGEST: Final = 160  # characters
_SOMEBODY: Final = re.compile(
    r"[^\W\d_][\w.'’-]*(?:(?:\s*/\s*|\s+(?:(?:for|für|pour|para|per|via|of|the|von|de)\s+){0,2})[^\W\d_a-zà-ÿа-я][\w.'’-]*){1,7}"
)
_LABELLED: Final = re.compile(r"^(?:image|media|video)\s+(?:caption|credit|source)\s*[,:]\s+", re.IGNORECASE)  # BBC
_LONGEST_CREDIT: Final = 140  # characters
_CONTROL: Final = 40  # characters


def split_tail(caption: str) -> tuple[str, str | None]:
    """Split a caption from the credit at its end, which may be all there is: ("The pier.", "Photo: Jane Doe")."""
    brackets = _BRACKETS.search(caption)
    if brackets and (is_credit(brackets["inner"]) or _is_named(caption[: brackets.start()], brackets["inner"])):
        return caption[: brackets.start()].strip(), brackets["credit"].strip()
    tail = _TAIL.search(caption)
    if tail and len(tail[0]) <= _LONGEST:
        return caption[: tail.start()].rstrip(" ,|–—-/"), tail[0].strip(" ,|–—-/")
    barred = _BARRED.search(caption)
    if barred and (is_credit(barred["credit"]) or (_NAME.fullmatch(barred["credit"]) and barred["credit"].istitle())):
        return caption[: barred.start()].strip(), barred["credit"].strip()
    supplied = _SUPPLIED.search(caption)
    return (caption[: supplied.start()].strip(), supplied["credit"]) if supplied else (caption, None)


def _is_named(before: str, inner: str) -> bool:
    """Tell whether a name is in brackets behind a whole sentence: "(Jane Doe for The Post)", "(NA Photo/Jane Doe)"."""
    return ends_sentence(before) and _SOMEBODY.fullmatch(inner) is not None


def without_label(text: str) -> str:
    """Return a caption or credit without the words that only screen readers say: "Image caption, ..."."""
    return _LABELLED.sub("", text)


def split_element(text: str) -> tuple[str, str | None]:
    """Read an element named after credits: it holds the credit, or a caption with the credit at its end."""
    caption, credit = split_tail(text)
    if credit and caption:
        return caption, credit
    return ("", text) if len(text) <= _LONGEST_CREDIT else (text, None)


# Buttons and counters on images, by language: as photo boxes and players of news sites word them.
_CONTROLS: Final = phrase_set("""
    1 min | agrandir | agrandir l'image | ampliar | ampliar foto | ampliar imagen | autoplay | bild anzeigen
    bild in großansicht | bild vergrößern | bild öffnen | caption | click to enlarge | click to expand | close
    close modal | cerrar | chiudi | download image | enlarge | enlarge image | expand | expand image | fermer
    foto vergrößern | fullscreen | hide caption | image | ingrandisci | klik om te vergroten | lightbox | next | open
    open gallery | open image in gallery | open image modal | photo | pinterest | play | play video | powiększ
    previous | read less | read more | schließen | share | show caption | skip | toggle caption | video
    video abspielen | view fullscreen
    view gallery | view image | view image in fullscreen | vollbild | voir en plein écran | weitere videos | zoom
    увеличить | 拡大 | 查看大图
""")
_COUNTER: Final = re.compile(
    alternatives(r"""
        \d+\s*(?:/|of|von|sur|de|di|van|av|z|из)\s*\d+
        \d+\s*(?:min|minutes?|minuten|sec|sek|s)\.?
        \d{1,2}(?::\d\d){1,2}
        \d{1,3}
    """),
    re.IGNORECASE,
)


def is_control(text: str) -> bool:
    """Tell whether a text is a button or a counter on an image."""
    return len(text) <= _CONTROL and (plain(text) in _CONTROLS or _COUNTER.fullmatch(text.strip()) is not None)
