"""An invented district that hands over its monthly files as offices would.

Belongs here: people, what happens to them, what each department knows of it, and how its office writes that down.
Does not belong here: reading such files. Nothing here describes a real person; divisions are the real ones.
"""

from sample.answers import PlantedCase, PlantedConflict, SampleSummary
from sample.write import write_district

__all__ = ["PlantedCase", "PlantedConflict", "SampleSummary", "write_district"]
