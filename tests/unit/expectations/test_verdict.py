"""What every verdict keeps: declared groups, wording, no identity, and nothing that fails unseen."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from typing import Any

import polars as pl
import pytest

from expectations import gate
from expectations.expectation import FigureExpectation, Observation, row_rule
from expectations.gate import expectations_of, groups, judge
from sources.conforming.delivery import ConformedDelivery
from sources.contracts.model import Dataset
from sources.profiling.profile import DeliveryProfile, MonthProfile, Verdict
from sources.profiling.profiler import delivery_rows
from tests.unit.expectations.builder import CONTRACTS, DATASETS, IDS, NAMES, delivery

SECRETS = (*NAMES, *IDS)


def awful(dataset: Dataset) -> DeliveryProfile:
    """Fails in many ways; names and ids lie in text columns, an id also in a refusal."""
    columns: dict[str, Any] = {"row_error": ["duplicate_key", None], "row_note": "sex_contradicts_id"}
    for column in dataset.numeric_columns:
        columns[column.name] = -7_654_321.25
    return delivery(
        dataset.name,
        states=["quarantined", "accepted"],
        columns=columns,
        previous=MonthProfile(9_000, frozenset({"441802777"}), {c.name: 1e12 for c in dataset.numeric_columns}),
        refusals=tuple(f"{i}.csv:第 3 行无法读取" for i in IDS),
        unknown_headers=(NAMES[0],),
        unit_warnings=(NAMES[1],),
    )


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_groups_are_few_and_always_yield_findings(dataset: Dataset) -> None:
    declared = groups(dataset)
    assert 4 <= len(declared) <= 8
    for profile in (delivery(dataset.name), delivery(dataset.name, 0), awful(dataset)):
        results = judge(profile).results
        assert {f.group for f in results} == {g.name for g in declared}
        for group in declared:
            assert {f.severity for f in results if f.group == group.name} == set(group.severities)
            assert len(group.expectations) == sum(f.group == group.name for f in results)


def test_groups_are_told_in_words() -> None:
    completeness = next(g for g in groups(CONTRACTS.dataset("household_register")) if g.name == "completeness")
    assert completeness.title == "数据完整"
    assert completeness.severities == ("critical", "warning")
    assert completeness.expectations[1] == (
        "合格或重复的行占全部行的比例:不低于 95%(不符合则拒收)。不合格的行过多时,比对结果不可信。"
    )


def test_messages_name_the_table_the_finding_the_threshold_and_what_to_do() -> None:
    verdict = judge(delivery("medical_settlements", states=["quarantined"] * 6 + ["accepted"] * 94))
    assert next(f.message for f in verdict.results if not f.passed) == (
        "《医疗费用结算明细》2021-06:合格或重复的行占全部行的比例,要求不低于 95%,"
        "实际:100 行中 94 行合格或重复(94%)。不合格的行过多时,比对结果不可信。"
        "本次报送不予接收。请按反馈(自查)工作簿逐行更正后重新报送。"
    )


def test_a_share_just_below_its_threshold_is_not_shown_as_reaching_it() -> None:
    verdict = judge(delivery("deaths", 20_000, states=["quarantined"] * 1_001 + ["accepted"] * 18_999))
    failed = next(f for f in verdict.results if f.name == "accepted_share")
    assert (failed.passed, "94.99%" in failed.observed) == (False, True)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_nothing_of_a_person_comes_out(dataset: Dataset, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    from expectations import gx_adapter

    raw: list[str] = []
    original = gx_adapter._result
    with caplog.at_level(logging.DEBUG), pytest.MonkeyPatch.context() as patch:
        patch.setattr(gx_adapter, "_result", lambda r: (raw.append(str(r.to_json_dict())), original(r))[1])
        verdict = judge(awful(dataset))
    out = "".join((*raw, repr(verdict), caplog.text, *capfd.readouterr()))
    assert len(raw) == len(verdict.results) > 0
    assert not [s for s in SECRETS if s in out]
    assert "7654321.25" not in out.replace(",", "")


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_made_up_deliveries_have_the_shape_of_real_ones(dataset: Dataset) -> None:
    real = delivery_rows(ConformedDelivery(1, "replace_all", (), pl.DataFrame()), dataset).schema
    made_up = delivery(dataset.name).rows.schema
    texts = {c.name: pl.String for c in dataset.columns if c.kind == "text"}
    assert dict(made_up) == dict(real) | texts
    assert not real.keys() & texts.keys()


def failing_names(verdict: Verdict) -> set[str]:
    return {f.name for f in verdict.results if not f.passed and f.severity == "critical"}


def test_a_rule_that_raises_is_critical(caplog: pytest.LogCaptureFixture) -> None:
    profile = delivery("rural_roads")
    broken = DeliveryProfile(**{**vars(profile), "rows": profile.rows.drop("length_km")})
    verdict = judge(broken)
    assert not verdict.is_admissible
    assert failing_names(verdict) == {"length_positive", "length_magnitude"}
    assert "检查出错" in next(f.message for f in verdict.results if f.name == "length_positive")


@pytest.mark.parametrize("value", [float("nan"), ValueError(IDS[0])])
def test_a_figure_that_raises_or_is_no_number_is_critical(
    value: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def observe(_: Any) -> Observation:
        if isinstance(value, Exception):
            raise value
        return Observation(value, "", {})

    figure = FigureExpectation(name="odd", title="比例", reason="测试", observe=observe, minimum=0.5)
    monkeypatch.setattr(gate, "expectations_of", lambda d: (*expectations_of(d), figure))
    verdict = judge(delivery("rural_roads"))
    assert failing_names(verdict) == {"odd"}
    assert IDS[0] not in caplog.text + repr(verdict)


def test_an_expectation_that_great_expectations_cannot_run_is_critical(monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations.gx_expectations import ExpectFigureToBeBetween

    def explode(*_: Any, **__: Any) -> Any:
        raise RuntimeError("from within")

    monkeypatch.setattr(ExpectFigureToBeBetween, "_validate", explode)
    profile = delivery("deaths")
    figures = {e.name for e in expectations_of(profile.dataset) if isinstance(e, FigureExpectation)}
    assert failing_names(judge(profile)) == figures


def test_an_expectation_without_a_result_is_critical(monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations import gx_adapter

    monkeypatch.setattr(gx_adapter, "judge_rows", lambda *_: {})
    assert failing_names(judge(delivery("deaths"))) == {"died_by_month_end", "cremated_after_death", "cremated_soon"}


@pytest.mark.parametrize(("broken", "passed"), [(1, True), (2, False)])
def test_mostly_is_judged_at_its_edge(broken: int, passed: bool) -> None:
    profile = delivery("rural_roads", columns={"length_km": [0.0] * broken + [1.0] * (100 - broken)})
    result = next(f for f in judge(profile).results if f.name == "length_positive")
    assert result.passed is passed
    assert result.metrics == {"length_positive_rows": 100, "length_positive_share": 1 - broken / 100}


def test_rules_see_accepted_rows_only() -> None:
    profile = delivery(
        "rural_roads", columns={"length_km": [0.0] * 3 + [1.0] * 97}, states=["quarantined"] * 3 + ["accepted"] * 97
    )
    assert next(f for f in judge(profile).results if f.name == "length_positive").passed


def test_rows_that_a_rule_is_not_about_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = row_rule("odd", "规则", pl.lit(False), "测试", where=pl.lit(None, pl.Boolean))
    monkeypatch.setattr(gate, "expectations_of", lambda _: (rule,))
    assert [(f.passed, f.observed) for f in judge(delivery("rural_roads")).results] == [(True, "没有适用的行")]


def test_one_delivery_does_not_remember_another() -> None:
    good, bad = delivery("deaths"), delivery("deaths", states=["quarantined"])
    assert [judge(p).is_admissible for p in (good, bad, good, bad)] == [True, False, True, False]


def test_declaring_checks_does_not_import_great_expectations() -> None:
    code = "import sys, expectations.gate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_preparing_does_not_disturb_queries_of_other_threads() -> None:
    code = """
import sys, threading, sqlalchemy
from expectations import gate
sys.setswitchinterval(1e-5)
gate.prepare()
thread = next(t for t in threading.enumerate() if t.name == "great_expectations")
while thread.is_alive():
    sqlalchemy.inspect(1, raiseerr=False)  # every query does so with its parameters
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_judging_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the gate reached out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from expectations import gx_adapter

    gx_adapter._batch_definition.cache_clear()
    assert judge(delivery("deaths")).is_admissible
