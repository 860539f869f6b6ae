"""Stage 2, reading: turn the bytes of a file into rows of text under contract column names.

Belongs here: file formats (``files``), headers, tables.
Does not belong here: interpreting cells (``sources.conforming``).
"""
