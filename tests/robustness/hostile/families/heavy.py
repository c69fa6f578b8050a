"""Pages that cost whoever reads them more than they are worth. Neighbours of theirs land."""

from tests.robustness.hostile.answers import Table, reply, story
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import document, paragraphs


def _with(key: str, more: str, head: str = "") -> str:
    lines = "".join(f"<p>{line}</p>" for line in paragraphs(key))
    return document(f"Page with {key}", lines + more).replace("<title>", f"{head}<title>")


def _json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{text}"}}</script>'


# The parser compares each attribute of an element with all others: a minute.
_ATTRIBUTES = "<p " + " ".join(f"a{number}=1" for number in range(150_000)) + ">x</p>"

# What some regular expression could run mad on; each of these is read in a second.
PATTERNS = {
    "less-than signs in JSON-LD": ("", _json_ld("<" * 400_000)),
    "quotes in JSON-LD": ("", _json_ld('\\"' * 200_000)),
    "spaces": ("<p>" + " \t" * 200_000 + "x</p>", ""),
    "no-break spaces": ("<p>" + "\u00a0" * 200_000 + "x</p>", ""),
    "at signs": ("<p>" + "a@" * 100_000 + "</p>", ""),
    "dots": ("<p>" + "a." * 100_000 + "</p>", ""),
    "digits": ("<p>" + "1" * 200_000 + "x</p>", ""),
    "deep nesting": ("<div>" * 20_000, ""),
    "nested tables": ("<table><tr><td>" * 10_000, ""),
    "nested lists": ("<ul><li>" * 10_000, ""),
    "combining marks": ("<p>e" + "\u0301" * 50_000 + "</p>", ""),
    "dates": ("<time datetime='" + "2026-" * 40_000 + "'>then</time>", ""),
    "dashes": ("<p>" + "- " * 20_000 + "!</p>", ""),
    "bylines": ("<p>By " + "Jane and " * 20_000 + "</p>", ""),
}
_TABLE: Table = {
    "/before": ("saved", story("before the heavy ones")),
    "/slow": ("quarantined", reply(_with("many attributes", _ATTRIBUTES))),
    **{
        f"/pattern/{number}": ("saved", reply(_with(name, more, head)))
        for number, (name, (more, head)) in enumerate(PATTERNS.items())
    },
    "/after": ("saved", story("after the heavy ones")),
}
FAMILY = Family(name="heavy", table=_TABLE)
