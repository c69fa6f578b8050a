"""`cuttings.toml`: reading it into one type, and editing it without losing what a person wrote there.

This chapter must not know the archive or the network.
"""
