"""The numbered migrations of an archive. One that has landed is frozen.

A migration must not import anything of the program but its own frozen copies of functions.
"""
