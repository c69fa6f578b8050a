"""What publishers say about the use of their work by machines, and what may be done with a text. Pure.

This chapter must not know where statements are read (`pipelines.metadata.reservations`) or stored.
"""
