"""The site that everything else stands beside: two hundred articles, all of which land."""

from tests.robustness.hostile.answers import Table, story
from tests.robustness.hostile.families.family import Family

COUNT = 200
_ARTICLES: Table = {f"/news/{number}-harbour": ("saved", story(f"good {number}")) for number in range(COUNT)}

FAMILY = Family(name="good", table=_ARTICLES)
