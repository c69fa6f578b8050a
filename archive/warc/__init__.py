"""WARC 1.1 files: append, read, walk past damage, repair. The only chapter that knows the format.

This chapter must not know the database, or what an exchange was made for.
"""
