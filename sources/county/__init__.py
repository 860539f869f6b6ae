"""The county that a data home serves: the folder ``county`` of the home over the defaults that come with the product.

Belongs here: reading and checking the folder, the divisions and catalogues that follow from it, what a month rests on.
Does not belong here: settings of the machine (``orchestration.runtime.settings``), the product's rules and indicators
(dbt).

A home without the folder serves the county of ``sources/county/default``.
"""
