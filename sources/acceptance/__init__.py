"""Stage 4, acceptance: put rows in force, write them and account for every row.

Belongs here: replacing one delivery by the next, the ledger per file, a month's provenance, writing Parquet.
Does not belong here: the verdict (``expectations``).
"""
