"""What a month says at its end fits into eighty characters: a figure that is cut off is a wrong one."""

from __future__ import annotations

import io

from rich.console import Console

from orchestration.commands.console import show_report
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
