"""The indicators of the semantics (§8), computed a second time in plain Python, division by division.

It shares nothing with the dbt models: rows come from ``reading``, one division is looked at after the other, sums are
decimals. Slow on purpose; it is for small worlds.
"""
