"""The proposal of `cuttings add` after a survey: a [[source]] for cuttings.toml, or the reason why there is none."""

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
    """The result of a survey: an entry, or why there is none. `lacking` names what the survey did not find."""

    entry: dict[str, Any] | None = None
    refusal: str | None = None
    lacking: str | None = None


def judge(survey: "Survey", url: str, *, force: bool) -> Verdict:
    """Make an entry of a survey. With `force` also if it has found no listing, or no article, and nothing is wrong.

    There is no entry for what robots.txt forbids, a host that cannot be reached, or one that refuses us.
    """
    if survey.failure:
        why = survey.failure.detail or survey.failure.outcome.value
        return Verdict(refusal=f"cannot be read: {why.removeprefix(f'{url}: ')}")
    if not survey.allowed:
        return Verdict(refusal="robots.txt forbids what would be fetched")
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
    """Return the least that a source needs: listings found from its front page are not written down."""
    from spiders.site.survey import NAMED

    entry: dict[str, Any] = {"url": survey.url}
    if survey.needs_rendering:
        entry["render"] = True
    news = [look.url for look in survey.sitemaps if look.is_news]
    if not (news or any(look.origin != NAMED for look in survey.feeds)):
        return entry
    # An entry that names one listing has to name them all.
    if feeds := [look.url for look in survey.feeds]:
        entry["feeds"] = feeds
    if news:
        entry["sitemaps"] = news
    return entry


def source(url: str) -> Source:
    """Return the source that a URL alone describes: a survey begins with it."""
    return Source(id=toml.id_of(url) or "site", url=url, name=urls.host(url))


def with_free_ids(settings: toml.Config, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries, each with an id of its own if that of its host is taken."""
    named: list[dict[str, Any]] = []
    for entry in entries:
        named.append(_with_free_id(settings, entry, named))
    return named


def _with_free_id(settings: toml.Config, entry: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    from archive.config.edit import free_id

    taken = [other.get("id") or toml.id_of(other["url"]) for other in others]
    other_id = free_id(settings, entry["url"], taken)
    return {"id": other_id, **entry} if other_id else entry
