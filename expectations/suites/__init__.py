"""Domain rules by dataset, beyond the contract's rules for single cells.

Belongs here: one module per department (agriculture has three, civil affairs two) and their union.
Does not belong here: rules that apply to every table (``standalone``, ``drift``), rules across tables and the
conflict catalogue REC-01 to REC-15 (dbt): nothing is tested twice.

Every domain rule is a warning: the rows are admissible, and the department is asked to check them.
"""

from expectations.suites import agriculture, civil_affairs, construction, health, human_resources, programme, relief

_ALL = (agriculture, construction, programme, civil_affairs, relief, health, human_resources)
SUITES = {name: suite for module in _ALL for name, suite in module.SUITES.items()}
"""Domain rules of each dataset, by dataset name."""
