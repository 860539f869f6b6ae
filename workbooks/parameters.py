"""Choose the row of ``policy_parameters`` that holds for a place and a month.

Belongs here: the SQL of the choice, over published marts. Does not belong here: what a value is used for.
"""

from __future__ import annotations


def parameter_value(parameter: str, marts: str, town: str, month: str) -> str:
    """Return SQL of a parameter's value for a town on the last day of a month, as ``int_parameter_values`` chooses it.

    ``parameter`` and ``month`` (a date) are SQL, as are ``marts``, the schema of the marts, and ``town``, a code.
    Null if no row is valid.
    """
    return f"""(
        select arg_max(p.value, (length(coalesce(p.division_prefix, '')), p.valid_from))
        from {marts}.policy_parameters as p
        where
            p.parameter = {parameter}
            and starts_with({town}, coalesce(p.division_prefix, ''))
            and p.valid_from <= last_day({month})
            and (p.valid_to is null or p.valid_to > last_day({month}))
    )"""
