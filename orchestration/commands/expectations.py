"""The suite of a table on the terminal, as someone who knows Great Expectations looks for it.

Belongs here: the table that is meant, the layout. Does not belong here: the suite (``expectations.show``).
"""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

from expectations import show
from orchestration.runtime.errors import ShouwangError
from sources.contracts.model import Dataset, load_contracts


def dataset_named(text: str) -> Dataset:
    """Return the dataset of that name, Chinese label, or ``department/name``.

    Raises ShouwangError for an unknown one, naming all tables.
    """
    contracts = load_contracts()
    for dataset in contracts.datasets:
        if text in (dataset.name, dataset.label, f"{dataset.department}/{dataset.name}"):
            return dataset
    tables = [f"\n  {d.department}/{d.name}({d.label})" for d in contracts.datasets]
    raise ShouwangError(f"没有表“{text}”;可用:{''.join(tables)}")


def show_suite(console: Console, dataset: Dataset) -> None:
    """Print the suite by group: per expectation its name, severity, Great Expectations call and Chinese sentence."""
    suite = show.suite(dataset)
    expectations, meta = suite["expectations"], suite["meta"]
    critical = sum(e["severity"] == "critical" for e in expectations)
    counts = f"{len(expectations)} 项,其中 {critical} 项不符合则拒收(critical),其余提醒(warning)"
    _print(console, f"suite {suite['name']}  {meta['label']}", "bold")
    _print(console, counts)
    for group, title in meta["groups"].items():
        _print(console, f"\n{group}  {title}", "bold cyan")
        for expectation in expectations:
            if expectation["meta"]["group"] == group:
                _show_expectation(console, expectation)


def _show_expectation(console: Console, expectation: dict[str, Any]) -> None:
    meta, severity = expectation["meta"], expectation["severity"]
    arguments = ", ".join(f"{name}={value!r}" for name, value in expectation["kwargs"].items())
    _print(console, f"  {meta['name']}  [{severity}]", "red" if severity == "critical" else "yellow")
    _print(console, f"    {show.class_name(expectation['type'])}({arguments})")
    if "mask" in meta:
        _print(console, f"    {meta['name']} = {meta['mask']}", "dim")
    _print(console, f"    {meta['sentence']}")


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def suite_json(dataset: Dataset) -> str:
    """Return the suite as JSON that Great Expectations reads, ended by a line break."""
    return json.dumps(show.suite(dataset), ensure_ascii=False, indent=2) + "\n"
