"""What a month says at its end fits into eighty characters: a figure that is cut off is a wrong one."""

from __future__ import annotations

import io

from rich.console import Console

from orchestration.commands.console import show_report
from orchestration.commands.month_figures import RiskSummary, RuleSummary
from orchestration.commands.run import DatasetReport, RunReport
from sources.contracts.model import load_contracts
from sources.months import Month

ROWS = {"rows_in_file": 1_204_173, "rows_accepted": 1_189_153, "rows_quarantined": 15_020}


def test_no_figure_and_no_head_of_the_deliveries_is_cut_off() -> None:
    contracts, written = load_contracts(), io.StringIO()
    datasets = tuple(
        DatasetReport(d.department, d.name, d.label, "accepted", ROWS if d is department.datasets[0] else {})
        for department in contracts.values()
        for d in department.datasets
    )
    report = RunReport(Month(2021, 6), "run", True, 1.0, datasets, published={"version": 1})
    show_report(Console(file=written, width=80), report, None, contracts)
    lines = written.getvalue().splitlines()
    heads = ["部门", "接收", "退回", "未报送", "未到期", "出错", "文件行", "接收行", "隔离行"]
    assert lines[1].split() == heads
    for department, line in zip(contracts.values(), lines[3 : 3 + len(contracts)], strict=True):
        assert line.split() == [
            department.label.split("(")[0], str(len(department.datasets)), *"----", "1,204,173", "1,189,153", "15,020",
        ]  # fmt: skip


def test_a_title_that_is_wider_than_its_columns_stays_on_one_line() -> None:
    contracts, written = load_contracts(), io.StringIO()
    report = RunReport(Month(2021, 6), "run", True, 1.0, (), published={"version": 1})
    rules = (RuleSummary("WAT-01", "饮水不安全", 297, 2),)
    levels = {"red": 1_203, "orange": 12_345, "yellow": 9_876}
    show_report(Console(file=written, width=80), report, RiskSummary(100_123, levels, rules), contracts)
    title, head, *_ = written.getvalue().splitlines()
    assert title.strip() == "风险线索(名册 100,123 户;红 1,203 户,橙 12,345 户,黄 9,876 户)"
    assert head.split() == ["规则", "名称", "筛查户数", "标记户数"]
