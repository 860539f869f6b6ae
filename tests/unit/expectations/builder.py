"""Deliveries made up from the contracts, in the shape that the gate gets them.

Belongs here: a clean delivery of any dataset, with columns, states and month figures to be overridden.
Does not belong here: what shall fire on which delivery (the tests).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import polars as pl

from sources.contracts.model import Column, Dataset, load_contracts
from sources.months import Month
from sources.profiling.profile import DeliveryProfile, MonthProfile

CONTRACTS = load_contracts()
DATASETS = tuple(CONTRACTS.datasets)
MONTH = Month.parse("2021-06")
IN_MONTH = dt.date(2021, 6, 15)
AFTER_MONTH = dt.date(2021, 7, 10)
BEFORE_MONTH = dt.date(2021, 3, 15)
TOWNS = frozenset({"441802101", "441802102"})

_DTYPES: dict[str, Any] = {"number": pl.Float64, "integer": pl.Float64, "yes_or_no": pl.Boolean, "date": pl.Date}
_RENAMED = {"town": "town_code", "village": "division_code"}
_DEFAULTS: dict[str, list[Any]] = {
    "number": [100.0],
    "integer": [10.0],
    "yes_or_no": [True],
    "date": [IN_MONTH],
    "month": ["1985-01"],
    "town": ["441802101", "441802102"],
    "village": [f"4418021{town:02d}2{village:02d}" for village in range(1, 11) for town in (1, 2)],
}

CLEAN: dict[str, dict[str, list[Any]]] = {
    "household_register": {
        "relation_to_head": ["户主", "配偶", "子女", "父母"],
        "schooling_status": ["非在校生", "非在校生", "义务教育在校", "非在校生"],
        "labour_ability": ["普通劳动力", "普通劳动力", "无劳动力", "弱劳动力或半劳动力"],
    },
    "household_income": {"wage_income": [40_000.0], "operating_expense": [50.0]},
    "monitored_households": {
        "identified_month": ["2021-01"],
        "is_risk_eliminated": [True, False],
        "eliminated_month": ["2021-05", None],
        "elimination_mode": ["帮扶消除", None],
    },
    "verification_returns": {"result": ["属实", "不属实"], "is_enrolled": [True, False]},
    "support_funds": {"fund_year": [2020.0], "spent": [90.0]},
    "project_assets": {"implementation_level": ["村级"]},
    "project_library": {"removed_on": [None]},
    "issue_cases": {"case_type": ["信件"], "status": ["办结"], "outcome": ["属实"]},
    "low_income_edge": {"valid_until": [AFTER_MONTH]},
    "rigid_expense_households": {"valid_until": [AFTER_MONTH]},
    "resident_cadres": {
        "posting_type": ["驻村第一书记"] * 20 + ["区级干部驻村"] * 60 + ["科级干部驻镇"] * 20,
    },
    "natural_villages": {
        "registered_population": [40.0],
        "is_sewage_treated": [True, False],
        "sewage_running_status": ["正常", None],
    },
    "village_infrastructure": {
        "plan_status": ["已完成", "编制中"],
        "plan_approved_on": [dt.date(2020, 3, 1), None],
    },
    "rural_roads": {"length_km": [1.5]},
    "cleaning_fund": {
        "registered_population": [1_000.0],
        "villagers_raised": [900.0],
        "town_paid": [900.0],
        "district_paid": [900.0],
        "cleaning_campaigns": [2.0],
    },
    "collective_income": {"income_year": [2020.0], "rental_income": [40.0], "land_contract_income": [60.0]},
    "extreme_poverty_support": {"monthly_amount": [1_200.0]},
    "disability_subsidies": {"disability_grade": ["一级", "三级"], "nursing_subsidy": [250.0, None]},
    "temporary_assistance": {"reason": ["火灾", "其他"]},
    "village_committees": {
        "is_party_secretary": [True] * 20 + [False] * 80,
        "is_committee_director": [True] * 20 + [False] * 80,
        "is_collective_head": [True] * 20 + [False] * 80,
    },
    "party_membership": {
        "town_code": [f"441802{town:03d}" for town in range(50) for _ in range(2)],
        "member_scope": ["全体党员", "新发展党员"],
        "members": [500.0, 10.0],
        "bachelor_or_above": [120.0, 5.0],
        "postgraduate": [5.0, 1.0],
        "aged_35_or_below": [90.0, 8.0],
    },
    "medical_settlements": {
        "total_cost": [1_000.0] * 24 + [-1_000.0],
        "basic_insurance_paid": [600.0] * 24 + [-600.0],
        "serious_illness_paid": [0.0],
        "medical_aid_paid": [99.995] * 24 + [-99.995],
        "self_paid": [300.0] * 24 + [-300.0],
        "is_reversal": [None] * 12 + [False] * 12 + [True],
    },
    "medical_insurance_enrolment": {"insured_year": [2021.0]},
    "serious_illness": {"diagnosed_on": [BEFORE_MONTH]},
    "employment_monitoring": {
        "employment_status": ["在业", "失业"],
        "work_place": ["省外", None],
        "monthly_wage": [4_000.0, None],
        "started_on": [BEFORE_MONTH, None],
        "ended_on": [None],
    },
    "pension_enrolment": {
        "enrolment_status": ["正常参保", "正常参保", "终止参保"],
        "benefit_status": ["未领取", "领取中", "停发"],
        "monthly_pension": [None, 180.0, 180.0],
    },
}
"""What a clean delivery holds where the default of the column's kind would break a domain rule."""

NAMES = ["欧阳春梅", "张三丰"]
IDS = ["441802198001011235", "44180219900307123X"]
"""Seeded into every text column: nothing of it may ever come out of the gate."""


def delivery(
    name: str,
    rows: int = 100,
    *,
    columns: Mapping[str, Any] | None = None,
    states: Sequence[str] = ("accepted",),
    candidate: MonthProfile | None = None,
    previous: MonthProfile | None = None,
    **fields: Any,
) -> DeliveryProfile:
    """A clean delivery; ``columns`` overrides columns of the frame by a value or by a list that is repeated."""
    dataset = CONTRACTS.dataset(name)
    overridden = dict(columns or {})
    if dataset.event_date and dataset.event_date in overridden:
        overridden.setdefault("event_date", overridden[dataset.event_date])
    frame = pl.DataFrame(
        [_series(column, values, rows, dtype) for column, values, dtype in _columns(dataset, states, overridden)]
    )
    accepted = frame.filter(pl.col("row_state") == "accepted")
    return DeliveryProfile(
        dataset=dataset,
        month=MONTH,
        delivery_no=1,
        rows=frame,
        candidate=candidate or month_profile(accepted),
        previous=previous,
        **fields,
    )


def month_profile(rows: pl.DataFrame) -> MonthProfile:
    """Figures of accepted rows."""
    towns = frozenset(rows["town_code"].drop_nulls()) if "town_code" in rows.columns else frozenset()
    totals = {n: float(rows[n].sum()) for n, dtype in rows.schema.items() if dtype == pl.Float64}
    return MonthProfile(rows.height, towns, totals)


def _columns(
    dataset: Dataset, states: Sequence[str], overridden: dict[str, Any]
) -> list[tuple[str, Any, pl.DataType | type[pl.DataType]]]:
    made: dict[str, tuple[Any, Any]] = {
        "row_state": (list(states), pl.String),
        "row_error": (None, pl.String),
        "row_note": (None, pl.String),
    }
    for column in dataset.columns:
        made |= _of_column(dataset, column)
    if dataset.event_date:
        made["event_date"] = (IN_MONTH, pl.Date)
    assert overridden.keys() <= made.keys(), overridden.keys() - made.keys()
    return [(name, overridden.get(name, values), dtype) for name, (values, dtype) in made.items()]


def _of_column(dataset: Dataset, column: Column) -> dict[str, tuple[Any, Any]]:
    if column.kind == "resident_id":
        return {
            f"{column.name}__error": (None, pl.String),
            f"{column.name}__ends_with_x": ([True] + [False] * 10, pl.Boolean),
        }
    if column.kind == "text":
        return {column.name: (NAMES + IDS, pl.String)}
    if column.kind == "certificate":
        return {}
    name = _RENAMED.get(column.kind, column.name)
    default = _DEFAULTS.get(column.kind) or [column.values[0]]
    return {name: (CLEAN.get(dataset.name, {}).get(name, default), _DTYPES.get(column.kind, pl.String))}


def _series(name: str, values: Any, rows: int, dtype: Any) -> pl.Series:
    repeated = islice(cycle(values if isinstance(values, list) else [values]), rows)
    return pl.Series(name, list(repeated), dtype=dtype)
