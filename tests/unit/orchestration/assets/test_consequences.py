"""A missing table names what a month does without it, from the same catalogues as dbt."""

from __future__ import annotations

import pytest

from orchestration.assets.consequences import consequences
from sources.contracts.model import load_contracts


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("medical_insurance_enrolment", "不筛查的规则(1):MED-04 未参加基本医保"),
        # INC-02 needs the month itself once, and any of the earlier ones.
        ("household_income", "不筛查的规则(2):INC-01 人均收入低于监测线、INC-02 收入骤减"),
        ("employment_incentives", "不计算的指标(1):就地就近就业奖补标准"),
        ("rural_roads", "不计算或标为过期的指标(3):四好农村路改造里程、农村公路路面铺装率、农村公路密度"),
        ("verification_returns", "没有规则和指标用到本表"),
    ],
)
def test_what_a_month_does_without_a_table(table: str, text: str) -> None:
    assert consequences(load_contracts().dataset(table)) == text


def test_every_kind_is_told_apart() -> None:
    text = consequences(load_contracts().dataset("employment_monitoring"))
    assert [part.split("(")[0] for part in text.split(";")] == ["不筛查的规则", "不比对的冲突", "不计算的指标"]
