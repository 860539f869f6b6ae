"""Stage 2, reading: from a file's bytes to rows of text below a header.

Belongs here: file formats (``files``), headers, tables.
Does not belong here: what a cell means (``sources.conforming``).
"""
