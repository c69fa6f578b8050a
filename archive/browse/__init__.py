"""The archive in the browser: a Datasette plugin, its templates and static files."""
