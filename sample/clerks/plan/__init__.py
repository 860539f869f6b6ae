"""Assign styles to the tables, so that every habit of clerks occurs in one of them.

Belongs here: data. Does not belong here: the implementation of a style (``clerks``).
About two fifths of the rows are in workbooks, the rest in CSV files; legacy workbooks have short tables only.
"""

from sample.clerks.plan.agriculture import AGRICULTURE, HOUSEHOLD_CELLS
from sample.clerks.plan.civil_affairs import CIVIL_AFFAIRS
from sample.clerks.plan.health import HEALTH
from sample.clerks.plan.human_resources import HUMAN_RESOURCES
from sample.clerks.plan.ledgers import LEDGERS
from sample.clerks.plan.regime import REGIME
from sample.clerks.style import Style

PLAN = AGRICULTURE | LEDGERS | CIVIL_AFFAIRS | HEALTH | HUMAN_RESOURCES | REGIME
CORRECTION = Style(
    "更正-{label}.xlsx", title=True, merged=HOUSEHOLD_CELLS, extras=("联系电话",), yes_no=(("是", "否"),), spoiled=False
)
"""The style of a town's re-delivered register."""
BROKEN = Style("{label}(重报).xlsx", dates=("cell",), label_only=True, spoiled=False)
"""The style of a list re-delivered after its ids were stored as Excel numbers."""
