"""The command line: reads arguments, calls the other chapters, and prints their results.

Exit codes: 0 done; 1 it could not be done; 2 the command line, cuttings.toml or a file it was given is wrong; 3 a crawl
ended early or could not read a listing; 4 another run holds the archive; 5 the disk is full; 130 interrupted.
"""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `cuttings`."""
    try:
        from archive.cli.program import run  # here, since it takes a moment, and Ctrl-C may come within it

        sys.exit(run(arguments))
    except KeyboardInterrupt:
        sys.exit(130)
