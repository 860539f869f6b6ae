"""Workbooks for people: feedback to departments, work lists for towns, templates.

Belongs here: contents and layout of a workbook, and the reports that are kept to write it again.
Does not belong here: taking in returned workbooks (``sources.intake``), judging them (``expectations``).

Every workbook except an empty template contains identities and is written to the outbox, which is a restricted zone.
"""
