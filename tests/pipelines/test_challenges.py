"""Challenge pages: told by header, words or scripts, and not by a status, nor where only scripts are wanted."""

import pytest

from archive.models import Capture
from archive.times import utc_now
from pipelines.challenges import challenge_of

GUARD = b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"
APP = (
    b"<html><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div></body></html>"
)
PLAIN = b"<html><body><h1>Forbidden</h1></body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "is_one"),
    [
        (403, (("CF-Mitigated", "challenge"),), b"", True),
        (403, (), GUARD, True),
        (503, (), GUARD, True),
        (200, (), GUARD, True),
        (403, (), APP, True),
        (200, (), APP, False),
        (404, (), GUARD, False),
        (403, (), b"", False),
        (403, (), PLAIN, False),
    ],
)
def test_a_challenge_page_is_told_from_a_refusal(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes, is_one: bool
) -> None:
    told = (("Content-Type", "text/html"), *headers)
    url = "http://paper.test/"
    capture = Capture(url=url, final_url=url, fetched_at=utc_now(), status=status, headers=told, body=body)

    assert (challenge_of(capture) is not None) is is_one
