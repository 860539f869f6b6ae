"""Accept only queries that read, and bind the month to them.

Belongs here: what a query may be, its parameters. Does not belong here: running it (``source``).

A query is judged by its syntax tree and run as it was written: a generated text might mean something else. Besides, the
account should have no other right than reading, and transactions are read-only where the server has such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from sources.months import Month

if TYPE_CHECKING:
    from sqlglot import Token
    from sqlglot.expressions import Expression

PARAMETERS = ("month", "month_first", "month_last", "month_compact")
_KNOWN = "、".join(f":{name}" for name in PARAMETERS)
_NO_SELECT = "应为一条 SELECT 查询(可以用 WITH 和 UNION)"
_HAS_EFFECT = re.compile(
    r"(?i)(nextval|setval|set_config|(pg_(try_)?advisory|get_|release_|pg_terminate|pg_cancel|lo_|dblink|xp_)\w*"
    r"|openquery|openrowset|opendatasource|load_file|sleep|benchmark|pg_sleep\w*)"
)
"""Functions that change something, lock, wait or reach another server, although a SELECT calls them."""
_LOCKING = {"UPDLOCK", "XLOCK", "TABLOCK", "TABLOCKX", "HOLDLOCK"}
_EXECUTED = re.compile(r"\s*M?!")
"""Beginning of comments that MySQL and MariaDB execute."""


def values_of(month: Month) -> dict[str, str | date]:
    """Give the parameters of a month: ``2021-06``, its first and last day, and ``202106``."""
    return {
        "month": str(month),
        "month_first": month.first_day,
        "month_last": month.last_day,
        "month_compact": str(month).replace("-", ""),
    }


@dataclass(frozen=True)
class Query:
    """A checked query; ``parts`` is its text between the ``names`` of its parameters, one more than those."""

    parts: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The query as it was written."""
        return self._joined(":{}", self.parts)

    @property
    def has_month(self) -> bool:
        """Whether the query tells one month from another."""
        return bool(self.names)

    def sql(self, style: str) -> str:
        """Write the query for a driver with the DB-API's parameter style ``pyformat``, ``named`` or ``qmark``."""
        if style == "pyformat" and self.names:
            return self._joined("%({})s", [part.replace("%", "%%") for part in self.parts])
        return self._joined("?" if style == "qmark" else ":{}", self.parts)

    def arguments(
        self, style: str, values: Mapping[str, str | date]
    ) -> list[str | date] | dict[str, str | date] | None:
        """Return the values of the parameters that the query has; None without any."""
        if not self.names:
            return None
        return (
            [values[name] for name in self.names] if style == "qmark" else {name: values[name] for name in self.names}
        )

    def written_out(self, values: Mapping[str, str | date]) -> str:
        """Write the query with its values in it, for a server that only describes such queries."""
        return self._joined("{}", self.parts, [f"'{values[name]}'" for name in self.names])

    def _joined(self, form: str, parts: Sequence[str], names: Sequence[str] | None = None) -> str:
        between = [form.format(name) for name in (self.names if names is None else names)] + [""]
        return "".join(text for pair in zip(parts, between, strict=True) for text in pair)


def checked(text: str, dialect: str) -> Query:
    """Check that a text is exactly one SELECT in a dialect of sqlglot, with known parameters only.

    Raises ValueError in Chinese, which says what is in the way.
    """
    from sqlglot import ErrorLevel, exp, parse
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(text)
        statements = [s for s in parse(text, dialect=dialect, error_level=ErrorLevel.RAISE) if s is not None]
    except (SqlglotError, RecursionError):
        raise ValueError(f"查询的语法无法理解;{_NO_SELECT}") from None
    statements = [s for s in statements if not isinstance(s, exp.Semicolon)]
    if len(statements) != 1:
        raise ValueError(f"只能写一条语句;{_NO_SELECT}")
    if not isinstance(statements[0], exp.Select | exp.SetOperation | exp.Subquery):
        raise ValueError(_NO_SELECT)
    _refuse_effects(statements[0])
    if any(_EXECUTED.match(comment) for token in tokens for comment in token.comments):
        raise ValueError("查询里不能有会被执行的注释 /*! … */")
    return _split(text, tokens, statements[0])


def _refuse_effects(tree: Expression) -> None:
    from sqlglot import exp

    for node in tree.walk():
        match node:
            case exp.Into():
                raise ValueError("查询不能用 INTO 写入")
            case exp.Lock():
                raise ValueError("查询不能用 FOR UPDATE 等加锁")
            case exp.DML() | exp.DDL() | exp.Command() | exp.Merge() if not isinstance(node, exp.Query):
                raise ValueError("查询里含有会改变数据的语句")
            case exp.Parameter() | exp.PropertyEQ() | exp.NextValueFor():
                raise ValueError(f"查询里不能用变量和序列;参数只能是 {_KNOWN}")
            case exp.WithTableHint() if _LOCKING & {str(e).upper() for e in node.expressions}:
                raise ValueError("查询不能用 UPDLOCK 等加锁")
            case exp.Func() if _HAS_EFFECT.fullmatch(node.name if isinstance(node, exp.Anonymous) else node.sql_name()):
                raise ValueError("查询里的函数不只是读取")


def _split(text: str, tokens: list[Token], tree: Expression) -> Query:
    """Find the parameters in the text; as many as the syntax tree has, or their meaning is not certain."""
    from sqlglot import TokenType, exp

    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        text, tokens = text[: tokens[-1].start], tokens[:-1]
    parts, names, at = [], [], 0
    for colon, name in pairwise(tokens):
        if colon.token_type == TokenType.COLON and name.start == colon.end + 1 and name.text.lower() in PARAMETERS:
            parts.append(text[at : colon.start])
            names.append(name.text.lower())
            at = name.end + 1
    placeholders = sorted(str(node.this).lower() for node in tree.find_all(exp.Placeholder))
    if placeholders != sorted(names):
        raise ValueError(f"查询的参数只能是 {_KNOWN}")
    return Query((*parts, text[at:]), tuple(names))
