"""How sources and runs fare: figures a day, alerts, notifications, metrics, coverage, status.

This chapter must not fetch anything, and it never decides what a crawl does.
"""
