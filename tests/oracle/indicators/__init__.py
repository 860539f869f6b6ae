"""The indicators of the semantics (§8), computed a second time in plain Python, division by division.

It shares nothing with the dbt models: rows come from ``reading``, one division is looked at after the other, sums are
decimals. Slow on purpose; it is for small worlds.
"""

AMBIGUITIES: list[str] = [
    "An old delivery that no longer counts is not used, so nothing is said of its columns: it is stale.",
    "The reason of a need names the columns that are not filled, not those beside them that are.",
    "Of an increment the rows of all deliveries up to the month are used, one per key.",
    "A zero beside a role that the month's scheme lacks would say that nobody was found: the three counts have "
    "neither numerator, denominator nor source month there, whether the list was delivered or not.",
    "Monitored households off the register count for the district among all, and as neither registered nor ordinary.",
    "A rate whose parameter is not valid on the month's last day is not_computable, that of verification too.",
    "An enrolled lead whose day is after the month's end is in the denominator of the rate; in the mean it is not yet.",
    "The assets' rights rate is over all assets: an empty cell is the finding.",
    "The source month of the previous term's mean age is that of the present list, which decides what is previous.",
    "A status that says 办结 with a day after A is not closed; a row dated after A was not received yet.",
    "Tables expected or delivered count once each, rejected deliveries too; columns are those of the contract.",
    "A list column that names 无 as a value (供水方式) takes it as one, although 无 is missing elsewhere.",
]
"""Where the definition of 2026 can be read in more than one way, and which reading the oracle takes."""
