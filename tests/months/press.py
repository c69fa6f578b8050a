"""A month of the demonstration newspaper: its outlets print by a plan, edit, delete, fail and are redesigned.

It answers requests as of any moment, and holds the truth of what happened when. Pure; its clock is the caller's.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property

from archive.demo import content, markup
from archive.demo.content import Desk
from archive.demo.newspaper import Newspaper, Request, Response
from archive.demo.press import pages
from archive.demo.story import Leaf, Oddity, Story
from archive.model.outcome import Outcome
from archive.web.urls import host

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = 12  # entries of a feed or list page
KEPT = timedelta(days=2)  # how long a news sitemap names a story; the others name those of a week


class Edit(StrEnum):
    """What an outlet does to a story after it has printed it."""

    HEADLINE = "headline"
    TEXT = "edit"
    CORRECTION = "correction"
    COMMAS = "cosmetic"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, from the beginning of the month; its end is no part of it."""

    begin: timedelta
    end: timedelta

    def holds(self, when: datetime) -> bool:
        return self.begin <= when - BEGIN < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to happen. `flood` stories are printed by `flooded` at once, so that its feed overruns."""

    days: int = 30
    wakes: timedelta = HOUR / 6  # how often cron, or the scheduler, looks for what is due
    seed: int = 1
    asleep: Span = Span(begin=16 * DAY + 22 * HOUR, end=18 * DAY + 22 * HOUR)  # the machine of who crawls
    no_names: Span = Span(begin=9 * DAY + 9 * HOUR, end=9 * DAY + 15 * HOUR)  # no name can be resolved
    outage: Span = Span(begin=12 * DAY + 6 * HOUR, end=12 * DAY + 18 * HOUR)
    failing: str = "harbour-post"
    redesign: Span = Span(begin=20 * DAY + 10 * HOUR, end=26 * DAY)
    redesigned: str = "vale-courier"
    flood_at: timedelta = 14 * DAY + 3 * HOUR
    flood: int = 30
    flooded: str = "ferry-lane"

    @classmethod
    def short(cls) -> "Plan":
        """Eleven days in which all of it happens: what the tests have time for."""
        return cls(
            days=11,
            wakes=HOUR,
            no_names=Span(begin=2 * DAY + 9 * HOUR, end=2 * DAY + 15 * HOUR),
            flood_at=3 * DAY + 3 * HOUR,
            outage=Span(begin=5 * DAY + 6 * HOUR, end=5 * DAY + 18 * HOUR),
            redesign=Span(begin=6 * DAY + 12 * HOUR, end=8 * DAY),
            asleep=Span(begin=8 * DAY + 20 * HOUR, end=10 * DAY + 20 * HOUR),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that becomes of a story: an edit of its kind, at a time, and the story as it stands from then on."""

    when: datetime
    edit: Edit
    story: Story


@dataclass(slots=True)
class Life:
    """A story and what becomes of it, in order."""

    first: Story
    changes: list[Change] = field(default_factory=list)

    def at(self, when: datetime) -> Story | None:
        """The story as it stands; None before it is printed and after it is deleted."""
        if when < self.first.published:
            return None
        past = [change for change in self.changes if change.when <= when]
        if past and past[-1].edit is Edit.DELETED:
            return None
        return past[-1].story if past else self.first


RATES: Mapping[str, float] = {  # stories a day
    "harbour-post": 8,
    "meridian-times": 12,
    "vale-courier": 4,
    "neuhafen-bote": 5,
    "ferry-lane": 6,
}
_EDITED = 0.2  # share of stories
_BEFORE = 48  # hours of which there are stories when the month begins
_CORRECTION = "Correction: an earlier version of this article gave the wrong day for the meeting."


class Press:
    """All outlets of the demonstration, for as long as the plan goes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._chance = random.Random(plan.seed)
        self._bases = {name: content.load(name, 1, BEGIN) for name in content.OUTLETS}
        self._names = {desk.outlet.host: name for name, desk in self._bases.items()}
        self.lives = {name: self._month(name) for name in content.OUTLETS}
        self._printed: dict[tuple[str, int], Mapping[str, object]] = {}

    def answer(self, url: str, headers: Mapping[str, str], when: datetime) -> Response | None:
        """What the outlet answers; None where its name cannot be resolved."""
        if self.plan.no_names.holds(when):
            return None
        name = self._names[host(url)]
        if name == self.plan.failing and self.plan.outage.holds(when):
            return Response(status=500, headers=(("Content-Type", "text/plain"),), body=b"out of order\n")
        path = url.split(host(url), 1)[1] or "/"
        request = Request(method="GET", host=host(url), target=path, headers=headers)
        response = self._newspaper(name, when).respond(request)
        if name == self.plan.redesigned and self.plan.redesign.holds(when) and self._is_story(name, url):
            return replace(response, body=_REDESIGNED, headers=(("Content-Type", "text/html"),))
        return response

    def stories(self) -> Iterator[tuple[str, Life]]:
        """Every story that is printed in the month, with its outlet."""
        for name, lives in self.lives.items():
            yield from ((name, life) for life in lives if life.first.published >= BEGIN)

    @cached_property
    def end(self) -> datetime:
        """When the month is over."""
        return BEGIN + self.plan.days * DAY

    def _is_story(self, name: str, url: str) -> bool:
        return any(life.first.url == url for life in self.lives[name])

    # Printing --------------------------------------------------------------------------------------------------------

    def _newspaper(self, name: str, when: datetime) -> Newspaper:
        desk = self._bases[name]
        moments = self._moments(name)
        at = bisect_right(moments, when)
        key = (name, at)
        if key not in self._printed:
            self._printed = {known: made for known, made in self._printed.items() if known[0] != name}
            self._printed[key] = {desk.outlet.host: pages(self._desk(name, moments[at - 1] if at else BEGIN))}
        return Newspaper(
            number=1, outlets=(desk.outlet,), articles=(), oddities=(),
            pages=self._printed[key],  # type: ignore[arg-type]  # what was put there above
        )  # fmt: skip

    @cache  # noqa: B019 - there are a handful of outlets, and one press
    def _moments(self, name: str) -> list[datetime]:
        """When anything of an outlet changes: stories are printed and edited, and drop out of sitemaps by the hour."""
        lives = self.lives[name]
        printed = {life.first.published for life in lives}
        edited = {change.when for life in lives for change in life.changes}
        return sorted(printed | edited)

    def _desk(self, name: str, when: datetime) -> Desk:
        """What the outlet prints at that moment; a deleted story answers 410."""
        base = self._bases[name]
        standing = [story for life in self.lives[name] if (story := life.at(when)) is not None]
        standing.sort(key=lambda story: story.published, reverse=True)
        shown = [replace(story, listed=_listed(rank, story, when)) for rank, story in enumerate(standing)]
        gone = [
            _tombstone(life.first, life.changes[-1].when)
            for life in self.lives[name]
            if life.changes and life.changes[-1].edit is Edit.DELETED and life.changes[-1].when <= when
        ]
        return replace(base, stories=tuple(shown), oddities=tuple(gone), redirects=())

    # Writing ---------------------------------------------------------------------------------------------------------

    def _month(self, name: str) -> list[Life]:
        """The stories of an outlet, by the hours in which papers print: few at night, fewer at the weekend."""
        lives = []
        hours = [BEGIN + hour * HOUR for hour in range(-_BEFORE, self.plan.days * 24 - 12)]
        for begin in hours:
            expected = RATES[name] * _WEIGHTS[begin.hour] * (0.6 if begin.weekday() > 4 else 1.0)
            count = sum(self._chance.random() < expected / 6 for _ in range(6))
            if name == self.plan.flooded and begin - BEGIN == self.plan.flood_at:
                count += self.plan.flood
            for _ in range(count):
                when = begin + timedelta(seconds=self._chance.randrange(3_600))
                lives.append(self._life(name, len(lives), when))
        return lives

    def _life(self, name: str, number: int, when: datetime) -> Life:
        story = self._story(name, number, when)
        life = Life(story)
        if self._chance.random() < _EDITED:
            edit = self._chance.choice(list(Edit))
            at = when + timedelta(minutes=self._chance.randrange(90, 600))
            life.changes.append(Change(when=at, edit=edit, story=self._edited(story, edit, at)))
        return life

    def _story(self, name: str, number: int, when: datetime) -> Story:
        desk = self._bases[name]
        language = desk.outlet.languages[0]
        model = next(story for story in desk.stories if story.language == language)
        title = f"{self._words(language, 6)} {number + 100}"
        slug = f"story-{number + 100}"
        fields = content._path_fields(
            {"published": when, "slug": slug, "section": model.section, "language": language, "number": number + 100}
        )
        url = content._url(desk.outlet, desk.outlet.story_path, fields)
        body = "\n\n".join(self._paragraph(language) for _ in range(5))
        return replace(
            model,
            id=f"{name}/{slug}", slug=slug, url=url, title=title, published=when, modified=None, number=number + 100,
            leaves=(Leaf(number=1, url=url, blocks=markup.parse(body)),),
            standfirst=self._words(language, 10), images=(), comments=(), offcuts=(), listed=(), note="",
            short_url="", amp_url="", copy_of="", kind=_ARTICLE, charset="utf-8",
        )  # fmt: skip

    def _edited(self, story: Story, edit: Edit, when: datetime) -> Story:
        (leaf,) = story.leaves
        if edit is Edit.HEADLINE:
            return replace(story, title=f"Now: {story.title}", modified=when)
        if edit is Edit.DELETED:
            return story
        first, *rest = leaf.blocks
        if edit is Edit.COMMAS:
            blocks = (replace(first, text=first.text.replace(",", ";") + "…"), *rest)
        else:
            added = _CORRECTION if edit is Edit.CORRECTION else self._paragraph(story.language)
            blocks = (first, *rest, *markup.parse(added))
        return replace(story, leaves=(replace(leaf, blocks=blocks),), modified=when)

    def _paragraph(self, language: str) -> str:
        return " ".join(self._chance.choice(_sentences(language)) for _ in range(4))

    def _words(self, language: str, count: int) -> str:
        words = [word for word in self._chance.choice(_sentences(language)).split() if word.isalpha()]
        return " ".join(words[:count]).capitalize()


def _listed(rank: int, story: Story, when: datetime) -> tuple[str, ...]:
    """The listings that name a story: windows hold the newest, sitemaps those of some days."""
    age = when - story.published
    windows = ("feed", "section", "urls") if rank < WINDOW else ()
    return (*windows, *(("news",) if age < KEPT else ()), *(("sitemap",) if age < 7 * DAY else ())) or ("none",)


_ARTICLE = content.PageKind.ARTICLE
_WEIGHTS = [weight / 64 for weight in (1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2)]


def _tombstone(story: Story, when: datetime) -> Oddity:
    return Oddity(
        id=story.id, host=story.host, slug=story.slug, url=story.url, title=story.title, published=story.published,
        modified=when, status=410, outcome=Outcome.HTTP_4XX, listed=("none",),
    )  # fmt: skip


@cache
def _sentences(language: str) -> tuple[str, ...]:
    """Every sentence of some length that the demonstration has in a language."""
    found = [
        sentence.strip() + "."
        for name in content.OUTLETS
        for story in content.load(name, 1, BEGIN).stories
        if story.language == language
        for paragraph in story.paragraphs
        for sentence in paragraph.split(". ")
        if 40 < len(sentence) < 220 and sentence[0].isupper() and "“" not in sentence and '"' not in sentence
    ]
    return tuple(dict.fromkeys(sentence.replace("..", ".") for sentence in found))


_REDESIGNED = b"""<!DOCTYPE html><html lang="en"><head><title>The Vale Courier</title></head>
<body><div id="app"></div><noscript>Please switch JavaScript on.</noscript><script src="/app.js"></script></body></html>
"""
