"""Downloader middlewares: what happens to every request and answer, wherever it comes from."""
