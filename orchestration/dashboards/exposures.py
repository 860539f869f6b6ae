"""Write which marts each dashboard and each workbook of the month shows, as dbt exposures.

Belongs here: what is derived from views. Does not belong here: documents with SQL of their own
(``_documents__exposures.yml`` in the dbt project).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from orchestration.dashboards.board import Board, boards
from orchestration.dashboards.shapes import models_of, shapes
from orchestration.dashboards.text import text_of
from orchestration.publishing.bi.questions import EDITIONS, questions
from orchestration.publishing.version import FULL, OPEN, Edition

_OWNER = {"name": "农业农村局(乡村振兴局)", "email": "office@agriculture.invalid"}
_HEAD = "# Written by `python -m orchestration.dashboards` from dashboards and questions; do not edit.\n"
_VIEW = re.compile(r"\bbi\.(\w+)")
_WORKBOOKS = {OPEN: "month_workbook_open", FULL: "month_workbook_office"}


def exposures() -> str:
    """Return the YAML of the exposures of all dashboards and of the two workbooks."""
    listed = [*map(_dashboard, boards()), *map(_workbook, EDITIONS)]
    return _HEAD + text_of({"exposures": listed})


def _dashboard(board: Board) -> dict[str, Any]:
    read = {chart.view for chart in board.charts} | {choice.view for choice in board.filters}
    name = f"{board.slug.replace('-', '_')}_dashboard"
    return _exposure(name, board.title, "dashboard", board.about.split("**")[1], _models(read, OPEN))


def _workbook(edition: Edition) -> dict[str, Any]:
    read = {view for q in questions() if q.edition == edition for view in _VIEW.findall(q.template)}
    label = f"每月问答({EDITIONS[edition]})"
    return _exposure(_WORKBOOKS[edition], label, "analysis", "每月问答的工作簿,一问一张表", _models(read, edition))


def _models(read: Iterable[str], edition: Edition) -> list[str]:
    models, known = models_of(edition), shapes(edition)
    return sorted({models[mart] for view in read for mart in known[view].view.marts})


def _exposure(name: str, label: str, kind: str, about: str, models: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": kind,
        "maturity": "high",
        "description": about,
        "depends_on": [f"ref('{model}')" for model in models],
        "owner": _OWNER,
    }
