"""What the benchmarks are asked on the command line: where the corpora are."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.corpora import READERS, CorpusError, Page


def add_corpora(options: argparse.ArgumentParser) -> None:
    """Add an option for each corpus."""
    for name in READERS:
        options.add_argument(f"--{name}", type=Path, metavar="DIR", dest=name, help=f"a clone of {_CLONES[name]}")


def folders_of(asked: argparse.Namespace) -> dict[str, Path]:
    """The folders that were given, by corpus. Raises CorpusError where none was."""
    given = {name: folder for name in READERS if (folder := getattr(asked, name))}
    if not given:
        raise CorpusError(f"which corpus? Give one or more of {', '.join(f'--{name} DIR' for name in READERS)}")
    return given


def pages_of(folders: Mapping[str, Path]) -> list[Page]:
    """The pages of these folders."""
    return [page for name, folder in folders.items() for page in READERS[name](folder)]


_CLONES = {
    "aeb": "scrapinghub/article-extraction-benchmark",
    "fundus-evaluation": "dobbersc/fundus-evaluation",
    "fundus": "flairNLP/fundus",
}
