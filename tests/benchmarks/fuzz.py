"""Broken pages by the thousand: fixtures are mutated by a seeded generator, and each must end as any page does.

    uv run python tests/benchmarks/fuzz.py 20000 [--seed 1] [--keep FOLDER] [--seconds 10]

Each ends in an `Extraction` or a `Failure` that keeps what is promised (`tests.pipelines.pages.promised`), within
so many seconds of CPU. What does not is printed with its seed and fixture, and saved with --keep; a seed and a number
always make the same page. The test run does a hundred of these.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archive.models import Capture, Extraction
from pipelines.extract import extract
from tests.pipelines.pages import CASES, FIXTURES, capture, promised

Chance = random.Random
Mutation = Callable[[bytes, Chance], bytes]

_TAG = re.compile(rb"<[^<>]{1,400}>")
_ELEMENT = re.compile(rb"<(div|p|section|article|ul|li|figure|table|h1|h2|span|a)\b[^>]*>.*?</\1>", re.DOTALL)
_SPACE = re.compile(rb" ")
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


def _flip(body: bytes, chance: Chance) -> bytes:
    """Bytes become other bytes."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 5, 50))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _truncate(body: bytes, chance: Chance) -> bytes:
    """The connection broke."""
    return body[: chance.randrange(len(body))]


def _drop_tags(body: bytes, chance: Chance) -> bytes:
    """Some tags are missing, so that others have no partner."""
    share = chance.choice((0.02, 0.2, 0.6))
    return _TAG.sub(lambda tag: b"" if chance.random() < share else tag[0], body)


def _repeat(body: bytes, chance: Chance) -> bytes:
    """An element comes several times."""
    found = _one_of(_ELEMENT, body, chance)
    if found is None:
        return body
    times = min(chance.choice((1, 3, 200)), 1 + 60_000 // len(found[0]))
    return body[: found.end()] + found[0] * times + body[found.end() :]


def _delete(body: bytes, chance: Chance) -> bytes:
    """An element is gone."""
    found = _one_of(_ELEMENT, body, chance)
    return body[: found.start()] + body[found.end() :] if found else body


def _move(body: bytes, chance: Chance) -> bytes:
    """An element stands where another does, be it in the middle of a word."""
    found = _one_of(_ELEMENT, body, chance)
    if found is None:
        return body
    rest = body[: found.start()] + body[found.end() :]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + found[0] + rest[at:]


def _junk(body: bytes, chance: Chance) -> bytes:
    """Entities nobody knows, control characters, tags that change how the rest is read."""
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice(_JUNK) + body[at:]
    return body


def _attributes(body: bytes, chance: Chance) -> bytes:
    """Attributes that mean something elsewhere, twice, or nothing at all."""
    share = chance.choice((0.02, 0.3))
    return _TAG.sub(lambda tag: _with_attribute(tag[0], chance) if chance.random() < share else tag[0], body)


def _with_attribute(tag: bytes, chance: Chance) -> bytes:
    return tag[:-1] + chance.choice(_ATTRIBUTES) + tag[-1:]


def _huge_attribute(body: bytes, chance: Chance) -> bytes:
    """An attribute as long as a page."""
    name = chance.choice((b"class", b"id", b"style", b"alt", b"srcset", b"datetime", b"href", b"data-x"))
    value = chance.choice((b"a", b"caption ", b"a-", b"1w, ", b"%20", b"2026-")) * chance.choice((1_000, 30_000))
    found = _one_of(_TAG, body, chance)
    if found is None:
        return body
    at = found.end() - 1
    return body[:at] + b" " + name + b'="' + value + b'"' + body[at:]


def _nest(body: bytes, chance: Chance) -> bytes:
    """Elements in elements in elements."""
    tag = chance.choice((b"div", b"ul><li", b"b", b"table><tr><td", b"blockquote", b"font", b"section", b"a href=x"))
    deep = (b"<" + tag + b">") * chance.choice((50, 300, 1500))
    at = chance.randrange(len(body) + 1)
    return body[:at] + deep + body[at:]


def _declare(body: bytes, chance: Chance) -> bytes:
    """The page says it is in an encoding that it is not in."""
    charset = chance.choice(_CHARSETS)
    if chance.random() < 0.5:
        return body.replace(b"utf-8", charset).replace(b"UTF-8", charset)
    return b'<meta http-equiv="Content-Type" content="text/html; charset=' + charset + b'">' + body


def _recode(body: bytes, chance: Chance) -> bytes:
    """The page is in another encoding than it says."""
    charset = chance.choice(("utf-16", "utf-16-be", "cp1252", "shift_jis", "utf-7", "cp037", "utf-8-sig"))
    return body.decode("utf-8", "replace").encode(charset, "xmlcharrefreplace")


def _splice(body: bytes, chance: Chance) -> bytes:
    """It goes on as another page."""
    other = _body(chance.choice(CASES))
    return body[: chance.randrange(len(body))] + other[chance.randrange(len(other)) :]


def _spaces(body: bytes, chance: Chance) -> bytes:
    """Other white space than a space, and none."""
    spaces = (
        "\u00a0".encode(),
        "\u3000".encode(),
        "\u2028".encode(),
        b"\r",
        b"\t\t\t\t",
        b"",
        b"\x85",
        "\u200b".encode(),
    )
    return _SPACE.sub(lambda space: chance.choice(spaces) if chance.random() < 0.2 else space[0], body)


def _one_of(what: re.Pattern[bytes], body: bytes, chance: Chance) -> re.Match[bytes] | None:
    """The first from some point on."""
    return what.search(body, chance.randrange(len(body) + 1)) or what.search(body)


MUTATIONS: tuple[Mutation, ...] = (
    _attributes,
    _declare,
    _delete,
    _drop_tags,
    _flip,
    _huge_attribute,
    _junk,
    _move,
    _nest,
    _recode,
    _repeat,
    _spaces,
    _splice,
    _truncate,
)
_HEADERS: tuple[dict[str, str], ...] = (
    {}, {}, {"Content-Type": "text/html"}, {"Content-Type": "text/html; charset=iso-8859-1"},
    {"content-type": "\x00;;charset="}, {"Content-Type": "application/xhtml+xml; charset=utf-16"},
    {"Content-Type": "text/plain"},
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A broken page: the fixture it comes from, what was done to it, and its number under the seed."""

    number: int
    name: str
    done: tuple[str, ...]
    capture: Capture


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    """So many broken pages; each depends on the seed and its number alone."""
    for number in range(count):
        yield mutant(seed, number)


def mutant(seed: int, number: int) -> Mutant:
    """One broken page."""
    chance = Chance(f"{seed}/{number}")
    name = chance.choice(CASES)
    body = _body(name)
    done = chance.choices(MUTATIONS, k=chance.choice((1, 1, 2, 3, 5)))
    for mutation in done:
        body = mutation(body or b"<", chance)
    what = tuple(mutation.__name__.strip("_") for mutation in done)
    return Mutant(number=number, name=name, done=what, capture=capture(body, headers=chance.choice(_HEADERS)))


def _body(name: str) -> bytes:
    return (FIXTURES / name / "page.html").read_bytes()


def try_out(one: Mutant, seconds: float) -> str:
    """Extract one, and say how it ended. Raises AssertionError where a promise is broken."""
    began = time.process_time()
    result = promised(extract(one.capture))
    took = time.process_time() - began
    assert took < seconds, f"{took:.1f} s"
    return result.article.kind.value if isinstance(result, Extraction) else result.outcome.value


def main() -> int:
    """Fuzz, and print how it went."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("count", type=int)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="the number to begin with")
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--keep", type=Path, help="a folder for the pages that broke a promise")
    asked = options.parse_args()
    ended: Counter[str] = Counter()
    for number in range(asked.first, asked.first + asked.count):
        one = mutant(asked.seed, number)
        try:
            ended[try_out(one, asked.seconds)] += 1
        except AssertionError as broken:
            ended["BROKEN"] += 1
            print(f"--seed {asked.seed} --first {number} 1: {one.name}: {', '.join(one.done)}: {str(broken)[:300]}")
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / f"{asked.seed}-{number}-{one.name}.html").write_bytes(one.capture.body)
    print(" ".join(f"{how}={times}" for how, times in ended.most_common()))
    return 1 if ended["BROKEN"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
