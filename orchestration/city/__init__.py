"""A city, or a province: one home that unites what the homes of its counties publish, month by month.

``counties`` reads which counties there are, ``taking`` takes their published versions, ``uniting`` puts them into one
warehouse; the dbt project ``dbt_city`` makes the city's own marts of it, and ``publishing`` publishes all as it does
a county's. ``assets`` and ``definitions`` are its code location of Dagster.

Nothing here computes a county's figure again, and nothing of ``restricted`` ever leaves a county.
"""
