"""The rows that the regime of 2026 adds to tables and catalogues, as its definition lists them.

Belongs here: the definition's own text and lists, word by word, so that contracts and seeds can be held against them.
Does not belong here: what the product declares (``sources/contracts``, ``dbt_project/seeds``).
"""
