"""Images of an article with caption, credit and alternative text.

This chapter must not fetch an image.
"""
