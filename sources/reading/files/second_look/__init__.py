"""Look a second time at a workbook, for what calamine does not tell: a cell as a person sees it.

Belongs here: number formats, formulas without a result, errors, days counted from 1904; hidden rows and columns, struck
texts. Only a part with a sign of such a cell is looked at (``signs``, ``records``), so that a clean file costs no more.
Does not belong here: reading the cells (``excel``), what is done about hidden rows (``conforming``).
"""
