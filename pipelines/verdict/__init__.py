"""Whether a page holds an article, and of which kind; if not, what it is instead.

This chapter must not change the extraction it judges.
"""
