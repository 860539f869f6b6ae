"""From the departments' files to accepted rows: contracts, files, header and cell conventions, identities.

Belongs here: everything that knows a department's file, a Chinese cell or a person's identity.
Does not belong here: Dagster, dbt, Great Expectations, and what the figures mean downstream.
"""
