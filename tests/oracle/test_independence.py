"""The oracle shares no code with the product, nor with the invented worlds that try it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

PRODUCT = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
COMPUTATIONS = [p for p in sorted((ROOT / "tests" / "oracle").rglob("*.py")) if not p.name.startswith("test_")]


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _shared(source: str) -> list[str]:
    """The imports of the product, and those of tests other than the oracle itself."""
    own = "tests.oracle."
    foreign = (*(f"{package}." for package in PRODUCT), "tests.", ".")
    return [name for name in _imported(source) if f"{name}.".startswith(foreign) and not f"{name}.".startswith(own)]


@pytest.mark.parametrize("path", COMPUTATIONS, ids=lambda p: str(p.relative_to(ROOT / "tests" / "oracle")))
def test_the_oracle_shares_no_code(path: Path) -> None:
    assert _shared(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import sources",
        "from sources.months import Month",
        "def late():\n    import orchestration.resources as r",
        "from expectations import gate",
        "from tests.dbt_fixture import DbtFixture",
        "from tests import worlds",
        "from ..worlds import world",
    ],
)
def test_shared_code_is_found(source: str) -> None:
    assert len(_shared(source)) == 1
