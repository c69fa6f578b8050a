"""Lines of a page that change without anybody writing: "updated 2 hours ago", "5 min read", "123 comments". Pure.

A line is dropped only if it is nothing but such phrases: the same words within a sentence are the reporter's.
"""

import re
from typing import Final

_UNIT_EN: Final = r"(?:second|sec|minute|min|hour|hr|day|week|month)s?"
_N: Final = r"[0-9][0-9.,]*\s?[km]?"
# Each as pages show it, by language. `N` is a number.
_PHRASES: Final[tuple[str, ...]] = (
    # English
    rf"(?:last )?(?:updated|published|posted|modified)?:? ?(?:N|an?|one) {_UNIT_EN} ago",
    r"(?:updated|published|posted)?:? ?(?:just now|moments ago|yesterday|today)",
    r"N[- ]?(?:min(?:ute)?s?)(?:[- ](?:read|listen|watch))?",
    r"N (?:comments?|replies|shares?|likes?|views?|reads?|reactions?|viewing now|people reading(?: now)?)",
    r"(?:comments?|shares?|likes?|views?):? N",
    # German
    r"(?:aktualisiert |veröffentlicht )?vor (?:N|einer|einem) (?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?)",
    r"N (?:kommentare?|aufrufe|mal geteilt)|kommentare:? N",
    r"lesezeit:? ?(?:ca\. )?N ?min(?:uten?|\.)?|N min(?:uten?|\.)? lesezeit",
    # French
    r"(?:mis à jour |publié )?il y a (?:N|une?) (?:secondes?|minutes?|heures?|jours?|semaines?)",
    r"N (?:commentaires?|partages?|vues?|réactions?)|temps de lecture ?:? ?N ?min(?:utes?)?",
    # Spanish, Portuguese, Italian
    r"(?:actualizado |publicado )?hace (?:N|una?) (?:segundos?|minutos?|horas?|días?|semanas?)",
    r"(?:atualizado |publicado )?há (?:N|uma?) (?:segundos?|minutos?|horas?|dias?|semanas?)",
    r"(?:aggiornato |pubblicato )?(?:N|un'|una?) ?(?:secondi?|minut[oi]|or[ae]|giorn[oi]|settiman[ae]) fa",
    r"N (?:comentarios?|comentários?|commenti|compartidos?|visitas?|condivisioni)",
    # Dutch, Swedish, Danish, Norwegian
    r"(?:bijgewerkt )?(?:N|een) (?:seconden?|minuten|minuut|uur|dagen|dag|weken|week) geleden|N reacties?",
    r"(?:uppdaterad )?för (?:N|en) (?:sekunder|minuter?|timm(?:ar|e)|dagar?|veck(?:or|a)) sedan|N kommentarer?",
    r"(?:opdateret |oppdatert )?for (?:N|en|et) (?:sekunder|minutt?(?:er)?|timer?|dage?r?|uger?|uker?) siden",
    # Polish, Russian, Turkish
    r"N (?:sekund[yę]?|minut[yę]?|godzin[yę]?|dni|dzień) temu|N komentarz(?:e|y)?",
    r"N (?:секунд[уы]?|минут[уы]?|час(?:а|ов)?|дн(?:я|ей)|день) назад|N комментари(?:й|я|ев)|комментарии:? N",
    r"N (?:saniye|dakika|saat|gün|hafta) önce|N yorum",
    # Chinese, Japanese, Korean
    r"N ?(?:秒|分钟|分鐘|小时|小時|天)前|N ?(?:条评论|則留言|評論)|阅读 ?:? ?N",
    r"N ?(?:秒|分|時間|日)前|コメント ?N ?件?|N ?件のコメント",
    r"N ?(?:초|분|시간|일) ?전|댓글 ?N ?개?",
)
_BETWEEN: Final = r"[\s·•|,;/–—-]*"
_WHOLE: Final = re.compile(rf"{_BETWEEN}(?:(?:{'|'.join(_PHRASES)}){_BETWEEN})+\.?".replace("N", _N), re.IGNORECASE)
_LONGEST: Final = 120  # characters; no such line is longer


def quiet(text: str) -> str:
    """Return the text, one paragraph a line, without the lines that are nothing but noise."""
    return "\n".join(line for line in text.split("\n") if not is_noise(line))


def is_noise(line: str) -> bool:
    """Tell whether a line is nothing but a relative time, a reading time or a counter."""
    return len(line) <= _LONGEST and _WHOLE.fullmatch(line.strip()) is not None
