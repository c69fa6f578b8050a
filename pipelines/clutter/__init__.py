"""The cleaning steps, one file a kind of clutter."""
