"""The departments' contracts and what follows from them.

Belongs here: the ODCS files, their model, the schema of accepted rows.
Does not belong here: anything that opens a delivered file.
"""
