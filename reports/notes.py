"""Say of a figure where it comes from: indicator, version, deliveries.

Belongs here: the text of a note. Does not belong here: placing notes in a document (``endnotes``).
"""

from __future__ import annotations

from reports.catalogue import Catalogue
from reports.figures import text_of
from reports.marts import Marts, Row
from reports.numbers import day, month, number
from sources.contracts.model import Contracts

# The newest deliveries in force of each table up to the month: earlier ones of increments count as well.
_DELIVERIES = """
    select dataset, month, list(distinct delivery_no order by delivery_no) as numbers,
        cast(max(received_at) as date) as received_on
    from published.marts.reconciliation_deliveries where is_current and month <= $month
    group by dataset, month qualify row_number() over (partition by dataset order by month desc) = 1
"""


def notes(
    marts: Marts, contracts: Contracts, catalogue: Catalogue, rows: dict[str, Row], version: int
) -> dict[str, str]:
    """Return the note of each indicator of the district by code."""
    deliveries = {row["dataset"]: _delivery(row, contracts) for row in marts.rows(_DELIVERIES)}
    return {code: _note(row, catalogue, deliveries, contracts, version) for code, row in rows.items()}


def _delivery(row: Row, contracts: Contracts) -> str:
    dataset = contracts.dataset(row["dataset"])
    numbers = "、".join(map(str, row["numbers"]))
    earlier = "(含此前各月)" if dataset.extract_mode == "increment" else ""
    received = f"{month(row['month'])}第{numbers}批,{day(row['received_on'])}收到"
    return f"{contracts[dataset.department].label}《{dataset.label}》{received}{earlier}"


def _note(row: Row, catalogue: Catalogue, deliveries: dict[str, str], contracts: Contracts, version: int) -> str:
    unit = "" if row["value"] is None else row["unit"]
    parts = [f"{row['name_zh']}:{text_of(row)}{unit}"]
    if row["denominator"] is not None:
        parts[0] += f"(分子{number(row['numerator'], 2)},分母{number(row['denominator'], 2)})"
    if defined := catalogue.indicators.get(row["indicator_code"]):
        meaning = f"口径:{defined.numerator}"
        parts.append(meaning + (f";分母为{defined.denominator}" if defined.denominator else ""))
        without = {name: f"《{contracts.dataset(name).label}》没有生效的交付" for name in defined.datasets}
        parts.append("来源:" + ";".join(deliveries.get(name, without[name]) for name in defined.datasets))
    parts.append(f"数据集市第{version}版")
    return "。".join(parts) + "。"
