"""Reads RSL (Really Simple Licensing 1.0, https://rslstandard.org/rsl) -> signals, one for each licence. Pure.

As hostile as any XML: it is bounded, and a document with a DTD is not read, so that there are no entities. What cannot
be read is said as such, by a signal that reserves: a publisher who names a licence means it. Elements are taken by
their local names; drafts and the wild write them in no namespace, in that of 1.0, or with the prefix rsl and none
declared.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from archive.rights.licences import FREE, UNREADABLE, USAGES, Licence, tokens
from archive.rights.signals import LONGEST, Signal, SignalKind
from archive.text import fold, scrub
from archive.web.media_types import is_html

Element = Any  # lxml ships no types

MEDIA_TYPE: Final = "application/rsl+xml"
MAX_BYTES: Final = 200_000  # of a licence; the standard's longest example has 2,000
_MOST_TERMS: Final = 200  # licences of a file
_MOST_UNKNOWN: Final = 3  # words of a list that no version knows
_LONGEST_TOKEN: Final = 30
_MOST_TOKENS: Final = 25
_MOST_PIECES: Final = 50  # of the text of an element
_LONGEST_TEXT: Final = 5_000
_NAMESPACE: Final = re.compile(r"https?://(?:www\.)?rslstandard\.org(?:/|$)", re.IGNORECASE)
_PREFIX: Final = "rsl:"
# Children of a licence, as the versions write them -> what is read of them. Others make it one that cannot be read.
_RULES: Final = {"permit": "permits", "permits": "permits", "prohibit": "prohibits", "prohibits": "prohibits"}
_SILENT: Final = frozenset({"copyright", "legal", "schema", "terms", "alternate", "metadata", "name", "description"})
_FIELDS: Final = {
    ("permits", "usage"): "permits", ("permits", "user"): "users", ("permits", "geo"): "places",
    ("prohibits", "usage"): "prohibits", ("prohibits", "user"): "not_users", ("prohibits", "geo"): "not_places",
}  # fmt: skip


def unreadable(reason: str) -> Signal:
    """Return the signal of a licence that was named and cannot be read."""
    return Signal(kind=SignalKind.RSL, value=f"{UNREADABLE}: {fold(reason)[:LONGEST]}", reserves=True)


def licence_signals(body: bytes) -> tuple[Signal, ...]:
    """Read a licence file. There is always a signal: a file that cannot be read says that."""
    if len(body) > MAX_BYTES:
        return (unreadable(f"it is longer than {MAX_BYTES:,} bytes"),)
    root = _parsed(body)
    if isinstance(root, str):
        return (unreadable(root),)
    contents = [node for node in root.iter() if _name(node) == "content"]
    if not contents and _name(root) != "rsl":
        return (unreadable(f"it is no RSL, but <{fold(str(root.tag))[:50]}>"),)
    return terms_of(contents) or (unreadable("it has no content element"),)


def page_signals(text: str) -> tuple[Signal, ...]:
    """Read what a script of a page says of that page, at any URL it names (section 4.6.2)."""
    return tuple(
        Signal(kind=each.kind, value=each.value, reserves=each.reserves)
        for each in licence_signals(text.encode("utf-8", "replace"))
    )


def element_signals(parent: Element) -> tuple[Signal, ...]:
    """Read the children of an element of a feed: each `rsl:content`, or an `rsl:license` without one."""
    contents = [node for node in parent if _name(node) == "content" and _is_ours(node)]
    loose = [node for node in parent if _name(node) == "license" and _is_ours(node)]
    return (*terms_of(contents), *(_term(node, "", ()) for node in loose[:_MOST_TERMS]))


def terms_of(contents: Iterable[Element]) -> tuple[Signal, ...]:
    """Read content elements; of too many, say first that they were too many."""
    found: dict[tuple[str, str | None], Signal] = {}
    for signal in _terms(contents):
        if len(found) == _MOST_TERMS:
            return (unreadable(f"it has more than {_MOST_TERMS} licences"), *found.values())
        found.setdefault((signal.value, signal.location), signal)
    return tuple(found.values())


# XML ------------------------------------------------------------------------------------------------------------------


def _parsed(body: bytes) -> Element | str:
    """Return the root element, or why there is none."""
    plain = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not plain:
        return "it is empty"
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(plain, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        return "it is a web page" if is_html(body) else f"its XML is broken ({fold(str(error))[:200]})"
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        return "it is a web page" if is_html(body) else "it has a DTD, which no licence needs"
    return tree.getroot()


def _name(node: Element) -> str:
    """Return the local name of an element in lower case; "" if it has none, or is of another vocabulary."""
    if not isinstance(node.tag, str):
        return ""
    space, _, name = node.tag.rpartition("}")
    if space and not _NAMESPACE.match(space[1:]):
        return ""
    return name.lower().removeprefix(_PREFIX)


def _is_ours(node: Element) -> bool:
    """Tell whether an element is RSL's beyond doubt: a feed has contents of its own."""
    return str(node.tag).lower().startswith(("{", _PREFIX))


def _text(node: Element) -> str:
    return fold("".join(islice(node.itertext(), _MOST_PIECES))[:_LONGEST_TEXT])


# Licences -------------------------------------------------------------------------------------------------------------


def _terms(contents: Iterable[Element]) -> Iterator[Signal]:
    for content in contents:
        written = scrub((content.get("url") or "").strip())
        location = written if len(written) <= LONGEST else ""  # too long to be kept: said of all
        server, encrypted = content.get("server"), (content.get("encrypted") or "").strip().lower() in {"true", "1"}
        needs = (*_server(server), *(("a key: it is encrypted",) if encrypted else ()))
        licences = [node for node in content if _name(node) in {"license", "licence"}]
        for node in licences:
            yield _term(node, location, needs)
        if not licences:
            yield _signal(Licence(needs=(*needs, "a licence that it does not state")), location)


def _term(node: Element, location: str, needs: tuple[str, ...]) -> Signal:
    fields: dict[str, tuple[str, ...]] = {}
    payment: str | None = None
    wanted = list(needs)
    for child in node:
        name = _name(child)
        rule = _RULES.get(name)
        kind = (child.get("type") or "usage").strip().lower()
        if rule and (rule, kind) in _FIELDS:
            field = _FIELDS[rule, kind]
            fields[field] = (*fields.get(field, ()), *_listed(_text(child), usage=kind == "usage"))
        elif rule:
            wanted.append(f"what is not understood: {rule} of type {_plain(kind)[:_LONGEST_TOKEN]}")
        elif name == "payment":
            payment = payment if payment and not _costs_nothing(payment) else _payment(child) or payment
        elif name == "server":
            wanted.extend(_server(child.get("url") or _text(child)))
        elif name == "reporting":
            wanted.append(f"reports of its use ({_plain(child.get('type') or 'of some kind')[:_LONGEST_TOKEN]})")
        elif name and name not in _SILENT:
            wanted.append(f"what is not understood: {_plain(name)[:_LONGEST_TOKEN]}")
    return _signal(Licence(**fields, payment=payment, needs=tuple(wanted[:5])), location)


def _signal(licence: Licence, location: str) -> Signal:
    """Return a licence as a signal. Whether it reserves a URL depends on all licences for that URL, see `licences`."""
    return Signal(kind=SignalKind.RSL, value=licence.words(), reserves=licence.reserves, location=location or None)


def _server(written: str | None) -> tuple[str, ...]:
    return (f"a token of the server {_plain(written)[:150]}",) if written and written.strip() else ()


def _listed(text: str, *, usage: bool) -> tuple[str, ...]:
    """Return the tokens of a list, bounded: of usages all known ones, of other words the first few."""
    found = [token[:_LONGEST_TOKEN] for token in tokens(_plain(text))]
    if not usage:
        return tuple(found[:_MOST_TOKENS])
    unknown = [token for token in found if token not in USAGES]
    return tuple(token for token in found if token in USAGES or token in unknown[:_MOST_UNKNOWN])


def _payment(node: Element) -> str | None:
    """Return what is to be paid, in words that begin with the type; None if nothing is."""
    kind = _plain((node.get("type") or "").strip().lower())[:_LONGEST_TOKEN].replace(" ", "-")
    said = []
    costs = False
    for child in node:
        name, text = _name(child), _plain(_text(child))[:100]
        if name == "amount":
            costs = costs or bool(re.search(r"[1-9]", text))
            said.append(" ".join(filter(None, (text, _plain(child.get("currency") or "")[:10]))))
        elif name in {"standard", "custom", "accepts"}:
            said.append(text or _plain(child.get("type") or ""))
    if kind in FREE and costs:
        kind = f"paid-{kind}"
    elif not kind and not said:
        return None
    return " ".join((kind or "unnamed", *filter(None, said[:2])))


def _costs_nothing(payment: str) -> bool:
    return payment.split(maxsplit=1)[0] in FREE


def _plain(text: str) -> str:
    """Remove the marks that separate the parts of a licence in words."""
    return fold(scrub(text)).replace(";", ",")
