"""Challenge pages: told by header, words or scripts, and neither by a status nor where only scripts are wanted."""

import pytest

from archive.model.capture import Capture
from archive.times import utc_now
from pipelines.challenges import guard_of

GUARD = b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"
APP = (
    b"<html><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div></body></html>"
)
DENIED = b"<html><head><title>Access denied</title></head><body><h1>Access denied</h1></body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (403, (("CF-Mitigated", "challenge"),), b"", "a challenge page came"),
        (403, (), GUARD, "a challenge page came"),
        (503, (), GUARD, "a challenge page came"),
        (200, (), GUARD, "a challenge page came"),
        (403, (), APP, "a challenge page came"),
        (200, (), DENIED, "a refusal came in its place"),
        (200, (), APP, ""),
        (404, (), GUARD, ""),
        (403, (), b"", ""),
        (403, (), DENIED, ""),
        (503, (), DENIED.replace(b"Access denied", b"Service unavailable"), ""),
    ],
)
def test_a_challenge_page_is_told_from_a_refusal(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes, said: str
) -> None:
    told = (("Content-Type", "text/html"), *headers)
    url = "http://paper.test/"
    capture = Capture(url=url, final_url=url, fetched_at=utc_now(), status=status, headers=told, body=body)

    assert (guard_of(capture) or "").partition(",")[0].partition(" (")[0] == said
