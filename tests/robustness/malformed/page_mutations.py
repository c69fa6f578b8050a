"""Ways to break a page, besides those that break anything. Pure."""

import re
from typing import Final

from tests.robustness.malformed.mutations import Chance, Mutation, drop_tags, flip, one_of, renumber, respace, truncate

_TAG = re.compile(rb"<[^<>]{1,400}>")
_ELEMENT = re.compile(rb"<(div|p|section|article|ul|li|figure|table|h1|h2|span|a)\b[^>]*>.*?</\1>", re.DOTALL)
_JUNK = (
    b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFF;", b"&nosuch;", b"&amp", b"&#99999999999;", b"\x00", b"\x0b",
    b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f", b"\xc2", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?php", b"?>",
    b"</", b"<", b">", b"<>", b"</body></html>", b"<html><body>", b"</div></div></div>", b"<table><tr><td>",
    b"</p></p>", b"<p><p><p>", b"<svg><title>", b"<template>", b"<textarea>", b"<title>", b"<script>",
    b"<style>", b"<noscript>", b"<plaintext>", b"<frameset>", b"<select>",
    b"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":[[[{",
    b"<base href='http://[bad'>", b"<img src='http://[bad' srcset=',,, 1w, 2x 3w'>", b"<a href='javascript:1'>",
    b"<meta charset='no-such'>", b"<time datetime='99999-99-99'>",
    b"<meta property='article:published_time' content='0000-00-00T99:99:99+99:99'>",
    "\u202e\u200b\ufeff\u00ad".encode(), "ﷺİıſKÅ".encode(), ("e" + "\u0301" * 50).encode(),
)  # fmt: skip
_ATTRIBUTES = (
    b" class='comment caption credit share related newsletter'", b" class=''", b" id=comments", b" hidden",
    b" style='display:none'", b" itemprop='articleBody'",
    b" itemscope itemtype='http://schema.org/NewsArticle'", b" role='navigation'", b" a=1 a=2 a=3", b' "=\'',
    b" =", b" \xff='\xff'", b" onclick='<p>'", b" datetime='now'", b" width='9999999999999999999'", b" src=''",
    b" srcset='a 1e999w, b -1w, c NaNx'", b" content='\x00'",
)  # fmt: skip
_CHARSETS = (
    b"utf-8",
    b"iso-8859-1",
    b"windows-1252",
    b"shift_jis",
    b"gb18030",
    b"euc-kr",
    b"koi8-r",
    b"utf-16",
    b"utf-7",
    b"x-no-such",
)


def repeat_element(body: bytes, chance: Chance) -> bytes:
    """An element comes several times."""
    found = one_of(_ELEMENT, body, chance)
    if found is None:
        return body
    times = min(chance.choice((1, 3, 200)), 1 + 60_000 // len(found[0]))
    return body[: found.end()] + found[0] * times + body[found.end() :]


def delete_element(body: bytes, chance: Chance) -> bytes:
    """An element is gone."""
    found = one_of(_ELEMENT, body, chance)
    return body[: found.start()] + body[found.end() :] if found else body


def move_element(body: bytes, chance: Chance) -> bytes:
    """An element stands where another does, be it in the middle of a word."""
    found = one_of(_ELEMENT, body, chance)
    if found is None:
        return body
    rest = body[: found.start()] + body[found.end() :]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + found[0] + rest[at:]


def insert_markup(body: bytes, chance: Chance) -> bytes:
    """Entities nobody knows, control characters, tags that change how the rest is read."""
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice(_JUNK) + body[at:]
    return body


def add_attributes(body: bytes, chance: Chance) -> bytes:
    """Attributes that mean something elsewhere, twice, or nothing at all."""
    share = chance.choice((0.02, 0.3))
    return _TAG.sub(lambda tag: _with_attribute(tag[0], chance) if chance.random() < share else tag[0], body)


def _with_attribute(tag: bytes, chance: Chance) -> bytes:
    return tag[:-1] + chance.choice(_ATTRIBUTES) + tag[-1:]


def add_huge_attribute(body: bytes, chance: Chance) -> bytes:
    """An attribute as long as a page."""
    name = chance.choice((b"class", b"id", b"style", b"alt", b"srcset", b"datetime", b"href", b"data-x"))
    value = chance.choice((b"a", b"caption ", b"a-", b"1w, ", b"%20", b"2026-")) * chance.choice((1_000, 30_000))
    found = one_of(_TAG, body, chance)
    if found is None:
        return body
    at = found.end() - 1
    return body[:at] + b" " + name + b'="' + value + b'"' + body[at:]


def nest_elements(body: bytes, chance: Chance) -> bytes:
    """Elements in elements in elements."""
    tag = chance.choice((b"div", b"ul><li", b"b", b"table><tr><td", b"blockquote", b"font", b"section", b"a href=x"))
    deep = (b"<" + tag + b">") * chance.choice((50, 300, 1500))
    at = chance.randrange(len(body) + 1)
    return body[:at] + deep + body[at:]


def declare_charset(body: bytes, chance: Chance) -> bytes:
    """The page says it is in an encoding that it is not in."""
    charset = chance.choice(_CHARSETS)
    if chance.random() < 0.5:
        return body.replace(b"utf-8", charset).replace(b"UTF-8", charset)
    return b'<meta http-equiv="Content-Type" content="text/html; charset=' + charset + b'">' + body


def recode_page(body: bytes, chance: Chance) -> bytes:
    """The page is in another encoding than it says."""
    charset = chance.choice(("utf-16", "utf-16-be", "cp1252", "shift_jis", "utf-7", "cp037", "utf-8-sig"))
    return body.decode("utf-8", "replace").encode(charset, "xmlcharrefreplace")


PAGE_MUTATIONS: Final[tuple[Mutation, ...]] = (
    add_attributes,
    add_huge_attribute,
    declare_charset,
    delete_element,
    drop_tags,
    flip,
    insert_markup,
    move_element,
    nest_elements,
    recode_page,
    renumber,
    repeat_element,
    respace,
    truncate,
)
