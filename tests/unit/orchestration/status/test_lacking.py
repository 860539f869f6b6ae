"""A month does without the rules and indicators whose tables are missing, also tables of earlier months."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestration.dbt.seeds import rows_of
from orchestration.status import lacking
from orchestration.status.lacking import accepted_in, consequences, lacks
from sources.acceptance.provenance import Input
from sources.contracts.model import load_contracts
from sources.months import Month

CONTRACTS = load_contracts()
JUNE = Month(2021, 6)
ALL = {(JUNE.shift(-back), d.name) for back in range(13) for d in CONTRACTS.datasets}


def found(*missing: tuple[Month, str]) -> dict[str, str]:
    return {lack.code: lack.reason for lack in lacks(CONTRACTS.datasets, ALL - set(missing), JUNE)}


def test_nothing_is_lacking_if_every_table_of_thirteen_months_is_there() -> None:
    assert found() == {}


def test_a_table_of_the_month_and_one_that_a_rule_looks_back_on() -> None:
    assert found((JUNE, "serious_illness")) == {"MED-03": "缺少大病专项救治名单(2021-06)"}
    assert found((JUNE.shift(-1), "disability_subsidies")) == {"CIV-02": "缺少残疾人两项补贴发放名册(2021-05)"}


def test_a_look_back_over_a_year_needs_one_of_its_months() -> None:
    year = [(JUNE.shift(-back), "household_income") for back in range(1, 13)]
    assert found(*year[1:]) == {}
    assert found(*year) == {"INC-02": "缺少农户收入监测表(2020-06至2021-05)"}


def test_a_quarterly_table_counts_for_three_months() -> None:
    recent = [(JUNE.shift(-back), "support_funds") for back in range(3)]
    assert found(*recent[:2]) == {}
    assert all("已过期,应有2021-04至2021-06的数据" in reason for reason in found(*recent).values())
    assert set(found(*recent)) == {"funds.allocated", "funds.execution_rate", "funds.industry_share"}


def test_an_own_rule_needs_what_counts_for_the_month_while_it_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"rule_code": "local.x", "name_zh": "自有", "datasets": "deaths,support_funds"}
    own |= {"valid_from": "2021-06-30", "valid_to": "2021-07-31"}
    catalogues = {"risk_rules": (*rows_of("risk_rules"), own)}
    monkeypatch.setattr(lacking, "rows_of", lambda name: catalogues.get(name) or rows_of(name))
    recent = [(JUNE.shift(-back), "support_funds") for back in range(3)]
    assert "local.x" not in found(*recent[:2])
    assert found(*recent)["local.x"].startswith("扶贫专项资金台账(2021-03)已过期")
    assert "缺少死亡" in found((JUNE, "deaths"))["local.x"]
    for month in (JUNE.shift(-1), JUNE.shift(1)):
        assert "local.x" not in {lack.code for lack in lacks(CONTRACTS.datasets, set(), month)}


def test_a_rejected_delivery_is_not_accepted() -> None:
    inputs = {
        (JUNE, "deaths"): Input("", ((1, "a", False),)),
        (JUNE, "serious_illness"): Input("", ((1, "a", True), (2, "b", False))),
    }
    assert accepted_in(inputs) == {(JUNE, "serious_illness")}


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("medical_insurance_enrolment", "不筛查的规则(1):MED-04 未参加基本医保"),
        # INC-02 needs the month itself once, and any of the earlier ones.
        ("household_income", "不筛查的规则(2):INC-01 人均收入低于监测线、INC-02 收入骤减"),
        ("employment_incentives", "不计算或过期的指标(1):就地就近就业奖补标准"),
        ("rural_roads", "不计算或过期的指标(3):四好农村路改造里程、农村公路路面铺装率、农村公路密度"),
        ("verification_returns", "不计算或过期的指标(3):线索按时核实率、限期识别纳入率、线索到纳入平均天数"),
    ],
)
def test_what_a_month_does_without_one_table(table: str, text: str) -> None:
    assert consequences(CONTRACTS.dataset(table), JUNE) == text


def test_a_table_that_nothing_reads() -> None:
    assert consequences(replace(CONTRACTS.dataset("rural_roads"), name="new_table"), JUNE) == "没有规则和指标用到本表"


def test_every_kind_is_told_apart() -> None:
    text = consequences(CONTRACTS.dataset("employment_monitoring"), JUNE)
    assert [part.split("(")[0] for part in text.split(";")] == ["不筛查的规则", "不比对的冲突", "不计算或过期的指标"]


def test_rules_that_have_begun_and_categories_that_the_month_has() -> None:
    """INC-03 begins in 2026; then no list is missed for counts of categories that are no more."""

    def codes(month: Month, table: str) -> set[str]:
        return {lack.code for lack in lacks([CONTRACTS.dataset(table)], set(), month)}

    december, january = Month(2025, 12), Month(2026, 1)
    assert codes(january, "household_income") - codes(december, "household_income") == {"INC-03"}
    gone = codes(december, "monitored_households") - codes(january, "monitored_households")
    assert gone == {
        "monitoring.unstable_households",
        "monitoring.marginal_households",
        "monitoring.sudden_hardship_households",
    }
