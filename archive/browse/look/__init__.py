"""How pages look: templates, styles, plots, highlighted text.

This chapter must not know SQLite or requests.
"""
