"""From a capture to an extraction. The one seam of the stage: crawling, importing and re-extracting all call `extract`.

    decode -> parse once -> read signals -> index blocks -> find and take out clutter elements -> main text
    -> align its lines with the blocks -> clean the lines -> judge -> article and ledger

Pure: the same capture gives the same extraction, in any process and order.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from archive.models import (
    FILED_KINDS,
    Article,
    Capture,
    Clutter,
    ClutterKind,
    Extraction,
    Failure,
    Image,
    Outcome,
    SiteRules,
)
from archive.sniff import HTML_TYPES, sniff
from archive.text import count_words, scrub
from pipelines.align import Placed, align
from pipelines.blocks import Index, index
from pipelines.clutter import GENTLE_STEPS, MATCHER, NO_RULES, STEPS, clean
from pipelines.clutter.draft import NOWHERE, Cut, Draft, key
from pipelines.clutter.newsletters import find_signups
from pipelines.clutter.prune import Pruned, find, take_out
from pipelines.clutter.site_rules import find_removals, narrowed, protected, shield
from pipelines.images import Picture, read_pictures
from pipelines.layout import unwrap_layout_tables
from pipelines.metadata import Signals, read_signals
from pipelines.page import Page, decode, drop_code, is_too_deep, parse
from pipelines.sites import combined, rules_for
from pipelines.verdict import MIN_WORDS, Verdict, judge

MAX_BYTES: Final = 10 * 1024 * 1024


def extract(capture: Capture, rules: SiteRules = NO_RULES) -> Extraction | Failure:
    """Cut the article out of a page. What cannot be extracted is a `Failure` that says why.

    Raises MemoryError alone: that bound is the caller's, see `pipelines.workers`.
    """
    try:
        return _extract(capture, rules)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the border: one page never costs another
        return _failure(capture, Outcome.ERROR, f"{type(error).__name__}: {error}")


def _extract(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), None)
    if len(capture.body) > MAX_BYTES:
        return _failure(capture, Outcome.TOO_BIG, f"{len(capture.body)} bytes")
    media_type = sniff(capture.body, content_type)
    if media_type not in HTML_TYPES:
        return _failure(capture, Outcome.NOT_HTML, media_type)
    page = parse(decode(capture.body, content_type), _base(capture.final_url))
    if page is None:
        return _failure(capture, Outcome.NOT_HTML, "no element in it")
    return _cut_out(capture, page, combined(rules, rules_for(page.url)))


def _base(url: str) -> str:
    """The address links are resolved against: none where it is not one, and then only absolute links are links."""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def _failure(capture: Capture, outcome: Outcome, detail: str) -> Failure:
    return Failure(url=capture.url, stage="extract", outcome=outcome, detail=scrub(detail), when=capture.fetched_at)


def _cut_out(capture: Capture, page: Page, rules: SiteRules) -> Extraction:
    from pipelines.main_text import main_text  # trafilatura takes 0.7 s of CPU to import: only where a page is read

    signals = read_signals(page, capture.fetched_at)
    drop_code(page.tree)
    blocks = index(page.tree)
    pictures = read_pictures(blocks, page.url)
    pruned = _prune(page, blocks, rules)
    unwrap_layout_tables(blocks)
    text = main_text(narrowed(page.tree, rules), page.url)
    placed = align(text, blocks.blocks, pruned.places)
    steps = STEPS if signals.is_article or signals.is_part else GENTLE_STEPS
    draft = clean(_draft(placed, signals, blocks), rules, steps)
    verdict = judge(signals, blocks, draft.lines, page.url, capture.status)
    return _extraction(capture, page, signals, blocks, placed, draft, pruned, pictures, verdict)


def _prune(page: Page, blocks: Index, rules: SiteRules) -> Pruned:
    keep = protected(page.tree, rules)
    pruned = find_removals(page.tree, blocks, rules, find(blocks, MATCHER, keep, find_signups(blocks)))
    take_out(pruned)
    shield(page.tree, rules)
    return pruned


def _draft(placed: Placed, signals: Signals, blocks: Index) -> Draft:
    return Draft(
        lines=placed.lines,
        titles=signals.titles,
        standfirst=signals.standfirst,
        authors=signals.authors,
        site_name=signals.site_name,
        title_place=_title_place(blocks, signals.titles),
    )


def _title_place(blocks: Index, titles: tuple[str, ...]) -> int:
    """Where the page's one heading of the first rank that is the title stands."""
    said = {key(title) for title in titles}
    found = [at for at, block in enumerate(blocks.blocks) if block.element.tag == "h1" and key(block.text) in said]
    return found[0] if len(found) == 1 else NOWHERE


def _extraction(
    capture: Capture,
    page: Page,
    signals: Signals,
    blocks: Index,
    placed: Placed,
    draft: Draft,
    pruned: Pruned,
    pictures: tuple[Picture, ...],
    verdict: Verdict,
) -> Extraction:
    places = [line.place for line in draft.lines]
    paragraphs = tuple(line.text for line in draft.lines)
    dropped = (
        Cut(kind=ClutterKind.OTHER, text=blocks.blocks[at].text, rule="trafilatura", place=at) for at in placed.dropped
    )
    article = Article(
        url=capture.final_url,
        canonical_url=signals.canonical_url,
        title=signals.title,
        standfirst=signals.standfirst,
        authors=signals.authors,
        published=signals.published,
        modified=signals.modified,
        language=signals.language,
        section=signals.section,
        tags=signals.tags,
        site_name=signals.site_name,
        paragraphs=paragraphs,
        images=tuple(_images(pictures, places)),
        kind=verdict.kind,
        access=verdict.access,
        amp_url=signals.amp_url,
        next_url=signals.next_url,
        sources=signals.sources,
    )
    return Extraction(
        article=article,
        clutter=tuple(_ledger((*pruned.cuts, *draft.cuts, *dropped), places)),
        notes=(*verdict.notes, *signals.notes, *(("nested_deeply",) if is_too_deep(blocks.depth) else ())),
        outcome=_outcome(verdict, paragraphs),
        charset=page.decoded.charset,
        charset_source=page.decoded.source,
    )


def _outcome(verdict: Verdict, paragraphs: tuple[str, ...]) -> Outcome:
    if verdict.kind not in FILED_KINDS:
        return Outcome.NOT_ARTICLE
    return Outcome.TOO_SHORT if count_words("\n".join(paragraphs)) < MIN_WORDS else Outcome.SAVED


def _ledger(cuts: Iterable[Cut], places: list[int]) -> Iterator[Clutter]:
    """The cuts in page order, each with the number of kept paragraphs before it."""
    for cut in sorted(cuts, key=lambda cut: cut.place):
        yield Clutter(kind=cut.kind, text=cut.text, rule=cut.rule, after_paragraph=_before(cut.place, places))


def _before(place: int, places: list[int]) -> int:
    return sum(1 for kept in places if kept < place)


def _images(pictures: tuple[Picture, ...], places: list[int]) -> Iterator[Image]:
    """Pictures of the article: not far above its first paragraph, nor below its last unless captioned there."""
    if not places:
        return
    first, last = min(places), max(places)
    for picture in pictures:
        inside = first - _LEAD <= picture.place <= last + 1
        if inside or (picture.caption and picture.place <= last + _TRAIL and picture.place >= first - _LEAD):
            yield Image(
                url=picture.url,
                caption=picture.caption,
                credit=picture.credit,
                alt=picture.alt,
                after_paragraph=_before(picture.place, places),
            )


_LEAD: Final = 25  # blocks above the first paragraph in which the lead picture stands (title, byline, share bar)
_TRAIL: Final = 6
