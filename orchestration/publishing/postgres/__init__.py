"""Copy the published version to PostgreSQL, in one transaction, for BI tools that need a server.

Belongs here: which table goes where (``layout``, ``case``), which months changed (``parts``), making tables like those
of the version (``shape``), who may read them (``rights``), the order of the steps (``load``), looking (``compare``).
Does not belong here: making a version (``publishing``), Dagster.

Rows are replaced in place: a reader sees the rows of the old version until the transaction ends, whatever it has
begun, and takes no lock that the transaction waits for. So nothing is staged, and a killed transaction leaves nothing.
Only the months of a table whose rows differ are replaced.
"""
