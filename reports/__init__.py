"""Documents of a published month: the report for leaders and the agenda of the joint meeting.

Belongs here: what a document may say, Word templates, pages, charts, the map. Reads the published marts only.
Does not belong here: workbooks for departments and towns (``workbooks``), computing figures (``dbt_project``).

The report is made of the open database: it names no household and shows no small count. The agenda is made of the full
one: it has lead ids and counts by town, and belongs to the office. Neither can hold an identity, because no mart does.
"""
