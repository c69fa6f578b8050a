"""What there is to know of a site: robots.txt, files about rights, a survey before it is added.

This chapter must not write an archive.
"""
