"""Flags, leads and the marts about them (semantics §5 to §7), computed a second time in plain Python.

Belongs here: rules, episodes, the monthly marts of risk. Does not belong here: rows of files (``reading``).
"""

AMBIGUITIES: list[str] = [
    # People and households
    "A death once accepted counts for good, even if a later extract gives another date for the same person.",
    "Every household of the register is in household_month, also one without a living member.",
    "Allowance and support of a household are those of its living members, and so is its inpatient self-payment.",
    # Rules
    "INC-02 is screened where incomes of one of the twelve months were accepted; a month among them that had no "
    "register has no living members, and so nothing to compare with.",
    "MED-02, CIV-03 and CIV-04 look at events dated in M among all deliveries of months up to M.",
    "The threshold of a rule 'at least one' is 1; housing and water have none.",
    "A rule that was not screened has 0 screened households and null flagged ones.",
    # Leads
    "A month counts as screened for an episode where the rule was screened in the town of its last flagged month, "
    "wherever the household went.",
    "A return for a lead that does not exist counts for no rule.",
    "A month that did not run keeps its deliveries of returns; they count from the next month that runs.",
]
"""Where the semantics can be read in more than one way, and which reading the oracle takes."""
