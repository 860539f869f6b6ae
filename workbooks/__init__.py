"""Workbooks for people: feedback to departments, work lists for towns, empty templates.

Belongs here: what is in such a workbook and how it looks, and the little that is kept to write it again.
Does not belong here: taking in what comes back (``intake``), deciding whether it is admissible (``expectations``).

Every workbook but a template holds identities and lies in the outbox, which is a restricted zone.
"""
