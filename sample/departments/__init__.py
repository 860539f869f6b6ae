"""Build each department's tables of a month, as tidy frames with the contract's column names.

Belongs here: one builder per table. Does not belong here: writing a table as a file (``clerks``).
Numbers are integer hundredths of the contract's unit (number columns) or integers (integer columns); towns and
villages are codes; months are YYYY-MM. The extra columns ``_luck`` (in [0, 1)) and ``_kept`` (never spoil the row) are
for the clerks.
"""
