"""Which program and which libraries read a page. Written beside everything that was filed."""

from importlib.metadata import version
from typing import Final

PROGRAM: Final = f"cuttings/{version('cuttings')}"
TOOLS: Final = f"{PROGRAM} lxml/{version('lxml')} trafilatura/{version('trafilatura')}"
