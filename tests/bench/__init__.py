"""What a month costs: the pipeline beside the floor under it.

Belongs here: ``make bench``. Does not belong here: whether the figures are right (``tests.pipeline``).
"""
