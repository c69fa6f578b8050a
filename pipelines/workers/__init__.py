"""Extraction in worker processes, bounded in time and memory.

This chapter must not know what is extracted or where it is filed.
"""
