"""The asset graph, one module per kind of asset.

Belongs here: thin decorators. Does not belong here: the work (``sources``, ``expectations``, dbt, ``publishing``).
"""
