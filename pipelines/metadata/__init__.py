"""What a page says about its article: title, authors, dates, language, access, rights.

This chapter must not change the text.
"""
