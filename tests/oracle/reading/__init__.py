"""Accepted rows from the departments' files (semantics §1 to §4), read a second time in plain Python.

Belongs here: files, sheets, cells, deliveries and the gate. Does not belong here: the meaning of the rows.
"""

AMBIGUITIES: list[str] = [
    # Deliveries
    "A re-delivery is no new delivery when all its files have hashes of the newest delivery in force, whatever its "
    "mode; it could also be dropped file by file, which would lose the other files of a replace_all.",
    "'Current delivery' is the newest accepted one of the same dataset and month; the same bytes for another month "
    "are a delivery of that month, else a list that did not change would be missing.",
    "The towns that occur in a replace_towns delivery are those of its accepted rows; a quarantined row must not wipe "
    "out a town. Tables without a town column are replaced whole.",
    "The towns of a delivery are those of all its rows, also of quarantined ones: one bad row is no missing town. The "
    "delivery before is the one taken in before it in the month, whatever became of it, and what is in force.",
    "A key that a kept town has and a replace_towns delivery brings for another town belongs to the new delivery.",
    "mayBeEmpty excuses an empty table from being empty, not from the comparison with the month before.",
    "A file of an accepted delivery that has no rows at all counts as current until it is replaced, although no row of "
    "it is; a file whose rows were all quarantined or duplicates does not.",
    "A refused file counts with the rows that can be counted under its header; a file that cannot be read has none. "
    "The delivery is judged with them as bad rows and rejected where a file is refused and no other has a usable row: "
    "whether a table is empty is not known while one of its files cannot be read.",
    "Every row of a delivery that the gate rejects counts as quarantined, duplicates too.",
    "Of a month that did not run for want of a register, other datasets are still accepted: later cumulative figures "
    "and look-backs use them. Its own deliveries are not in reconciliation_deliveries until it runs.",
    "received_at is the local time of Asia/Shanghai without a zone.",
    # Sheets
    "A sheet has a recognisable header when two and at least half of the required columns match; the semantics name "
    "no number. A sheet with fewer is skipped, and its rows are not counted.",
    "A group head of a two-row header reaches over its merged range, and in a CSV, which has no merges, right over "
    "empty cells; in a workbook an unmerged head stands above its own column only.",
    "Any trailing bracket behind the name of a column that has a unit holds a unit.",
    "A total row begins with exactly 合计, 小计 or 总计; 小计 closes the rows since the last 小计.",
    "A footer's own text may stand in a key column; the other key columns must be empty.",
    # Cells
    "18 characters that are not digits fail at the birth date or at the check digit; there is no code of their own.",
    "A time of day falls off behind a blank; 00:00:00 may also follow the day without one.",
    "A month column takes any full date, without a range; 2021/05 is not among its forms.",
    "升平社区 is ambiguous where a 居委会 and a 村委会 share the stem; only forms in 村 have a preference.",
    "A town may also be named by its 12-digit code; a name of a village without a town is looked for in the district.",
    "A yes-or-no word may have any case.",
    "Exact duplicates are found before keys are compared: a copy of a row that lost its key is a duplicate.",
    # Rows
    "Row rules compare the typed cells before any of them is emptied; a chain of days is judged pair by pair.",
    "A cell that 'when' asks for is missing also where its own error emptied it.",
    "A quarantined row has the code of its first column with an error, also where that column is optional.",
    "A monitoring category is checked by the scheme of the month of its delivery, and kept as it was delivered.",
    "A list that has 无 as a value takes it, although 无 says nothing in other lists.",
    # Gate
    "Below 50 rows one bad row is allowed where the percentage would allow none; it never takes away.",
    "A key clash counts the later rows only, as they are quarantined, not both rows of a pair.",
    "Row counts compare the accepted rows that the month would hold with those that the month before holds.",
    "The dates of an increment are those of its first required date column, quarantined rows included.",
]
"""Where the semantics can be read in more than one way, and which reading the oracle takes."""
