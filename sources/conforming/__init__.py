"""Stage 3, conforming: turn text cells into typed values, with an error code per cell (semantics §3).

Belongs here: one module per kind of value; all work on whole columns or their distinct texts, never row by row.
Does not belong here: finding the header and the data rows (``reading``), replacing one delivery by the next
(``acceptance``).
"""
