"""Plots as numbers: where each bar stands, and what the plot says in words. Pure; templates draw it as SVG.

A plot is never the only way to what it shows: it has a sentence, and the page has the figures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

HEIGHT: Final = 100  # units of the drawing; it is stretched to its place
_STEP: Final = 10  # units for a bar and the gap behind it
_BAR: Final = _STEP - 2
_FEW: Final = 20  # bars; a single one is no wall of colour
_MOST_MONTHS: Final = 120  # bars; beyond it, years are drawn
_LEAST: Final = 2.0  # units: one article among thousands is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of one series. Units are those of the drawing, from its upper left corner; `label` is what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Bars over steps of time. `sentence` says in words what is seen; `figures` are the steps, a value a series."""

    width: int
    is_short: bool  # it has few bars, which stand together at its beginning
    bars: tuple[Bar, ...]
    first: str
    last: str
    sentence: str
    figures: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A small plot among many, of one series: all its bars are one path of SVG."""

    width: int
    outline: str
    sentence: str


def plot(what: str, steps: Sequence[tuple[str, Sequence[int]]], series: Sequence[str] = ("",)) -> Plot | None:
    """Return the plot of values over steps, stacked where there are several series; None where there is nothing.

    `what` begins the sentence, such as "Articles a month".
    """
    totals = [sum(values) for _, values in steps]
    most = max(totals, default=0)
    if most <= 0:
        return None
    bars = [bar for number, (name, values) in enumerate(steps) for bar in _stack(number, name, values, series, most)]
    first, last = steps[0][0], steps[-1][0]
    peak = steps[totals.index(most)][0]
    parts = [f"{sum(values[n] for _, values in steps):,} {name}".strip() for n, name in enumerate(series)]
    span = f"{first} to {last}" if first != last else first
    return Plot(
        width=_width(len(steps)),
        is_short=len(steps) < _FEW,
        bars=tuple(bars),
        first=first,
        last=last,
        sentence=f"{what}, {span}: {', '.join(parts)}{' in all' if len(parts) == 1 else ''}; most in {peak}: {most:,}.",
        figures=tuple((name, tuple(values)) for name, values in steps),
    )


def spark(what: str, steps: Sequence[tuple[str, int]]) -> Spark | None:
    """Return a small plot; None where there is nothing."""
    most = max((value for _, value in steps), default=0)
    if most <= 0:
        return None
    outline = []
    for number, (_, value) in enumerate(steps):
        if value > 0:
            height = _height(value, most)
            outline.append(f"M{number * _STEP + 1} {HEIGHT - height:.4g}h{_BAR}v{height:.4g}h-{_BAR}z")
    total = sum(value for _, value in steps)
    return Spark(
        width=_width(len(steps)),
        outline="".join(outline),
        sentence=f"{what}, {steps[0][0]} to {steps[-1][0]}: {total:,} in all; most at once: {most:,}.",
    )


def by_month(counted: Mapping[str, Sequence[int]]) -> list[tuple[str, Sequence[int]]]:
    """Return values by month, without gaps; by year where there are too many months."""
    if not counted:
        return []
    none = [0] * len(next(iter(counted.values())))
    months = list(_months(min(counted), max(counted)))
    if len(months) <= _MOST_MONTHS:
        return [(month, counted.get(month, none)) for month in months]
    years: dict[str, list[int]] = {}
    for year in range(int(months[0][:4]), int(months[-1][:4]) + 1):
        years[f"{year:04}"] = [*none]
    for month, values in counted.items():
        years[month[:4]] = [one + other for one, other in zip(years[month[:4]], values, strict=True)]
    return list(years.items())


def by_day(
    counted: Mapping[str, Sequence[int]], last: date, days: int, width: int = 1
) -> list[tuple[str, Sequence[int]]]:
    """Return values of so many days up to the last one, without gaps; `width` is the number of values."""
    return [(name, counted.get(name, [0] * width)) for name in days_to(last, days)]


@lru_cache(maxsize=8)
def days_to(last: date, days: int) -> tuple[str, ...]:
    """Return the names of so many days up to the last one."""
    return tuple((last - timedelta(days=back)).isoformat() for back in range(days - 1, -1, -1))


def single(counted: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """Return counts as values of one series."""
    return {name: [value] for name, value in counted}


def _stack(number: int, name: str, values: Sequence[int], series: Sequence[str], most: int) -> Iterator[Bar]:
    top = float(HEIGHT)
    for n, value in enumerate(values):
        if value <= 0:
            continue
        height = _height(value, most)
        top = max(0.0, top - height)
        yield Bar(
            x=number * _STEP + 1, y=round(top, 2), width=_BAR, height=round(height, 2), series=n,
            label=f"{name}: {value:,} {series[n]}".strip(),
        )  # fmt: skip


def _width(steps: int) -> int:
    return max(steps, _FEW) * _STEP


def _height(value: int, most: int) -> float:
    return max(_LEAST, HEIGHT * value / most)


def _months(first: str, last: str) -> Iterator[str]:
    """Every month from one to another; what is no month ends it where it begins."""
    try:
        begin, end = ((int(month[:4]) * 12 + int(month[5:7]) - 1) for month in (first, last))
    except ValueError:
        return
    for number in range(begin, end + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
