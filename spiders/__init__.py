"""Crawling: the only package that knows the Scrapy engine. The top layer, under the command line."""
