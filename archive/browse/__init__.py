"""The archive in the browser: a Datasette plugin with pages of its own, and how Datasette is started for it.

`plugin` is what Datasette loads; `pages` holds a module a page, `look` makes HTML of what they read, `safety` guards
the server; `table_metadata` explains the tables; `serve` runs it all. Importing this package, `table_metadata` or
`serve` loads no Datasette (2.3 s).
"""
