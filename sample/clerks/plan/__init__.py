"""Which table is written how: every mess that offices make, spread over the 31 tables.

Belongs here: data. Does not belong here: how a style is carried out.
About two fifths of the rows go into workbooks, the rest into CSV files; legacy workbooks hold short tables only.
"""

from sample.clerks.plan.agriculture import AGRICULTURE, HOUSEHOLD_CELLS
from sample.clerks.plan.civil_affairs import CIVIL_AFFAIRS
from sample.clerks.plan.health import HEALTH
from sample.clerks.plan.human_resources import HUMAN_RESOURCES
from sample.clerks.plan.ledgers import LEDGERS
from sample.clerks.style import Style

PLAN = AGRICULTURE | LEDGERS | CIVIL_AFFAIRS | HEALTH | HUMAN_RESOURCES
CORRECTION = Style(
    "更正-{label}.xlsx", title=True, merged=HOUSEHOLD_CELLS, extras=("联系电话",), yes_no=(("是", "否"),), spoiled=False
)
"""How a town's register is re-delivered."""
BROKEN = Style("{label}(重报).xlsx", dates=("cell",), label_only=True, spoiled=False)
"""How a list is re-delivered after its ids went through Excel numbers."""
