"""JSON that every reader takes for the same: exact, and nothing in it ends a line or steers a terminal.

Some readers of JSON Lines end a line at U+2028 or U+0085, and terminals take U+009B for the beginning of a command:
such characters stand as escapes (RFC 8259, section 7, lets every character be one).
"""

import re

import orjson

# DEL and the C1 controls; the line and paragraph separators; what turns the direction of writing around.
_ESCAPED = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


def encode(value: object) -> bytes:
    """Return one line of JSON with its newline. Raises orjson.JSONEncodeError for what is no text or no JSON."""
    return _ESCAPED.sub(_escape, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def _escape(character: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(character[0].decode())
