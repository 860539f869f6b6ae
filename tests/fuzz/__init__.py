"""Damage the sample's files at random, and read and conform them as a run does.

Belongs here: the damage, counting the outcomes, keeping the files behind a find.
Does not belong here: tests of a find (``tests/unit/sources``), any input that breaks outside software.
"""
