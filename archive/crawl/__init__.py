"""What is fetched, when, and how it ended: the frontier, leases, filing, runs.

This chapter must not know Scrapy or open a connection to the network.
"""
