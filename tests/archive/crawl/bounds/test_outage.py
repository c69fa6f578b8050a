"""Whose fault it is that a name cannot be resolved."""

import pytest

from archive.crawl.bounds.outage import Outage
from archive.crawl.frontier import Lease
from archive.model.capture import Fetch
from archive.model.outcome import Failure, Outcome
from archive.times import utc_now


def held(outage: Outage, *hosts: str) -> None:
    for number, host in enumerate(hosts):
        url = f"https://{host}/{number}"
        lease = Lease(id=number, source_id=1, url=url, kind=None, depth=0)
        outage.hold(lease, answer(url, status=None), Failure(url=url, stage="fetch", outcome=Outcome.DNS))


def answer(url: str, status: int | None = 200) -> Fetch:
    return Fetch(url=url, fetched_at=utc_now(), status=status)


@pytest.mark.parametrize(
    ("hosts", "ours"),
    [
        ((), False),
        (("paper.example",), False),
        (("paper.example",) * 50, False),
        (("paper.example", "herald.example"), True),
    ],
)
def test_one_name_that_fails_is_its_own_fault_and_several_are_ours(hosts: tuple[str, ...], ours: bool) -> None:  # noqa: FBT001
    outage = Outage()
    held(outage, *hosts)

    assert outage.ours is ours


@pytest.mark.parametrize(
    ("hosts", "suspected"),
    [(19, False), (20, True), (40, True)],
)
def test_after_so_many_failures_there_is_no_use_in_going_on(hosts: int, suspected: bool) -> None:  # noqa: FBT001
    outage = Outage()
    held(outage, *(f"{n}.example" for n in range(hosts)))

    assert outage.suspected is suspected


def test_many_pages_of_two_hosts_prove_no_outage_yet() -> None:
    outage = Outage()
    held(outage, *["paper.example", "herald.example"] * 20)

    assert not outage.suspected


@pytest.mark.parametrize(
    ("fetch", "proof"),
    [
        (answer("https://paper.example/1"), True),
        (answer("https://paper.example/1", status=503), True),
        (answer("https://paper.example/1", status=None), False),
        (answer("http://127.0.0.1:8000/1"), False),
        (answer("http://[::1]/1"), False),
    ],
)
def test_an_answer_from_a_host_with_a_name_proves_that_names_are_resolved(fetch: Fetch, proof: bool) -> None:  # noqa: FBT001
    assert Outage().proves(fetch) is proof


def test_once_it_is_over_nothing_is_held_and_nothing_is_suspected() -> None:
    outage = Outage()
    held(outage, *(f"{n}.example" for n in range(30)))

    released = outage.end()

    assert len(released) == 30
    assert outage.end() == []
    assert not outage.suspected
    assert not outage.ours
    assert not outage.proves(answer("https://paper.example/1"))
