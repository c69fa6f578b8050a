"""One extractor over many pages, in a process of its own: the child that `quality.py` starts.

    python reader.py NAME

It reads pages as JSON lines {"url", "file"} and answers each with a line; before the first it says {"version"}. It runs
in the environment of that extractor, where nothing of this project need be installed, so it imports none of it before
it is asked for `cuttings`. CPU time is that of the extraction alone: loading, reading the file and writing the answer
are not counted. Nothing is fetched. Not for Windows, which has no SIGALRM.
"""

import gzip
import importlib.metadata
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 60  # for one page
Answer = dict[str, Any]
Read = Callable[[bytes, str], Answer]


def load_cuttings() -> Read:
    """This project, from the checkout this file stands in."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from archive.model.capture import Capture
    from archive.model.outcome import Failure
    from archive.storage.read_article import record
    from archive.times import utc_now
    from pipelines.extract import extract

    def read(body: bytes, url: str) -> Answer:
        result = extract(Capture(url=url, final_url=url, fetched_at=utc_now(), status=200, headers=(), body=body))
        if isinstance(result, Failure):
            return {"error": result.detail}
        row = record(url, result)
        return {"text": row["text"], "title": row["title"], "authors": row["authors"], "published": row["published"]}

    return read


def load_trafilatura() -> Read:
    """Its own best for news: metadata, and no comments."""
    from trafilatura import bare_extraction

    def read(body: bytes, url: str) -> Answer:
        document: Any = bare_extraction(body, url=url, with_metadata=True, include_comments=False)
        if document is None:
            return {}
        authors = re.split(r"\s*;\s*", document.author or "")
        return {"text": document.text, "title": document.title, "authors": authors, "published": document.date}

    return read


def load_newspaper4k() -> Read:
    """Without the pictures it would fetch."""
    import newspaper  # type: ignore[import-not-found]  # in an environment of its own

    def read(body: bytes, url: str) -> Answer:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=decoded(body))
        article.parse()
        published = article.publish_date
        return {
            "text": article.text,
            "title": article.title,
            "authors": article.authors,
            "published": str(published or ""),
        }

    return read


def load_readability() -> Read:
    """It gives HTML, and no authors or dates."""
    from lxml import html  # type: ignore[import-untyped]  # lxml ships no types
    from readability import Document  # type: ignore[import-not-found]  # in an environment of its own

    def read(body: bytes, url: str) -> Answer:
        document = Document(decoded(body), url=url)
        tree = html.fromstring(document.summary(html_partial=True))
        for block in tree.iter(*BLOCKS):
            block.tail = f"\n{block.tail or ''}"
            block.text = f"\n{block.text or ''}"
        return {"text": tree.text_content(), "title": document.short_title()}

    return read


def load_goose3() -> Read:
    """Without the pictures it would fetch."""
    from goose3 import Goose  # type: ignore[import-not-found]  # in an environment of its own

    goose = Goose({"enable_image_fetching": False})

    def read(body: bytes, url: str) -> Answer:
        article = goose.extract(raw_html=decoded(body))
        return {
            "text": article.cleaned_text,
            "title": article.title,
            "authors": article.authors,
            "published": article.publish_date or "",
        }

    return read


def load_newsplease() -> Read:
    """Its way for a page that is there already."""
    from newsplease import NewsPlease  # type: ignore[import-not-found]  # in an environment of its own

    def read(body: bytes, url: str) -> Answer:
        article = NewsPlease.from_html(decoded(body), url=url, fetch_images=False)
        return {
            "text": article.maintext,
            "title": article.title,
            "authors": article.authors,
            "published": str(article.date_publish or ""),
        }

    return read


LOADERS = {
    "cuttings": load_cuttings,
    "goose3": load_goose3,
    "news-please": load_newsplease,
    "newspaper4k": load_newspaper4k,
    "readability-lxml": load_readability,
    "trafilatura": load_trafilatura,
}
BLOCKS = ("blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "td", "th", "tr")


def decoded(body: bytes) -> str:
    """A page as text; the corpora are saved in UTF-8."""
    return body.decode("utf-8", errors="replace")


def main() -> None:
    """Answer pages until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    name = sys.argv[1]
    read = LOADERS[name]()
    say(answers, {"version": importlib.metadata.version(name)})
    signal.signal(signal.SIGALRM, give_up)
    for line in sys.stdin:
        page = json.loads(line)
        body = gzip.decompress(Path(page["file"]).read_bytes())
        say(answers, measured(read, body, page["url"]))


def measured(read: Read, body: bytes, url: str) -> Answer:
    """The answer to one page with the CPU seconds it took; an extractor that breaks has answered that."""
    signal.alarm(SECONDS)
    began = time.process_time()
    try:
        answer = read(body, url)
    except Exception as error:  # noqa: BLE001 - the border: whatever breaks in a library costs it this page
        answer = {"error": f"{type(error).__name__}: {error}"}
    took = time.process_time() - began
    signal.alarm(0)
    return {**answer, "cpu": took}


def give_up(*_: object) -> None:
    """End a page that takes too long."""
    raise TimeoutError(f"more than {SECONDS} seconds")


def say(answers: Any, answer: Answer) -> None:
    """Write one line."""
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
