"""The archive in SQLite: connections, transactions, migrations, and matching a page with filed articles.

This chapter must not know the crawl, the configuration file or the command line.
"""
