"""One request and its response: connecting, pacing, outcomes, rendering. The only place that touches engine internals.

This chapter must not know sources or the frontier.
"""
