"""Styles of the health department's tables."""

from __future__ import annotations

import polars as pl

from sample.clerks.style import Style

HEALTH: dict[str, tuple[Style, ...]] = {
    "medical_settlements": (
        Style(
            "结算明细-住院.csv",
            archive="{label}{month}.zip",
            rows=pl.col("care_type") == "住院",
            encoding="utf-8-sig",
            dates=("iso", "slash"),
            numbers=("plain", "thousands"),
            yes_no=(("1", "0"),),
        ),
        Style(
            "结算明细-门诊门特.csv",
            archive="{label}{month}.zip",
            rows=pl.col("care_type") != "住院",
            encoding="gb18030",
            dates=("compact",),
            numbers=("plain",),
            yes_no=(("true", "false"),),
            shuffled=True,
        ),
    ),
    "medical_insurance_enrolment": (
        Style("{label}.csv", archive="参保名册{month}.zip", encoding="gb18030", numbers=("plain",)),
    ),
    "serious_illness": (
        Style("{label}.xlsx", last_file="附件3.xlsx", dates=("cell", "chinese"), extras=("联系电话",)),
    ),
}
