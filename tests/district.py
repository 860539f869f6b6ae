"""The district of the tests: whatever county a data home serves, theirs is this one."""

from sources import national

DISTRICT = "441802"
DIVISIONS = national.county(DISTRICT)
"""All its vintages."""
