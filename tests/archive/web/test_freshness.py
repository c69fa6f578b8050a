"""For how long an answer is good, as its Cache-Control says."""

from datetime import timedelta

import pytest

from archive.web.freshness import max_age


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        (["max-age=600"], 600),
        (["public, max-age=600, s-maxage=31536000"], 600),
        (["Public, Max-Age = 600"], 600),
        (['max-age="600"'], 600),
        (["max-age=600, max-age=10"], 600),
        (["public", "max-age=600"], 600),
        (["max-age=600, must-revalidate, stale-while-revalidate=60"], 600),
        (['no-cache="Set-Cookie", max-age=600'], 600),
        (["max-age=0"], 0),
        (["no-cache, max-age=600"], None),
        (["max-age=600, no-store"], None),
        (["NO-STORE", "max-age=600"], None),
        (["s-maxage=600"], None),
        (["x-max-age=600"], None),
        (["max-age"], None),
        (["max-age=-1"], None),
        (["max-age=ten"], None),
        (["max-age=600.5"], None),
        (["max-age=" + "9" * 400], None),
        ([""], None),
        ([], None),
    ],
)
def test_max_age_is_read_as_caches_read_it(values: list[str], seconds: int | None) -> None:
    assert max_age(values) == (None if seconds is None else timedelta(seconds=seconds))
