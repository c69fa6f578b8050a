"""From a capture to an extraction. The one seam of the stage: crawling, importing and re-extracting all call `extract`.

    decode -> parse once -> read signals -> index blocks -> find and take out clutter elements -> main text
    -> align its lines with the blocks -> clean the lines -> judge -> article and ledger

Pure: the same capture gives the same extraction, in any process and order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from archive.model.article import FILED_KINDS, LEADS_ON, Article, Clutter, ClutterKind, Extraction
from archive.model.capture import Capture
from archive.model.outcome import Failure, Outcome
from archive.model.source import SiteRules
from archive.rights.signals import Signal
from archive.text import scrub
from archive.web.media_types import STOPGAPS, content_type, other_than_html
from pipelines.body.align import Bounds, Placed, align, covers
from pipelines.body.complete import NOTE as REPAIRED
from pipelines.body.complete import repair
from pipelines.clutter import GENTLE_STEPS, MATCHER, NO_RULES, STEPS, clean
from pipelines.clutter.draft import NOWHERE, Cut, Draft
from pipelines.clutter.headings import is_same_title
from pipelines.clutter.newsletters import find_signups
from pipelines.clutter.prune import Pruned, find, take_out
from pipelines.compare import key
from pipelines.images.article_images import Setting, article_images
from pipelines.images.page_images import PageImage, read_images
from pipelines.metadata.article_facts import Signals, read_signals
from pipelines.metadata.claims import read_claims
from pipelines.metadata.language import Resolved, resolve_language
from pipelines.metadata.reservations import page_signals
from pipelines.page.blocks import Index, index
from pipelines.page.head import read_head
from pipelines.page.layout import unwrap_layout_tables
from pipelines.page.parse import Page, decode, drop_code, flatten, is_cut_short, is_too_deep, parse
from pipelines.rules.selectors import find_removals, kept_places, narrowed, protected, restore, spare
from pipelines.verdict.evidence import MIN_WORDS, Evidence
from pipelines.verdict.judge import Verdict, judge

MAX_BYTES: Final = 10 * 1024 * 1024
_SEVERAL: Final = 2


def extract(capture: Capture, rules: SiteRules = NO_RULES) -> Extraction | Failure:
    """Cut the article out of a page. What cannot be extracted is a `Failure` that says why.

    Raises MemoryError alone: that bound is the caller's, see `pipelines.workers.pool`.
    """
    try:
        return _extract(capture, rules)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the border: one page never costs another
        return _failure(capture, Outcome.ERROR, f"{type(error).__name__}: {error}")


def _extract(capture: Capture, rules: SiteRules) -> Extraction | Failure:
    if len(capture.body) > MAX_BYTES:
        return _failure(capture, Outcome.TOO_BIG, f"{len(capture.body)} bytes")
    if other := other_than_html(capture.body, capture.headers):
        return _failure(capture, Outcome.NOT_HTML, other, may_pass=other in STOPGAPS)
    page = read(capture)
    if page is None:
        return _failure(capture, Outcome.NOT_HTML, "no element in it", may_pass=True)
    return _cut_out(capture, page, rules)


def read(capture: Capture) -> Page | None:
    """Decode and parse a page, by what its server says of it; None where there is no element in it."""
    return parse(decode(capture.body, content_type(capture.headers)), _base(capture.final_url))


def _base(url: str) -> str:
    """Return the URL that links are resolved against; "" if it is none, and then only absolute links count."""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def _failure(capture: Capture, outcome: Outcome, detail: str, *, may_pass: bool = False) -> Failure:
    return Failure(
        url=capture.url,
        stage="extract",
        outcome=outcome,
        detail=scrub(detail),
        when=capture.fetched_at,
        may_pass=may_pass,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One page on its way through the stage: what was read from it, what was cut, what is left."""

    capture: Capture
    page: Page
    signals: Signals
    blocks: Index
    pictures: tuple[PageImage, ...]
    pruned: Pruned
    dropped: tuple[int, ...]  # places of blocks that trafilatura left out inside the text
    draft: Draft
    rights: tuple[Signal, ...]
    verdict: Verdict
    flags: tuple[str, ...] = ()


def _cut_out(capture: Capture, page: Page, rules: SiteRules) -> Extraction:
    from pipelines.body.trafilatura import main_text

    head = read_head(page)
    signals = read_signals(head, capture.fetched_at)
    claims = read_claims(head)
    leads_on = head.leads_on
    rights = page_signals(capture.headers, head)
    drop_code(page.tree)
    blocks = index(page.tree)
    pictures = read_images(blocks, page.url, (signals.image, *claims.images))
    kept = kept_places(page.tree, blocks, rules)
    pruned = spare(_prune(page, blocks, rules), kept)
    unwrap_layout_tables(blocks)
    if is_too_deep(blocks.depth):
        flatten(page.tree)
    text = main_text(narrowed(page.tree, rules), page.url, partial(covers, blocks=blocks, gone=pruned.places))
    title_place = _title_place(blocks, signals.titles)
    bounds = Bounds(url=page.url, start=title_place + 1, standfirst=signals.standfirst)
    placed = align(text, blocks.blocks, pruned.places, bounds)
    steps = STEPS if signals.is_article or signals.is_part else GENTLE_STEPS
    cleaned = restore(clean(_draft(placed, signals, blocks, title_place), rules, steps), blocks, kept)
    draft = repair(cleaned, signals.body)
    evidence = Evidence(
        signals=signals,
        claims=claims,
        index=blocks,
        lines=draft.lines,
        cuts=(*pruned.cuts, *draft.cuts),
        pictures=pictures,
        capture=capture,
        source=page.decoded.text,
    )
    verdict = judge(evidence)
    reading = _Reading(
        capture=capture,
        page=page,
        signals=signals,
        blocks=blocks,
        pictures=pictures,
        pruned=pruned,
        dropped=placed.dropped,
        draft=draft,
        rights=rights,
        verdict=verdict,
        flags=(
            *((f"{LEADS_ON}: {leads_on}",) if leads_on and _outcome(verdict) is not Outcome.SAVED else ()),
            *((REPAIRED,) if draft is not cleaned else ()),
            *(("cut_short",) if is_cut_short(page.decoded.text) else ()),
            *(("nested_deeply",) if is_too_deep(blocks.depth) else ()),
        ),
    )
    return _extraction(reading)


def _prune(page: Page, blocks: Index, rules: SiteRules) -> Pruned:
    keep = protected(page.tree, rules)
    pruned = find_removals(page.tree, blocks, rules, find(blocks, MATCHER, keep, find_signups(blocks)))
    take_out(pruned)
    return pruned


def _draft(placed: Placed, signals: Signals, blocks: Index, title_place: int) -> Draft:
    return Draft(
        lines=placed.lines,
        titles=_said_titles(blocks, signals),
        standfirst=signals.standfirst,
        authors=signals.authors,
        site_name=signals.site_name,
        title_place=title_place,
    )


def _said_titles(blocks: Index, signals: Signals) -> tuple[str, ...]:
    """Return all forms of the title, without headings that are one of several of the first rank and not like it."""
    ranks = [block.text for block in blocks.blocks if block.element.tag == "h1"]
    if len(ranks) < _SEVERAL:
        return signals.titles
    title = key(signals.title or "")
    sections = {key(text) for text in ranks if not is_same_title(key(text), title)}
    return tuple(said for said in signals.titles if key(said) not in sections)


def _title_place(blocks: Index, titles: tuple[str, ...]) -> int:
    """Return the place of the one heading of the first rank that is the title."""
    said = {key(title) for title in titles}
    found = [at for at, block in enumerate(blocks.blocks) if block.element.tag == "h1" and key(block.text) in said]
    return found[0] if len(found) == 1 else NOWHERE


def _extraction(reading: _Reading) -> Extraction:
    signals, draft, verdict = reading.signals, reading.draft, reading.verdict
    paragraphs = tuple(line.text for line in draft.lines)
    spoken = resolve_language(signals.language, dict(signals.sources).get("language"), "\n".join(paragraphs))
    article = Article(
        url=reading.capture.final_url,
        canonical_url=signals.canonical_url,
        title=signals.title,
        standfirst=signals.standfirst,
        authors=signals.authors,
        published=signals.published,
        modified=signals.modified,
        language=spoken.language,
        section=signals.section,
        tags=signals.tags,
        site_name=signals.site_name,
        paragraphs=paragraphs,
        images=article_images(reading.pictures, reading.blocks, _setting(reading)),
        kind=verdict.kind,
        access=verdict.access,
        amp_url=signals.amp_url,
        next_url=signals.next_url,
        sources=_sources(signals, spoken),
    )
    return Extraction(
        article=article,
        clutter=tuple(_ledger(reading)),
        notes=(*verdict.notes, *signals.notes, *spoken.notes, *reading.flags),
        outcome=_outcome(verdict),
        rights=reading.rights,
        charset=reading.page.decoded.charset,
        charset_source=reading.page.decoded.source,
    )


def _sources(signals: Signals, spoken: Resolved) -> tuple[tuple[str, str], ...]:
    others = tuple(pair for pair in signals.sources if pair[0] != "language")
    return (*others, ("language", spoken.source)) if spoken.source else others


def _outcome(verdict: Verdict) -> Outcome:
    if verdict.kind not in FILED_KINDS:
        return Outcome.NOT_ARTICLE
    return Outcome.TOO_SHORT if verdict.words < MIN_WORDS else Outcome.SAVED


def _ledger(reading: _Reading) -> Iterator[Clutter]:
    """Yield the cuts in page order, each with the number of kept paragraphs before it."""
    places = [line.place for line in reading.draft.lines]
    dropped = (
        Cut(kind=ClutterKind.OTHER, text=reading.blocks.blocks[at].text, rule="trafilatura", place=at)
        for at in reading.dropped
        if at not in places
    )
    for cut in sorted((*reading.pruned.cuts, *reading.draft.cuts, *dropped), key=lambda cut: cut.place):
        before = sum(1 for kept in places if kept < cut.place)
        yield Clutter(kind=cut.kind, text=cut.text, rule=cut.rule, after_paragraph=before)


def _setting(reading: _Reading) -> Setting:
    return Setting(
        places=tuple(line.place for line in reading.draft.lines),
        title_place=reading.draft.title_place,
        pruned=reading.pruned,
        authors=reading.signals.authors,
    )
