"""When a host that refuses us is left alone: what it answered in, a pause out."""

from datetime import timedelta

import pytest

from archive.crawl.bounds.blocked_hosts import Reception, Standing, after, is_its_own, reason_of, reception_of

ANSWERED, CHALLENGED, LIMITED, READ, REFUSED = (
    Reception.ANSWERED, Reception.CHALLENGED, Reception.LIMITED, Reception.READ, Reception.REFUSED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "mitigated", "reception"),
    [
        (200, None, ANSWERED),
        (304, None, ANSWERED),
        (401, None, REFUSED),
        (403, None, REFUSED),
        (403, "challenge", CHALLENGED),
        (503, " Challenge ", CHALLENGED),
        (429, "challenge", CHALLENGED),
        (429, None, LIMITED),
        (403, "block", REFUSED),
        (200, "challenge", ANSWERED),  # a page: extraction says what stands in it
        (404, None, None),
        (410, None, None),
        (301, None, None),
        (500, None, None),
        (503, None, None),
    ],
)
def test_how_a_host_received_us_is_told_by_its_status_and_the_challenge_header(
    status: int, mitigated: str | None, reception: Reception | None
) -> None:
    assert reception_of(status, mitigated) is reception


@pytest.mark.parametrize(
    ("before", "receptions", "standing", "pauses"),
    [
        ((0, 0), [REFUSED] * 4, (4, 0), []),
        ((0, 0), [REFUSED] * 5, (5, 1), [1]),
        ((0, 0), [REFUSED, LIMITED, REFUSED, LIMITED, REFUSED], (5, 1), [1]),
        ((0, 0), [REFUSED, ANSWERED] * 20, (0, 0), []),
        ((0, 0), [REFUSED] * 4 + [READ] + [REFUSED] * 4, (4, 0), []),
        ((4, 0), [REFUSED], (5, 1), [1]),  # four at the run before
        ((0, 0), [CHALLENGED], (1, 1), [1]),
        ((5, 1), [REFUSED], (6, 2), [2]),  # after the pause: it has not changed its mind
        ((0, 0), [CHALLENGED] * 7, (7, 7), [1, 2, 4, 8, 16, 24, 24]),
        ((1, 900), [CHALLENGED], (2, 901), [24]),
        ((5, 3), [ANSWERED], (0, 3), []),  # an open feed says nothing of the pages
        ((0, 3), [REFUSED] * 5, (5, 4), [8]),
        ((5, 3), [READ], (0, 0), []),
    ],
)
def test_a_challenge_or_five_refusals_in_a_row_pause_a_host_for_twice_as_long_each_time(
    before: tuple[int, int], receptions: list[Reception], standing: tuple[int, int], pauses: list[int]
) -> None:
    state, found = Standing(refusals=before[0], pauses=before[1]), []
    for reception in receptions:
        state, pause = after(state, reception)
        found += [pause] if pause else []

    assert (state.refusals, state.pauses) == standing
    assert found == [timedelta(hours=hours) for hours in pauses]


@pytest.mark.parametrize(
    ("standing", "reception", "runs", "own"),
    [
        (Standing(), REFUSED, 0, False),
        (Standing(), REFUSED, 1, True),
        (Standing(refusals=3), REFUSED, 1, True),
        (Standing(), CHALLENGED, 1, False),
        (Standing(), CHALLENGED, 2, True),
        (Standing(refusals=5, pauses=1), REFUSED, 9, False),  # the host has given nothing since it was left alone
        (Standing(), LIMITED, 9, False),  # how often we ask is the host's business
    ],
)
def test_what_is_refused_again_by_a_host_that_gives_us_pages_is_refused_itself(
    standing: Standing,
    reception: Reception,
    runs: int,
    own: bool,  # noqa: FBT001
) -> None:
    assert is_its_own(standing, reception, runs) is own


def test_the_reason_names_what_a_person_can_check() -> None:
    standing = Standing(refusals=5, pauses=1)
    assert reason_of(standing, REFUSED, "HTTP 403") == "5 refusals in a row: HTTP 403"
    assert reason_of(standing, CHALLENGED, "HTTP 503") == "a challenge page: HTTP 503"
