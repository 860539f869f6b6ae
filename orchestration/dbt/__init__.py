"""How Dagster runs dbt: its process, its manifest, its data tests in words.

Belongs here: everything around the dbt project. Does not belong here: models and their SQL (``dbt_project``).
"""
