"""Values that travel: articles, captures, listings, sources, outcomes. Frozen and picklable.

They must not know where they are stored, how they were made, or which network they came from. Times are aware and in
UTC, text is `str` without NUL or surrogates (see `archive.text.scrub`), collections are tuples.
"""
