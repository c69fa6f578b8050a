"""Verdicts: whether a page holds an article, and of which kind; otherwise what else the page is.

This chapter must not change the extraction it judges.
"""
