"""How two texts differ or agree. Pure.

This chapter must not know the database, the URLs of the texts, or which of them is filed.
"""
