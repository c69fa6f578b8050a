"""Killed at any moment, a crawl goes on where it stopped: nothing is lost, nothing is twice, nothing is damaged."""

import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robustness.faults.audit import Damage
from tests.robustness.faults.kills import Survival, survive

pytestmark = pytest.mark.timeout(600)


def struck(folder: Path, blows: int, *numbers: signal.Signals) -> list[Survival]:
    """Two crawls at a time, each struck half of the times, at moments of their own."""
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}, and the next\n")
    folders = [folder / "one", folder / "two"]
    for each in folders:
        each.mkdir()
    with ThreadPoolExecutor(len(folders)) as hands:
        return list(
            hands.map(
                lambda nth: survive(folders[nth], seed=seed + nth, blows=blows // 2, numbers=numbers),
                range(len(folders)),
            )
        )


@pytest.mark.parametrize("times", [8, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_so_many_times_it_loses_nothing_and_files_nothing_twice(tmp_path: Path, times: int) -> None:
    for survival in struck(tmp_path, times, signal.SIGKILL):
        assert survival.damage == Damage(), survival
        assert set(survival.runs) == {"killed", "finished"}


def test_asked_to_end_at_random_moments_it_ends_soon_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    for survival in struck(tmp_path, 6, signal.SIGTERM, signal.SIGINT):
        assert survival.damage == Damage(), survival
        for blow in survival.blows:
            # 0 and 3 of itself, 130 while it starts; by the signal where Python itself still starts, or already ends.
            assert blow.code in {0, 3, 130, -signal.SIGTERM, -signal.SIGINT}, blow
            # Four seconds for what is under way; what is starting, on a machine that is busy, has to start first.
            assert blow.lived < 6 + 3 * blow.start, blow
            if blow.code == 3:
                assert "(interrupted): " in blow.said.splitlines()[-1], blow
                assert (blow.stage, blow.leased) == ("when it had interrupted", 0)
                assert "Traceback" not in blow.said
