"""Define the asset graph, one module per kind of asset.

Belongs here: thin decorators. Does not belong here: the work (``sources``, ``expectations``, dbt, ``publishing``).
"""

OUTBOX = "outbox"
"""First part of the keys of the assets in the outbox."""
LANDING = "landing"
"""First part of the keys of the landing assets."""
POSTGRES = "published_postgres"
"""Key of the copy of the published marts in PostgreSQL."""
COUNTY = "counties"
"""First part of the keys of the assets of a city's counties."""
