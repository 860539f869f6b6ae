"""Generate an invented district and the monthly files that its departments deliver.

Belongs here: people, events in their lives, the tables of each department, and the files that its clerks write.
Does not belong here: reading such files. No record describes a real person; the divisions are real.
"""

from sample.answers import PlantedCase, PlantedConflict, SampleSummary
from sample.write import write_district

__all__ = ["PlantedCase", "PlantedConflict", "SampleSummary", "write_district"]
