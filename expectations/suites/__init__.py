"""Domain rules by dataset: what a table means, beyond what its contract says of each cell.

Belongs here: one module per department (the rural-construction tables of agriculture have their own) and their union.
Does not belong here: rules that hold for every table (``admissibility``, ``drift``), rules across tables and the
conflict catalogue REC-01 to REC-15 (dbt): nothing is tested twice.

Every domain rule is a warning. The rows are admissible; the department is asked to look.
"""

from expectations.suites import agriculture, civil_affairs, construction, health, human_resources

SUITES = agriculture.SUITES | construction.SUITES | civil_affairs.SUITES | health.SUITES | human_resources.SUITES
"""Domain rules of each dataset, by dataset name."""
