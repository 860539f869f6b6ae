"""The catalogues that dbt reads of a county: product rows and the county's own, as Parquet files of the data home.

Belongs here: joining the two, columns and types, writing, what a month rests on. Does not belong here: checking
(``folder``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl

from sources import national
from sources.county.columns import INDICATORS, PARAMETERS, RULES, TARGETS, Kind, Row, Table
from sources.county.contracts import contracts_of
from sources.county.divisions import divisions_of
from sources.county.folder import County, rows_of
from sources.county.indicators import own_indicators
from sources.county.rules import own_rules
from sources.home import Home
from sources.months import Month

_TYPES: Mapping[Kind, pl.DataType] = {
    "text": pl.String(), "date": pl.Date(), "number": pl.Float64(), "integer": pl.Int32(), "boolean": pl.Boolean(),
}  # fmt: skip
OWN_INDICATORS = Table(
    INDICATORS.file,
    {
        "code": "text", "domain": "text", "name_zh": "text", "name_en": "text", "form": "text", "unit": "text",
        "decimals": "integer", "numerator": "text", "denominator": "text", "levels": "text", "datasets": "text",
        "needs": "text", "seed_id": "text", "seed_value": "text", "better": "text", "about": "text", "tables": "text",
        "statement": "text",
    },
    (),
)  # fmt: skip
"""Own indicators as dbt reads them: the columns of the product's catalogue, and the SQL of each."""
OWN_RULES = Table(
    RULES.file,
    {
        "rule_code": "text", "name_zh": "text", "name_en": "text", "kind": "text", "department": "text",
        "datasets": "text", "households": "text", "measure": "text", "unit": "text", "threshold": "text",
        "valid_from": "date", "valid_to": "date", "about": "text", "form": "text", "tables": "text",
        "statement": "text",
    },
    (),
)  # fmt: skip
"""Own rules as dbt reads them: the columns of the product's catalogue, and the SQL of each."""
_DUE_WITHIN = timedelta(days=184)
"""Leads of a month are due this long after it, at most: later working days do not concern it."""
_STAMP = "county.json"
"""What the files were written from."""


def catalogues_of(county: County) -> dict[str, pl.DataFrame]:
    """Return the catalogues by the name of their dbt model. Raises CountyError if the folder is wrong."""
    divisions = divisions_of(county)
    newest = divisions.unique("district_code", keep="last", maintain_order=True)
    parameters = _typed(rows_of(county, PARAMETERS), PARAMETERS, {"value": pl.Decimal(18, 4)})
    return {
        "districts": newest.select("district_code", "district_name"),
        "division_vintages": divisions.select(
            pl.col("vintage_cutoff").str.to_date(), *[name for name in national.COLUMNS if name != "vintage_cutoff"]
        ),
        "policy_parameters": parameters.with_columns(pl.col("division_prefix").fill_null("")),
        "due_days": pl.DataFrame(
            [(name, department.due_day) for name, department in contracts_of(county).items()],
            schema={"department": pl.String, "due_day": pl.Int32},
            orient="row",
        ),
        "indicator_targets": _typed(rows_of(county, TARGETS), TARGETS).with_columns(
            pl.col("division_prefix").fill_null("")
        ),
        "own_indicators": _typed(tuple(own_indicators(county)), OWN_INDICATORS),
        "own_rules": _typed(tuple(own_rules(county)), OWN_RULES),
    }


def write_catalogues(home: Home, county: County) -> dict[str, int]:
    """Write ``warehouse/reference/<catalogue>.parquet``; return the number of rows of each.

    Raises CountyError if the folder is wrong, OSError if a file cannot be written.
    """
    frames = catalogues_of(county)
    for name, frame in frames.items():
        with home.replacing(_folder(home) / f"{name}.parquet") as temporary:
            frame.write_parquet(temporary)
    with home.replacing(_folder(home) / _STAMP) as temporary:
        temporary.write_text(json.dumps({"county": whole_fingerprint(county)}), "utf-8")
    return {name: frame.height for name, frame in frames.items()}


def are_written(home: Home, county: County) -> bool:
    """Return True if the files are those of the county as its folder is now."""
    try:
        kept = json.loads((_folder(home) / _STAMP).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(kept == {"county": whole_fingerprint(county)})


def whole_fingerprint(county: County) -> str:
    """Hash everything that the folder and the product's rows say, and the columns in which this program writes it."""
    rows = [[sorted(row.items()) for row in rows_of(county, table)] for table in (PARAMETERS, TARGETS)]
    own = [[sorted(_cells(row)) for row in found] for found in (county.divisions, county.working_days)]
    due_days = [(name, department.due_day) for name, department in contracts_of(county).items()]
    vintages = [path.stem for path in national.vintage_files()]
    columns = [list(table.columns) for table in (PARAMETERS, TARGETS, OWN_INDICATORS, OWN_RULES)]
    return _hash([county.code, county.name, rows, own, vintages, due_days, own_fingerprint(county), columns])


def own_fingerprint(county: County) -> str:
    """Hash the county's own indicators and rules, on which every month rests; empty without any."""
    indicators, rules = ([sorted(_cells(row)) for row in own] for own in (county.indicators, county.rules))
    selects = sorted(county.selects.items())
    # Without rules of its own, a county rests on what it rested on before there were any.
    content = [indicators, rules, selects] if rules else [indicators, selects]
    return _hash(content) if indicators or rules else ""


def fingerprint(county: County, month: Month) -> str:
    """Hash what the figures of a month may rest on: values and divisions that are valid by its last day.

    A row that begins later, or that ends later, changes nothing in the month; neither do rows of other places.
    """
    day = month.last_day.isoformat()
    until = (month.last_day + _DUE_WITHIN).isoformat()
    vintages = [path.stem for path in national.vintage_files()]
    content = [
        county.code,
        county.name,
        sorted(_values(rows_of(county, PARAMETERS), ("parameter", "value"), county.code, day)),
        sorted(_values(rows_of(county, TARGETS), ("indicator_code", "target"), county.code, day)),
        [v for v in vintages if v <= day] or vintages[:1],
        sorted(sorted(_cells(row)) for row in county.divisions if row["vintage_cutoff"] <= day),
        sorted((row["day"], row["is_working_day"]) for row in county.working_days if row["day"] <= until),
    ]
    # Without due days of its own, a county rests on what it rested on before there were any.
    return _hash([*content, sorted(county.due_days.items())] if county.due_days else content)


def _cells(row: Row) -> list[tuple[str, str]]:
    return [(name, text) for name, text in row.items() if name != "line"]


def _values(rows: tuple[Row, ...], columns: tuple[str, str], code: str, day: str) -> Iterator[tuple[str, ...]]:
    for row in rows:
        prefix, ends = row["division_prefix"], row["valid_to"]
        if row["valid_from"] <= day and (code.startswith(prefix) or prefix.startswith(code)):
            name, value = (row[column] for column in columns)
            yield name, prefix, row["valid_from"], ends if ends and ends <= day else "", f"{float(value):.4f}"


def _typed(rows: tuple[Row, ...], table: Table, others: Mapping[str, pl.DataType] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), schema={name: pl.String() for name in table.columns})
    filled = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in table.columns)
    return filled.with_columns(
        _read(name, (others or {}).get(name, _TYPES[kind]), kind) for name, kind in table.columns.items()
    )


def _read(name: str, dtype: pl.DataType, kind: Kind) -> pl.Expr:
    if kind == "date":
        return pl.col(name).str.to_date()
    return pl.col(name) == "true" if kind == "boolean" else pl.col(name).cast(dtype)


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:32]


def _folder(home: Home) -> Path:
    return home.warehouse / "reference"
