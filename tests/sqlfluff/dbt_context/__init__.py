"""What dbt offers to templates, as far as the project's SQL uses it, so that sqlfluff renders it without dbt and data.

Belongs here: names of dbt's Jinja context, as they are while dbt parses the project (``execute`` is false).
Does not belong here: the project's macros (sqlfluff loads them from ``dbt_project/macros``), ``ref`` and ``source``
(sqlfluff has its own).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

execute = False
modules = SimpleNamespace(re=re)
dbt = SimpleNamespace(
    type_string=lambda: "varchar",
    dateadd=lambda part, count, day: f"({day} + interval ({count}) {part})",
    datediff=lambda start, end, part: f"datediff('{part}', {start}, {end})",
)


def var(name: str, default: Any = None) -> Any:
    """Return the default: sqlfluff is given no variables."""
    return default


class adapter:  # noqa: N801 - the name in the templates
    """The adapter of DuckDB."""

    @staticmethod
    @pass_context
    def dispatch(context: Context, name: str, package: str) -> Callable[..., str]:
        """Return the macro for DuckDB: the project's default."""
        macro: Callable[..., str] = context[f"default__{name}"]
        return macro
