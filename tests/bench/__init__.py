"""Measure the cost of a month: the pipeline compared with the floor, a lower bound in plain SQL, and with others.

Belongs here: ``make bench`` (``table``), and ``python -m tests.bench``, the stages of a month at three sizes.
Does not belong here: correctness of the figures (``tests.pipeline``).
"""
