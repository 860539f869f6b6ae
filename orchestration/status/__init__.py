"""Say how a month is: what became of each table, what is left undone without it, what is published and outdated.

Belongs here: facts about the data home, as plain objects. Does not belong here: Dagster, how facts are shown
(``assets``), finding them in the marts (``publishing.month_pages``).
"""
