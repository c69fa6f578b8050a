"""Facts of the web: normal URLs, hosts, media types, charsets, cookies. Pure.

This chapter must not know articles, sources or the archive, and it never touches the network.
"""
