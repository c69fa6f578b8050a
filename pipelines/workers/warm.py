"""Loads all that extraction loads at its first page, so that the first page is as quick as the next.

Importing it warms the process. The server that workers are forked from imports it: they share what it has loaded.
"""

import contextlib
import gc
from functools import cache
from typing import Final

_PAGE: Final = b"""<!doctype html><html lang="en"><head><title>Warm</title>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Warm", "datePublished": "2026-01-01T08:00:00Z"}
</script></head><body><article><h1>Warm</h1><p>By A Reader</p>
<p>A page with enough in it, links <a href="/a">of its own</a> too, that every step has something to look at.</p>
<figure><img src="a.jpg" alt="a"><figcaption>A picture. Photo: A Reader</figcaption></figure>
<p>And a second paragraph, because one paragraph alone is no article that anybody would print, or read to its end.</p>
</article><div class="comments"><p>A comment.</p></div></body></html>"""


@cache
def warm() -> None:
    """Extract a page, once in the life of a process and of those forked from it. Only for processes that do no more.

    Raises any error of a broken installation.
    """
    from archive.model.capture import Capture
    from archive.times import utc_now
    from pipelines.extract import extract
    from pipelines.metadata.language import detect_language
    from pipelines.phrases import compile_all

    url = "http://warm.invalid/page"
    extract(Capture(url=url, final_url=url, fetched_at=utc_now(), status=200, body=_PAGE))
    compile_all()
    # Its library is mapped before memory is bounded; the page above is too short to ask it.
    detect_language("The language of a page is read from its text. " * 8, enough=1)
    # What is loaded now stays: the collector need not visit it again in every worker, nor unshare its memory by
    # that.
    gc.collect()
    gc.freeze()


# Every worker calls `warm` again, which takes no time if it was done; one that cannot do it says why, and the server
# has nobody to say it to.
with contextlib.suppress(Exception):
    warm()
