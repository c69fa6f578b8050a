"""The archive in the browser: a Datasette plugin with pages of its own, and how Datasette is started for it.

`plugin` is what Datasette loads; `pages` answers requests with what `front`, `reading` and `archive.search` read;
`render` makes HTML of it; `metadata` explains the tables; `serve` runs it all. Importing this package, `metadata` or
`serve` loads no Datasette (2.3 s).
"""
