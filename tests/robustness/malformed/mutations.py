"""Ways to break bytes, each as something in the world does it. Pure: the same chance makes the same damage."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

Chance = random.Random
Mutation = Callable[[bytes, Chance], bytes]

_TAG: Final = re.compile(rb"<[^<>]{1,400}>")
_PIECE: Final = re.compile(rb"<(\w+)[^<>]{0,400}>[^<>]{0,4000}</\1>|[^\n]+\n|[^\s<>\"]+")
_NUMBER: Final = re.compile(rb"\d+")
_VALUE: Final = re.compile(rb"(?<=[=:>\"' ])[^\s<>\"']+")
_JUNK: Final = (
    b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFF;", b"&nosuch;", b"&amp", b"&#99999999999;", b"&amp;amp;", b"&",
    b"\x00", b"\x0b", b"\x1b$B", b"\x85", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f", b"\xc2",
    b"\xf4\x90\x80\x80", "\u202e\u2028\ufeff\ufffe".encode("utf-8", "surrogatepass"), "ﷺİıſKÅ".encode(), b"\r", b"\n",
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-7'?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"</", b"<", b">", b"<>", b"=", b"#", b"%", b"%00", b"%zz", b"\\", b"//", b"'", b'"', b'"""', b"[", b"]", b"{",
    b"}", b"http://[bad", b"javascript:1", b"file:///etc/passwd", b"//", b"http://\xc2\xad.test/", b"@", b" ", b"\t",
)  # fmt: skip
_NUMBERS: Final = (
    b"0", b"-1", b"00", b"1e999", b"NaN", b"inf", b"9" * 20, b"9" * 5000, b"2147483648", b"18446744073709551616",
    "٣".encode(), "²".encode(), b"1_0", b"0x7f", b"1.5", b"",
)  # fmt: skip
_CHARSETS: Final = ("utf-16", "utf-16-be", "utf-32", "cp1252", "shift_jis", "utf-7", "cp037", "utf-8-sig", "hz")


def flip(body: bytes, chance: Chance) -> bytes:
    """Bytes become other bytes."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 5, 50))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncate(body: bytes, chance: Chance) -> bytes:
    """The connection broke."""
    return body[: chance.randrange(len(body))]


def double(body: bytes, chance: Chance) -> bytes:
    """An element, a line or a word comes several times."""
    piece = one_of(_PIECE, body, chance)
    if piece is None:
        return body
    times = min(chance.choice((1, 3, 300)), 1 + 60_000 // len(piece[0]))
    return body[: piece.end()] + piece[0] * times + body[piece.end() :]


def drop(body: bytes, chance: Chance) -> bytes:
    """An element, a line or a word is missing."""
    piece = one_of(_PIECE, body, chance)
    return body[: piece.start()] + body[piece.end() :] if piece else body


def move(body: bytes, chance: Chance) -> bytes:
    """An element, a line or a word stands where another does, be it in the middle of a word."""
    piece = one_of(_PIECE, body, chance)
    if piece is None:
        return body
    rest = body[: piece.start()] + body[piece.end() :]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + piece[0] + rest[at:]


def swap_tags(body: bytes, chance: Chance) -> bytes:
    """Tags stand where others did, so that none has its partner."""
    tags = _TAG.findall(body)
    share = chance.choice((0.02, 0.2, 0.8))
    return _TAG.sub(lambda tag: chance.choice(tags) if chance.random() < share else tag[0], body)


def drop_tags(body: bytes, chance: Chance) -> bytes:
    """Some tags are missing."""
    share = chance.choice((0.02, 0.2, 0.6))
    return _TAG.sub(lambda tag: b"" if chance.random() < share else tag[0], body)


def insert(body: bytes, chance: Chance) -> bytes:
    """NULs, surrogates, entities nobody knows, quotation marks, pieces of other languages."""
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice(_JUNK) + body[at:]
    return body


def renumber(body: bytes, chance: Chance) -> bytes:
    """Numbers are huge, negative or none."""
    share = chance.choice((0.05, 0.5))
    return _NUMBER.sub(lambda number: chance.choice(_NUMBERS) if chance.random() < share else number[0], body)


def replace_values(body: bytes, chance: Chance) -> bytes:
    """Values are something else."""
    share = chance.choice((0.02, 0.3))
    others = (*_JUNK, *_NUMBERS, *_VALUE.findall(body)[:50])
    return _VALUE.sub(lambda value: chance.choice(others) if chance.random() < share else value[0], body)


def lengthen(body: bytes, chance: Chance) -> bytes:
    """A word is as long as a page."""
    piece = one_of(_VALUE, body, chance)
    if piece is None:
        return body
    what = chance.choice((b"a", b"a/", b"%20", b"1", b".", b"../", b"&amp;", b"\xc3\xa9", b" ", b"-", b"a.", b"*"))
    return body[: piece.end()] + what * chance.choice((100, 3_000, 40_000)) + body[piece.end() :]


def nest(body: bytes, chance: Chance) -> bytes:
    """Something in itself, and in itself again."""
    what = chance.choice(
        (b"<item>", b"<url><loc>", b"<a href=x>", b"<entry><title>", b"[", b'{"a":', b"<div>", b"(", b"a.")
    )
    at = chance.randrange(len(body) + 1)
    return body[:at] + what * chance.choice((30, 300, 3_000)) + body[at:]


def recode(body: bytes, chance: Chance) -> bytes:
    """It is in another encoding than it says."""
    return body.decode("utf-8", "replace").encode(chance.choice(_CHARSETS), "replace")


def declare(body: bytes, chance: Chance) -> bytes:
    """It says that it is in another encoding than it is."""
    name = chance.choice((*_CHARSETS, "undefined", "idna", "zlib", "x-no-such", "unicode_escape", "")).encode()
    return chance.choice((
        re.sub(rb"(?i)utf-8", name, body),
        b'<?xml version="1.0" encoding="' + name + b'"?>' + body,
        b'<meta charset="' + name + b'">' + body,
    ))  # fmt: skip


def respace(body: bytes, chance: Chance) -> bytes:
    """Other white space than was meant, and none."""
    spaces = (b"\xc2\xa0", b"\xe2\x80\xa8", b"\r", b"\n", b"\r\n", b"\t", b"", b"\x0c", b"\x85", b"   ")
    return re.sub(rb"\s", lambda space: chance.choice(spaces) if chance.random() < 0.2 else space[0], body)


MUTATIONS: Final[tuple[Mutation, ...]] = (
    declare,
    double,
    drop,
    drop_tags,
    flip,
    insert,
    lengthen,
    move,
    nest,
    recode,
    renumber,
    replace_values,
    respace,
    swap_tags,
    truncate,
)


def spliced(body: bytes, other: bytes, chance: Chance) -> bytes:
    """It goes on as another."""
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]


def mutated(
    body: bytes, mutations: Sequence[Mutation], others: Sequence[bytes], chance: Chance
) -> tuple[bytes, tuple[str, ...]]:
    """A body with some damage done to it, and what that was."""
    done = chance.choices((*mutations, None), k=chance.choice((1, 1, 2, 3, 5)))
    for mutation in done:
        body = mutation(body or b"<", chance) if mutation else spliced(body, chance.choice(others), chance)
    return body, tuple(mutation.__name__.strip("_") if mutation else "splice" for mutation in done)


def one_of(what: re.Pattern[bytes], body: bytes, chance: Chance) -> re.Match[bytes] | None:
    """The first from some point on."""
    return what.search(body, chance.randrange(len(body) + 1)) or what.search(body)
