"""Exports: one file a format, and the registry of formats."""
