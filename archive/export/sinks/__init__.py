"""The formats of an export, one module each; `archive.export.FORMATS` lists them.

A sink must not read the archive: it is handed rows.
"""
