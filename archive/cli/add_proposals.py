"""What `cuttings add` makes of a survey: a [[source]] for cuttings.toml, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.config import toml
from archive.model.outcome import Outcome
from archive.model.source import Source
from archive.web import urls

if TYPE_CHECKING:
    from spiders.site.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a survey comes to: an entry, or why there is none. `lacking` is what the entry is made without."""

    entry: dict[str, Any] | None = None
    refusal: str | None = None
    lacking: str | None = None


def judge(survey: "Survey", address: str, *, force: bool) -> Verdict:
    """Make an entry of a survey. With `force` also where it has found no listing, or no article, and nothing is wrong.

    Nothing is made of what robots.txt forbids, of a host that cannot be reached, or of one that refuses us.
    """
    if survey.failure:
        why = survey.failure.detail or survey.failure.outcome.value
        return Verdict(refusal=f"cannot be read: {why.removeprefix(f'{address}: ')}")
    if not survey.allowed:
        return Verdict(refusal="robots.txt forbids what would be asked for")
    if survey.good:
        return Verdict(entry=_entry(survey))
    lacking = "in none of the samples an article was found" if survey.samples else "no listing names an article"
    for refused in survey.refused:
        if refused.outcome is Outcome.ROBOTS:
            return Verdict(refusal=f"{lacking}, since robots.txt forbids {refused.url}")
        return Verdict(
            refusal=f"{lacking}, since it refuses us: {refused.url}: {refused.detail or refused.outcome.value}"
        )
    if force:
        return Verdict(entry=_entry(survey), lacking=lacking)
    return Verdict(refusal=f"{lacking}; see `cuttings try` and [[source.extract]], or add it all the same with --force")


def _entry(survey: "Survey") -> dict[str, Any]:
    """The least that a source needs: what is found from its front page is not written down."""
    from spiders.site.survey import NAMED

    entry: dict[str, Any] = {"url": survey.url}
    if survey.needs_rendering:
        entry["render"] = True
    news = [look.url for look in survey.sitemaps if look.is_news]
    if not (news or any(look.origin != NAMED for look in survey.feeds)):
        return entry
    # Whoever names one listing names them all.
    if feeds := [look.url for look in survey.feeds]:
        entry["feeds"] = feeds
    if news:
        entry["sitemaps"] = news
    return entry


def source(url: str) -> Source:
    """Return the source that a URL alone describes: what a survey begins with."""
    return Source(id=toml.id_of(url) or "site", url=url, name=urls.host(url))


def with_free_ids(settings: toml.Config, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries, each with an id of its own where that of its host is taken."""
    named: list[dict[str, Any]] = []
    for entry in entries:
        named.append(_with_free_id(settings, entry, named))
    return named


def _with_free_id(settings: toml.Config, entry: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    from archive.config.edit import free_id

    taken = [other.get("id") or toml.id_of(other["url"]) for other in others]
    other_id = free_id(settings, entry["url"], taken)
    return {"id": other_id, **entry} if other_id else entry
