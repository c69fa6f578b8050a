"""The main text of a page: trafilatura, the place of each line, paragraphs put back, further pages.

This chapter must not decide whether the page is an article.
"""
