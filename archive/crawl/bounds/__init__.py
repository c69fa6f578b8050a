"""What holds a crawl back: limits, paused and refusing hosts, traps, outages of our own network.

This chapter must not lease or file anything; it only decides.
"""
