"""The reconciliation of the semantics (§9), computed a second time in plain Python, row by row.

It shares nothing with the dbt models: rows come from ``reading``, one month is looked at after the other and one
subject after the other. Slow on purpose; it is for small worlds.
"""

AMBIGUITIES: list[str] = [
    "A conflict about a person carries the household in which the person counts, where there is one; the person is "
    "the subject all the same.",
    "A death once reported counts for good, with its earliest date, as for who is living.",
    "REC-04 compares the extracts of the month itself, also of quarterly tables; a delivery that still counts from an "
    "earlier month is not among them. Received at the same time, the later delivery answers, then the first name.",
    "REC-07 takes everybody on the month's list of unemployed, whatever the date.",
    "REC-09 takes every settlement, reversals too.",
    "REC-11 needs no 'eliminated' mark, only the two months; an elimination before the identification is too soon.",
    "Of several rows with a place of their own the first table of the rule decides; for REC-04 the row received last.",
    "A rule without a valid parameter is not looked at, like one without a dataset.",
    "Roll-forward: a household off the register is not in it: it has left, even where the list calls it eliminated; "
    "one that comes on the register while listed is newly identified, or returned if the list before eliminated it.",
    "Roll-forward needs the month before to have run; size_change of households is 0.",
    "A dataset is delivered when a file of it was received, also a rejected one; it is on time by its first file.",
    "Stability compares accepted rows with the newest accepted month before; from no rows there is no change.",
]
"""Where the semantics can be read in more than one way, and which reading the oracle takes."""
