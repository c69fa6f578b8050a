"""Copies of an archive: backups, and snapshots to publish.

This chapter must not change the archive it copies.
"""
