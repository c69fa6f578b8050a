"""Correction notes: how papers begin a paragraph that says they have corrected an article. Pure."""

import re
from collections.abc import Iterable
from typing import Final

# Sorted by language; each from correction columns and style guides of its papers.
_PHRASES: Final[tuple[tuple[str, str], ...]] = (
    ("ar", r"تصحيح|تصويب"),
    ("cs", r"oprava\b|opravili jsme"),
    ("da", r"rettelse\b|i en tidligere (?:version|udgave) af (?:denne|artiklen)"),
    ("de", r"korrektur\b|berichtigung\b|in einer (?:früheren|ersten) (?:version|fassung)"),
    ("de", r"(?:anmerkung|hinweis) der redaktion: in einer früheren"),
    ("en", r"corrections?\b(?: \(|:| on )|clarification\s*:"),
    ("en", r"editor[s'’]*s? note: (?:an|a|this|the) "),
    ("en", r"(?:an earlier|a previous) version of this"),
    ("en", r"this (?:article|story|report|post|piece) (?:was|has been) (?:amended|corrected|updated to correct)"),
    ("es", r"(?:fe de erratas|corrección|rectificación)\b|una versión (?:anterior|previa) de"),
    ("fi", r"oikaisu\b|korjaus\b|(?:jutun|artikkelin) aiemmassa versiossa"),
    ("fr", r"(?:rectificatif|erratum|correction)\b|une (?:version précédente|première version) de"),
    ("hu", r"helyesbítés\b|javítás\b"),
    (
        "it",
        r"(?:correzione|rettifica|errata corrige)\b|una (?:precedente|prima) versione di|una versione precedente di",
    ),
    ("ja", r"訂正|【訂正"),
    ("ko", r"정정|바로잡습니다"),
    ("nl", r"(?:correctie|rectificatie)\b|in een eerdere versie van"),
    ("no", r"(?:rettelse|retting|rettet)\b|i en tidligere versjon av"),
    ("pl", r"(?:sprostowanie|korekta)\b|w (?:poprzedniej|wcześniejszej) wersji"),
    ("pt", r"(?:correção|errata|erramos)\b|uma versão anterior d"),
    ("ru", r"(?:исправление|поправка|уточнение)\b|в (?:более ранней|предыдущей|первой) версии"),
    ("sv", r"rättelse\b|i en tidigare version av"),
    ("tr", r"düzeltme\b"),
    ("uk", r"(?:виправлення|уточнення)\b|у попередній версії"),
    ("zh", r"更正|勘误|勘誤"),
)
_BEGINS: Final = re.compile("|".join(f"(?:{pattern})" for _, pattern in _PHRASES), re.IGNORECASE)
_MARKS: Final = "*[(„“\"'_— "


def notes(paragraphs: Iterable[str]) -> frozenset[str]:
    """Return the paragraphs that say that something was corrected."""
    return frozenset(text for text in paragraphs if _BEGINS.match(text.lstrip(_MARKS)))
