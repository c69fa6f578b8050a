"""Text as the archive keeps it: no NUL, no surrogates, no control characters, whitespace folded."""

import html
import re
import unicodedata

# C0 and C1 controls but tab and line feed; lone surrogates (they make SQLite refuse a whole batch); non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PIECE = 1024 * 1024  # characters


def scrub(text: str) -> str:
    """Return the text without characters that no store or viewer can carry."""
    if text.isprintable():  # most texts, and ten times as fast
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(lines) <= _PIECE:
        return _FORBIDDEN.sub("", lines)
    # Substitution takes 100 bytes for each place it finds: 2.5 GB for 50 MB of control characters at once.
    return "".join(_FORBIDDEN.sub("", lines[at : at + _PIECE]) for at in range(0, len(lines), _PIECE))


def fold(text: str) -> str:
    """Return the text scrubbed, with every run of white space made one space, and trimmed."""
    return " ".join(scrub(text).split())


def unescape(text: str) -> str:
    """Return HTML's text with its references read. `html.unescape` raises where a number has more than 4,300 digits."""
    return html.unescape(_LONG_NUMBER.sub(_short, text)) if "&" in text else text


_LONG_NUMBER = re.compile(r"&#([0-9]{20,})")


def _short(match: re.Match[str]) -> str:
    digits = match[1].lstrip("0") or "0"
    return f"&#{digits}" if len(digits) < 20 else "&#1114112"  # the first that is no character


def shown(text: str) -> str:
    """Return the text as a terminal may be given it: nothing steers it, or turns around what stands beside."""
    return _TURNS.sub("", scrub(text))


_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def count_words(text: str) -> int:
    """Number of words; in scripts written without spaces, of characters (CJK, kana, Thai), as the field counts them."""
    return len(words(text))


def words(text: str) -> list[str]:
    """The words of a text as `count_words` counts them, without what stands between them."""
    return _WORD.findall(text)


_WORD = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)


def name_key(text: str) -> str:
    """Return what names are compared by: tags, sections, sources. Capitals, accents and white space make no difference.

    Letters beyond the scripts with capitals keep their signs: there they are other letters.
    """
    normal = unicodedata.normalize("NFKC", scrub(text)).casefold()
    return " ".join("".join(map(_bare, normal)).split())


def _bare(char: str) -> str:
    if "\u0300" <= char <= "\u036f":
        return ""
    return unicodedata.normalize("NFD", char)[0] if char < _NO_CAPITALS or "\u1e00" <= char < "\u2000" else char


_NO_CAPITALS = "\u0590"  # Latin, Greek, Cyrillic and Armenian stand before it
