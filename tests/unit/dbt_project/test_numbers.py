"""Numbers of documents are compared in one form, however a department writes them."""

from __future__ import annotations

from typing import Any

import duckdb
import jinja2
import pytest

from sources.contracts.export import DBT_PROJECT_DIR
from sources.text import plain

MACROS = "".join(
    (DBT_PROJECT_DIR / "macros" / name).read_text("utf-8")
    for name in ("portable/expressions.sql", "document_numbers.sql")
)


class Adapter:
    """The macros of DuckDB, as dbt dispatches to them."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def dispatch(self, name: str, _: str) -> Any:
        return getattr(self.module, f"default__{name}")


def value(macro: str, cell: str | None) -> Any:
    """What DuckDB makes of a cell, with its text as accepted rows keep it (semantics §3)."""
    environment = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    environment.globals["return"] = lambda text: text
    environment.globals["adapter"] = Adapter(environment.from_string(MACROS).module)
    sql = environment.from_string(f"{MACROS}{{{{ {macro}('cast(? as varchar)') }}}}").render()
    # The connection that a process shares would keep the unfinished result.
    with duckdb.connect() as connection:
        row = connection.execute(f"select {sql}", [cell and plain(cell)]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    "cell", ["X〔2026〕1号", "x[2026]1号", "X【2026】1号", "X(2026)1 号", "Ｘ（2026）１号", "X［2026］1号"]
)
def test_brackets_and_case_make_no_difference(cell: str) -> None:
    assert value("document_number", cell) == "X〔2026〕1号"


def test_other_signs_do() -> None:
    assert value("document_number", "X<2026>1号") == "X<2026>1号"
    assert value("document_number", None) is None


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("A1", ["A1"]),
        ("A1、a2,A3;A4", ["A1", "A2", "A3", "A4"]),
        ("A1，A2；A3、", ["A1", "A2", "A3"]),
        ("、", []),
        (None, None),
    ],
)
def test_a_cell_may_hold_several(cell: str | None, numbers: list[str] | None) -> None:
    assert value("document_numbers", cell) == numbers
