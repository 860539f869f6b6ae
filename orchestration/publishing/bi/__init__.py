"""Views for analysts: names beside codes, figures as they are shown, one table per question, in the schema ``bi``.

Belongs here: the views (``views/*.yml``) and their SQL. Does not belong here: figures (dbt), the words of codes
(``orchestration.dictionary``), which mart every reader may open (``dbt_project.yml``).

A view reads the marts of its own database, so the open database shows in ``bi`` what its marts show, and nothing else.
A database has a view if it has the marts that the view reads.
"""
