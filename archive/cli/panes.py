"""An extraction in the terminal: the text that is kept on one side, each cut in its place on the other, facts above.

It shows the report of `archive.cli.try_page` and must not know pages. Narrow terminals get one pane for both.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from archive.text import count_words, shown

WIDE: Final = 100  # columns, from which on two panes can be read beside each other
_SHORT: Final = 300  # characters of a cut that are shown without the evidence
_FACTS: Final = ("title", "standfirst", "authors", "published", "modified", "language", "section", "tags", "site_name")
_LINKS: Final = ("canonical_url", "amp_url", "next_url")


def show(report: dict[str, Any]) -> None:
    """Print a report."""
    report = _harmless(report)
    console = Console(highlight=False)
    explained = "fired" in report
    console.print(_facts(report))
    console.print()
    rows = list(_rows(report, None if explained else _SHORT))
    console.print(_beside(rows) if console.width >= WIDE else _stacked(rows))
    console.print()
    if explained:
        console.print(_evidence(report))
    console.print(Text(_total(report), "bold"))


def _harmless(value: Any) -> Any:
    """Return the report without control characters: no page may steer the terminal."""
    if isinstance(value, dict):
        return {key: _harmless(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_harmless(each) for each in value]
    return shown(value) if isinstance(value, str) else value


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=bool(columns), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


# ---- Facts -----------------------------------------------------------------------------------------------------------


def _facts(report: dict[str, Any]) -> Table:
    """Lay out each value with its origin."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", no_wrap=True)
    for name, value, origin in _fact_rows(report):
        table.add_row(Text(name), value, Text(origin))
    return table


def _fact_rows(report: dict[str, Any]) -> Iterator[tuple[str, Text, str]]:
    verdict = f"{report['kind']}, {report['access']} access"
    yield "outcome", Text.assemble((report["outcome"], "bold green" if report["outcome"] == "saved" else "bold red"),
                                   f": {verdict}"), ""  # fmt: skip
    if report["notes"]:
        yield "notes", Text(", ".join(report["notes"])), ""
    for url in (*report["redirects"], report["final_url"]):
        yield "url" if url == report["final_url"] else "redirect", Text(url), ""
    for name in _FACTS:
        value = report[name]
        said = "; ".join(value) if isinstance(value, list) else value
        yield name, Text(said or "-", "bold" if name == "title" else ""), report["metadata_sources"].get(name, "")
    for name in _LINKS:
        if report[name] and report[name] != report["final_url"]:
            yield name.removesuffix("_url"), Text(report[name]), ""
    if report["rules"]:
        yield (
            "rules",
            Text("; ".join(f"{name} {_listed(value)}" for name, value in report["rules"].items())),
            (report["source"] or ""),
        )


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


# ---- Kept and cut ----------------------------------------------------------------------------------------------------


def _rows(report: dict[str, Any], most: int | None) -> Iterator[tuple[Text, list[Text]]]:
    """Yield in page order: a paragraph that is kept, or nothing, and the cuts before the next one."""
    cuts: dict[int, list[Text]] = {}
    for image in report["images"]:
        cuts.setdefault(image["after_paragraph"], []).append(_image(image))
    for cut in report["removed"]:
        cuts.setdefault(cut["after_paragraph"], []).append(_cut(cut, most))
    if 0 in cuts:
        yield Text(""), cuts[0]
    for number, paragraph in enumerate(report["paragraphs"], start=1):
        yield Text.assemble((f"{number:>3} ", "dim"), paragraph), cuts.get(number, [])


def _image(image: dict[str, Any]) -> Text:
    with_it = " and ".join(name for name in ("caption", "credit") if image[name])
    marks = "; ".join(filter(None, ("lead" if image["lead"] else "", f"has {with_it}" if with_it else "")))
    return Text.assemble((f"▣ image {f'({marks}) ' if marks else ''}", "cyan"), (image["url"], "dim"))


def _cut(cut: dict[str, Any], most: int | None) -> Text:
    text = cut["text"]
    if most and len(text) > most:
        text = f"{text[:most].rstrip()}… ({len(text) - most:,} characters more)"
    return Text.assemble((f"✂ {cut['kind']} · {cut['rule']} ", "red"), (text, "dim"))


def _beside(rows: list[tuple[Text, list[Text]]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, show_lines=False)
    table.add_column("kept", ratio=3, overflow="fold")
    table.add_column("cut", ratio=2, overflow="fold")
    for paragraph, cuts in rows:
        if paragraph:
            table.add_row(paragraph, "")
        for cut in cuts:
            table.add_row("", cut)
    return table


def _stacked(rows: list[tuple[Text, list[Text]]]) -> Group:
    parts: list[RenderableType] = []
    for paragraph, cuts in rows:
        if paragraph:
            parts.append(Padding(paragraph, (0, 0, 1, 0)))
        parts += [Padding(cut, (0, 0, 1, 6)) for cut in cuts]
    return Group(*parts)


def _total(report: dict[str, Any]) -> str:
    kinds = Counter(cut["kind"] for cut in report["removed"])
    counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    return (
        f"{len(report['paragraphs']):,} paragraphs kept, {count_words(report['text']):,} words; "
        f"{kinds.total():,} blocks cut" + (f" = {counted}" if counted else "")
    )


# ---- Evidence --------------------------------------------------------------------------------------------------------


def _evidence(report: dict[str, Any]) -> Group:
    return Group(_answer(report), Text(), _fired(report), Text(), _claims(report), Text())


def _answer(report: dict[str, Any]) -> Text:
    charset = f"{report['charset']} (by {report['charset_source']})"
    status = f"HTTP {report['status']}" if report["status"] else "a saved page"
    return Text(f"{status}, {report['bytes']:,} bytes, {charset}", "dim")


def _fired(report: dict[str, Any]) -> Table:
    table = _table("rule that fired", "kind", "blocks", "words")
    for rule in report["fired"]:
        table.add_row(Text(rule["rule"]), rule["kind"], f"{rule['blocks']:,}", f"{rule['words']:,}")
    return table


def _claims(report: dict[str, Any]) -> Table:
    """Lay out the claims of the page, field by field; the value that was chosen is among the facts."""
    table = _table("the page claims", "by", "value")
    for field, said in report["claims"].items():
        for number, claim in enumerate(said):
            table.add_row(field if number == 0 else "", Text(claim["by"], "dim"), Text(claim["value"][:_SHORT]))
    return table
