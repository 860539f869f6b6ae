"""Build the agriculture department's ledger of funds, and name the documents that projects use.

Belongs here: money as the offices above hand it down. Does not belong here: what it was used for (``programme``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample import regime
from sample.chance import divided
from sample.district import District

_ALLOCATED = 6104_30
_YEARS = 5
_LEVELS = ("中央", "省级", "市级", "区级")
_CHAIN_FROM = 2021
"""First year whose money names projects."""
_PURPOSES = ("产业发展", "就业", "基础设施", "公共服务", "监测帮扶", "项目管理")
_CENTRAL = ((59_00, 59_00, "产业发展"), (41_00, 0, "基础设施"), (30_00, None, None))
"""The central money of the year before 2026: allocated, of it for industry, purpose; 59 % of what has a purpose."""


def support_funds(district: District, position: int) -> pl.DataFrame:
    """Build five years of allocations by level, which add up to 6104.3 万元; since 2026 with purposes."""
    rows = _former(district)
    if not regime.has_begun(district.calendar, position):
        return rows
    number = pl.int_range(pl.len())
    rows = rows.filter(pl.col("fund_year") < regime.BEGINS.year - 1)
    known = rows.with_columns(
        fund_purpose=pl.when(number % 7 != 6).then(
            (number % len(_PURPOSES)).replace_strict(dict(enumerate(_PURPOSES)), return_dtype=pl.String)
        ),
        industry_allocated=pl.when((pl.col("fund_level") == "中央") & (pl.col("fund_year") == regime.BEGINS.year - 2))
        .then(pl.col("allocated") * 7 // 10),
    )  # fmt: skip
    return pl.concat([known, _last_year()], how="diagonal")


def _former(district: District) -> pl.DataFrame:
    rng = district.chance.of("funds")
    year = district.calendar.months[0].year
    grid = pl.DataFrame({"fund_year": list(range(year - _YEARS, year))}).join(
        pl.DataFrame({"fund_level": list(_LEVELS)}), how="cross"
    )
    allocated = divided(_ALLOCATED, rng.uniform(0.5, 2, grid.height))
    number = (pl.int_range(pl.len()) * 3 + 7).cast(pl.String)
    return grid.with_columns(
        pl.col("fund_year").cast(pl.Int64),
        document_no="清财农〔" + pl.col("fund_year").cast(pl.String) + "〕" + number + "号",
        allocated=pl.Series(allocated),
        spent=pl.Series((allocated * rng.uniform(0.88, 1.0, len(allocated))).astype(np.int64)),
    )


def _last_year() -> pl.DataFrame:
    year = regime.BEGINS.year - 1
    return pl.DataFrame(
        [
            (year, "中央", f"清财农〔{year}〕{81 + n}号", allocated, allocated * 9 // 10, purpose, industry)
            for n, (allocated, industry, purpose) in enumerate(_CENTRAL)
        ],
        schema=["fund_year", "fund_level", "document_no", "allocated", "spent", "fund_purpose", "industry_allocated"],
        orient="row",
    )


def documents(district: District) -> list[str]:
    """List the documents whose money projects have to name, in the order of the ledger of 2026."""
    rows = support_funds(district, len(district.calendar) - 1).filter(pl.col("fund_year") >= _CHAIN_FROM)
    return rows["document_no"].to_list()


def unused_document(district: District) -> str:
    """Name the document that no project names although its money is spent."""
    return documents(district)[-2]
