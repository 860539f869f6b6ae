"""Dashboards for Superset, over the views for analysts of the database that every reader may open.

Belongs here: what each dashboard shows (``boards/*.yml``), and the files that Superset imports (``bi/superset``).
Does not belong here: figures and names (``orchestration.publishing.bi``), the month's report (``reports``).
"""
