"""From text to typed values, with an error code per cell (semantics §3).

Belongs here: one module per kind of value; all work on the distinct texts of a column, never on rows one by one.
Does not belong here: finding the header and the data rows (``header``, ``table``), what becomes of a bad row
(``accept``).
"""
