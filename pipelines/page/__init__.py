"""From the bytes of a capture to one parsed tree, its blocks, head and links.

This chapter must not know what an article or clutter is.
"""
