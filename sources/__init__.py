"""Turn the departments' files into accepted rows, stage by stage from landing to acceptance.

Belongs here: everything that deals with a department's file, a Chinese cell or a person's identity.
Does not belong here: Dagster, dbt, Great Expectations, the meaning of figures downstream.
"""
