"""Rules of single sites: selectors a person wrote, and lines learned from the pages of a source.

This chapter must not hold rules that are meant for every site.
"""
