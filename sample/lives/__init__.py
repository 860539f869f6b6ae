"""Draw the lives of a sample's people, as tables over all months.

Belongs here: drawn lives. Does not belong here: planted lives (``cases``), the tables of departments (``departments``).
"""
