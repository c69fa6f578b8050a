"""Imported by the server that workers are forked from: they share what it has loaded. See `pipelines.workers.pool`."""

import contextlib

from pipelines.workers.warm import warm

# Every worker does this again, which takes no time where it was done; one that cannot do it says why, and the server
# has nobody to say it to.
with contextlib.suppress(Exception):
    warm()
