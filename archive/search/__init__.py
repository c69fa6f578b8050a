"""Finding articles: the query language, filters, results, facets, highlighting.

This chapter must not write the archive, nor know HTML.
"""
