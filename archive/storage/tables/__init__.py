"""Tables and their owners: the module named for a table is the only one that writes it.

Nothing here opens a transaction: every function runs inside the caller's.
"""
