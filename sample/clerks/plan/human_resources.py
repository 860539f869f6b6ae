"""Styles of the human-resources department's tables."""

from __future__ import annotations

from sample.clerks.style import Style

HUMAN_RESOURCES: dict[str, tuple[Style, ...]] = {
    "employment_monitoring": (
        Style(
            "{label}{month}.xlsx",
            title=True,
            own_units=True,
            places=("name", "short"),
            dates=("iso", "cell", "slash"),
            numbers=("cell", "thousands", "unit"),
        ),
    ),
    "unemployment_registration": (
        Style("{label}.xlsx", title=True, dates=("cell", "iso"), extras=("序号",), footer=True),
    ),
    "skills_training": (Style("{label}.csv", dates=("iso",), yes_no=(("Y", "N"), ("是", "否"))),),
    "employment_incentives": (
        Style("{label}.xlsx", own_units=True, dates=("cell",), extras=("序号", "银行账号"), total="合计"),
    ),
    "job_support_activities": (Style("{label}.xls", title=True, dates=("cell", "chinese"), spoiled=False),),
    "pension_enrolment": (Style("{label}{number}月.csv", title=True, numbers=("plain",)),),
}
