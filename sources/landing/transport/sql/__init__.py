"""Take the rows of a query out of a database: what each server does in its own way, and what all share.

Belongs here: checking queries, connecting, snapshots, types of columns, writing rows.
Does not belong here: the settings of a database (``transport.database``).
"""
