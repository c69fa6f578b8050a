"""What guards the server: hosts, login, headers, bounds of queries, a database that stays responsive.

This chapter must not know the pages.
"""
