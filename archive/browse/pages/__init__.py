"""The pages of `cuttings browse`: the handler and the queries of a page stand in one module.

A page must not write the archive, nor build HTML outside the templates.
"""
