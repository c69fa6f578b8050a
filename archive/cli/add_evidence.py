"""The evidence that `cuttings add` shows of a surveyed site: for a person, and for a program."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from archive.cli.endings import one_line
from archive.model.article import Extraction
from archive.model.listing import ListingKind
from archive.model.outcome import Failure, Outcome
from archive.times import stamp

if TYPE_CHECKING:
    from spiders.site.survey import Look, Sample, Survey

_INDENT: Final = "  "
_WORDS_SHOWN: Final = 160  # characters of a sample
_MOST_SIGNALS: Final = 5


def shown(survey: "Survey", refusal: str | None, lacking: str | None) -> Iterator[str]:
    """Yield the evidence in lines: why it is refused (`refusal`), or what it lacks and is added without (`lacking`)."""
    yield one_line(f"{survey.url}" + (f"  {survey.title}" if survey.title else ""))
    if not survey.failure:
        for name, line in _lines(survey):
            yield _named(name, line)
        for number, sample in enumerate(survey.samples, start=1):
            for line in _of_sample(number, sample):
                yield f"{_INDENT}{line}"
    if refusal:
        yield _named("refused", refusal)
    if lacking:
        yield _named("forced", f"{lacking}; it is added all the same")


def _named(name: str, line: str) -> str:
    return f"{_INDENT}{name:<11}{one_line(line)}"


def _lines(survey: "Survey") -> Iterator[tuple[str, str]]:
    delay = f"; it asks for {survey.crawl_delay:g} s between requests" if survey.crawl_delay else ""
    yield "robots.txt", ("allows it" if survey.allowed else "forbids it") + delay
    for line in _rights(survey):
        yield "rights", line
    for look in survey.looks:
        yield look.kind.value, _of_look(look)
    rate = "unknown, its listings name no dates" if survey.rate is None else f"about {survey.rate:,.1f} a day"
    yield "articles", rate
    yield "every", f'"auto": every {_span(survey.interval)}, once that is learned'


def _rights(survey: "Survey") -> list[str]:
    reserving = [signal for signal in survey.signals if signal.reserves]
    others = [signal for signal in survey.signals if not signal.reserves]
    lines = [f"reserved by {signal.kind}: {signal.value}" for signal in reserving[:_MOST_SIGNALS]]
    lines = lines or ["nothing is reserved, as far as it says"]
    if others:
        lines.append("said besides: " + ", ".join(f"{each.kind} {each.value}" for each in others[:_MOST_SIGNALS]))
    return lines


def _of_look(look: "Look") -> str:
    if isinstance(look.result, Failure):
        return f"{look.url} ({look.origin}): {look.result.detail or look.result.outcome.value}"
    facts = [f"{len(look.entries):,} articles"]
    if look.children:
        facts.append(f"{len(look.children):,} listings")
    if look.rate is not None:
        facts.append(f"{look.rate:,.1f} a day")
    if look.newest:
        facts.append(f"newest {look.newest:%Y-%m-%d %H:%M}")
    if look.kind is ListingKind.SITEMAP and look.entries and not look.is_news:
        facts.append("of all ages: name it in sitemaps to fetch them all")
    return f"{look.url} ({look.origin}): {', '.join(facts)}"


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def _of_sample(number: int, sample: "Sample") -> Iterator[str]:
    result = sample.result
    yield f"{number}  {one_line(sample.url)}"
    if isinstance(result, Failure) or result.outcome is not Outcome.SAVED:
        yield "   " + one_line(f"no article: {_why(result)}")
        return
    article = result.article
    when = f"{article.published.when:%Y-%m-%d}" if article.published else "no date"
    if sample.rendered:
        yield "   after its scripts have run, with render = true:"
    facts = (f"{sum(map(_count, article.paragraphs)):,} words", when, "; ".join(article.authors) or "no author")
    yield "   " + one_line(f"{article.title or 'no title'} ({', '.join(facts)})")
    yield "   " + one_line(f"“{_short(article.text)}”")
    kinds = Counter(cut.kind.value for cut in result.clutter)
    if kinds:
        yield "   " + one_line("cut: " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common()))
        longest = max(result.clutter, key=lambda cut: len(cut.text))
        yield "   " + one_line(f"✂ [{longest.kind.value}: {longest.rule}] {_short(longest.text)}")


def _count(text: str) -> int:
    from archive.text import count_words

    return count_words(text)


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _WORDS_SHOWN else folded[: _WORDS_SHOWN - 1].rstrip() + "…"


def _why(result: Extraction | Failure) -> str:
    said = [result.detail] if isinstance(result, Failure) else [result.article.kind.value, *result.notes]
    return f"{result.outcome.value} ({', '.join(filter(None, said))})"


def recorded(survey: "Survey", refusal: str | None, lacking: str | None) -> dict[str, Any]:
    """Return the evidence for a JSON writer."""
    from archive.storage.read_article import record

    return {
        "url": survey.url,
        "title": survey.title,
        "refusal": refusal,
        "forced": lacking,
        "robots": {"allowed": survey.allowed, "crawl_delay": survey.crawl_delay},
        "rights": [{"signal": each.kind, "value": each.value, "reserves": each.reserves} for each in survey.signals],
        "listings": [_look_record(look) for look in survey.looks],
        "articles_a_day": None if survey.rate is None else round(survey.rate, 2),
        "interval_minutes": None if survey.failure else round(survey.interval / timedelta(minutes=1)),
        "samples": [record(each.url, each.result) for each in survey.samples],
    }


def _look_record(look: "Look") -> dict[str, Any]:
    result = look.result
    outcome, detail = (
        (result.outcome, result.detail) if isinstance(result, Failure) else (Outcome.LISTED, "; ".join(result.notes))
    )
    return {
        "kind": look.kind,
        "url": look.url,
        "found": look.origin,
        "articles": len(look.entries),
        "listings": len(look.children),
        "articles_a_day": look.rate and round(look.rate, 2),
        "newest": look.newest and stamp(look.newest),
        "outcome": outcome,
        "detail": detail,
    }
