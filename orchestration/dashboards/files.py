"""Write the files that Superset imports, as a folder for review and as one file for the import.

Belongs here: databases, datasets, charts, dashboards as files, and the archive of them. Does not belong here: what
they show (``boards/*.yml``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from orchestration.dashboards.board import Board, Measure, boards, calculated
from orchestration.dashboards.charts import params, viz_type
from orchestration.dashboards.layout import chart_id, fixed_id, metadata, position
from orchestration.dashboards.shapes import Shape, shapes
from orchestration.dashboards.text import text_of
from orchestration.publishing.bi.view import BI
from orchestration.publishing.version import OPEN

DATABASE = "守望公开数据"
DEFAULT_URI = "duckdb:////var/lib/shouwang/published/current/shouwang_open.duckdb"
LOCKED_DOWN = {"enable_external_access": "false", "lock_configuration": "true"}
"""SQL written in Superset cannot read other files, and cannot undo that."""
_LAST_CHANGE = "2021-01-01T00:00:00+00:00"
_FIRST_DATE_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_VERSION = "1.0.0"
_NO_CACHE = -1
"""Charts of one dashboard never show two versions of the data."""


class NotOpenDataError(ValueError):
    """The address of a database that dashboards must not read, or that holds a password; the message is Chinese."""


def files(uri: str = DEFAULT_URI) -> dict[str, str]:
    """Return the text of every file of the pack by path. Raises NotOpenDataError if the address may not be used."""
    made = boards()
    documents: dict[str, Any] = {
        "metadata.yaml": {"version": _VERSION, "timestamp": _LAST_CHANGE},
        f"databases/{DATABASE}.yaml": database(uri),
    }
    measures = _measures(made)
    for name, shape in shapes(OPEN).items():
        documents[f"datasets/{DATABASE}/{name}.yaml"] = _dataset(shape, measures.get(name, {}))
    for board in made:
        documents[f"dashboards/{board.title}.yaml"] = _dashboard(board)
        documents |= {f"charts/{board.title}/{title}.yaml": chart for title, chart in _charts(board)}
    return {path: text_of(what) for path, what in documents.items()}


def archive(made: Mapping[str, str]) -> bytes:
    """Return the files as one archive, always the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(made):
            entry = zipfile.ZipInfo(f"shouwang/{path}", date_time=_FIRST_DATE_OF_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            opened.writestr(entry, made[path])
    return packed.getvalue()


def database(uri: str) -> dict[str, Any]:
    """Return the locked-down connection. Raises NotOpenDataError if the address may not be used."""
    address = urlsplit(uri)
    if address.password is not None:
        raise NotOpenDataError("地址里不要写密码:写进 Superset 运行账号的 .pgpass,或导入后在 Superset 里填写")
    match address.scheme.partition("+")[0]:
        case "duckdb":
            if not address.path.endswith("/shouwang_open.duckdb"):
                raise NotOpenDataError("看板只能连接公开数据库 published/current/shouwang_open.duckdb")
            connect: dict[str, Any] = {"read_only": True, "config": dict(LOCKED_DOWN)}
        case "postgresql":
            connect = {"options": "-c default_transaction_read_only=on"}
        case _:
            raise NotOpenDataError("地址要以 duckdb:/// 或 postgresql:// 开头")
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": uri,
        "cache_timeout": _NO_CACHE,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {
            "allows_virtual_table_explore": True,
            "engine_params": {"connect_args": connect},
            "metadata_params": {},
            "metadata_cache_timeout": {},
        },
        "uuid": str(fixed_id("database", DATABASE)),
        "version": _VERSION,
    }


def _measures(made: tuple[Board, ...]) -> dict[str, dict[str, Measure]]:
    """Return the measures that charts use, by view and name."""
    found: dict[str, dict[str, Measure]] = {}
    for board in made:
        for chart in board.charts:
            found.setdefault(chart.view, {}).update({measure.name: measure for measure in chart.measures})
    return found


def _dataset(shape: Shape, measures: Mapping[str, Measure]) -> dict[str, Any]:
    view, types = shape.view, shape.types
    columns = [_column(c.name, types[c.name], c.about) for c in view.columns]
    columns += [
        _column(name, "VARCHAR", "由看板计算") | {"expression": sql}
        for name, sql in calculated(view.name, types).items()
    ]
    return {
        "table_name": view.name,
        "schema": BI,
        "description": view.about,
        "main_dttm_col": "月份" if "月份" in types else None,
        "cache_timeout": _NO_CACHE,
        "filter_select_enabled": True,
        "columns": columns,
        "metrics": [
            {"metric_name": m.name, "verbose_name": m.label, "expression": m.sql, "d3format": ",.2~f"}
            for _, m in sorted(measures.items())
        ],
        "uuid": str(fixed_id("dataset", view.name)),
        "database_uuid": str(fixed_id("database", DATABASE)),
        "version": _VERSION,
    }


def _column(name: str, sql_type: str, about: str) -> dict[str, Any]:
    return {
        "column_name": name,
        "type": sql_type,
        "is_dttm": sql_type in ("DATE", "TIMESTAMP"),
        "is_active": True,
        "groupby": True,
        "filterable": True,
        "description": about,
    }


def _charts(board: Board) -> Iterator[tuple[str, dict[str, Any]]]:
    for chart in board.charts:
        yield (
            chart.title,
            {
                "slice_name": chart.title,
                "description": chart.about,
                "viz_type": viz_type(chart),
                "params": params(chart),
                "cache_timeout": None,
                "uuid": str(chart_id(board, chart)),
                "dataset_uuid": str(fixed_id("dataset", chart.view)),
                "version": _VERSION,
            },
        )


def _dashboard(board: Board) -> dict[str, Any]:
    return {
        "dashboard_title": board.title,
        "description": board.about,
        "slug": board.slug,
        "css": "",
        "published": True,
        "position": position(board),
        "metadata": metadata(board),
        "uuid": str(fixed_id("dashboard", board.slug)),
        "version": _VERSION,
    }
