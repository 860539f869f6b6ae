"""Stage 4, acceptance: decide what is in force, write it, account for every row.

Belongs here: replacement of one delivery by the next, the ledger per file, a month's provenance, the files written.
Does not belong here: the verdict (``expectations``).
"""
