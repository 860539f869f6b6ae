"""Define the asset graph, one module per kind of asset.

Belongs here: thin decorators. Does not belong here: the work (``sources``, ``expectations``, dbt, ``publishing``).
"""

OUTBOX = "outbox"
"""Group of the assets in the outbox, and first part of their keys."""
LANDING = "landing"
"""Group of the landing assets, and first part of their keys."""
