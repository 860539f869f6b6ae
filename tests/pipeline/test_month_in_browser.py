"""A month in the web interface as an engineer finds it: every point is looked for in the text of the pages.

Belongs here: what the pages show of two months, of which the first failed for lack of its register, and the second has
rejected, late and unrecognised files. Does not belong here: queries behind the pages (``test_runs_in_web_interface``),
the login (``test_web_interface``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestration.dictionary import ADDRESS, address, department_tables, marts
from orchestration.runtime.settings import Settings
from sample import write_district
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month
from tests.district import DIVISIONS
from tests.pipeline.browser import Browser, browser
from tests.pipeline.web import TOKEN, Web, web

JUNE, JULY = "2021-06", "2021-07"
"""The month without a register, and the month after it, in which quarterly tables are not due."""
HOUSEHOLDS, SEED = 200, 11
RUN_SECONDS = 900
"""A run takes half a minute, and the browser waits for nothing else; another test may need both processors."""
CONTRACTS = load_contracts()
REGISTER, DEATHS, JOBLESS, QUARTERLY = (
    CONTRACTS.dataset(name) for name in ("household_register", "deaths", "unemployment_registration", "project_assets")
)
JOB = "/locations/__repository__@shouwang/jobs/monthly_run"
_CODES = re.compile(r"\b[a-z]{3,}(?:[_.][a-z]{2,})+\b")
"""Names of the code, such as serious_illness or toilets.coverage."""
_UNROUNDED = re.compile(r"\d\.\d{3,}")


@dataclass
class Office:
    """A home with its two months, and a browser on it."""

    home: Home
    web: Web
    page: Browser
    register: dict[Path, bytes] = field(default_factory=dict)
    """The files of the register that June lacks."""

    def asset(self, key: str, *words: str, **view: str) -> str:
        """Open the page of an asset."""
        query = "&".join(f"{name}={value}" for name, value in view.items())
        return self.page.open(f"/assets/{key}?{query}", *words)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUWANG_HOME", str(folder / "home"))
        # The range of months is to be found as in an office.
        patch.delenv("SHOUWANG_FIRST_MONTH")
        settings = Settings()
        register = _write_inbox(settings.paths)
        _run_months()
        with web(settings) as opened:
            login = opened.url.replace("/graphql", f"/?token={TOKEN}")
            with browser(folder / "profile", login) as page:
                yield Office(settings.paths, opened, page, register)


def _write_inbox(home: Home) -> dict[Path, bytes]:
    """Write both months without the register of June and the deaths of July; return the files of the register."""
    write_district(home.inbox, HOUSEHOLDS, list(map(Month.parse, (JUNE, JULY))), SEED, DIVISIONS)
    (home.root / "settings.toml").write_text(f'last_month = "{JULY}"\n', encoding="utf-8")
    for path in home.inbox.glob(f"{DEATHS.department}/{JULY}/*死亡*"):
        path.unlink()
    folder = home.inbox / REGISTER.department / JUNE
    register = {path: path.read_bytes() for path in folder.glob("*户*名册*") if "监测" not in path.name}
    for path in register:
        path.unlink()
    return register


def _run_months() -> None:
    """Run both months as the command line does, and find the lineage of columns at the same time."""
    lineage = subprocess.Popen([sys.executable, "-m", "orchestration.dbt.lineage"], stderr=subprocess.DEVNULL)
    command = [sys.executable, "-m", "tests.pipeline.run_months", JUNE, JULY]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert lineage.wait() == 0


def of_values(text: str) -> str:
    """Return the part of a page with the values of a month, without the frame of Dagster."""
    return text.partition("Metadata")[2].partition("Tags")[0]


def assert_readable(values: str) -> None:
    """Values have no codes and no figures that nobody would write down."""
    assert values
    assert not _CODES.findall(values)
    assert not _UNROUNDED.findall(values)


def test_runs_of_the_command_line_are_on_the_timeline_and_under_their_job(office: Office) -> None:
    timeline = office.page.open("/overview/timeline", "shouwang", "monthly_run")
    assert "No runs" not in timeline
    runs = office.page.open(f"{JOB}/runs", JUNE, JULY, "Failure", "Success", "命令行")
    assert runs.count("partition: ") == 2


def test_months_begin_with_the_first_that_has_data(office: Office) -> None:
    office.page.open(JOB, "Materialize all")
    office.page.click("Materialize all")
    office.page.read("Partition selection", JUNE, JULY)
    office.page.click("All")
    office.page.read("2 partitions")
    office.page.click("Missing")
    office.page.read("0 partitions")


def test_one_page_says_how_the_month_is(office: Office) -> None:
    # The page loads what shows Markdown after its frame: words of every table are waited for.
    lacking = f"缺少{DEATHS.label}({JULY})"
    page = office.asset(
        "month_status", "查看这次运行", "没有识别", "未识别", lacking, "没有。", partition=JULY, view="partitions"
    )
    values = of_values(page)
    assert_readable(values)
    for department in CONTRACTS.values():
        assert department.label in values
    counts = "数据表:应报 24 张:已接收 21,已退回 2,逾期未报 1;本月不报 16 张"
    for words in (f"{JULY} 有表需要处理", counts, DEATHS.label, JOBLESS.label, "合格或重复的行占全部行的比例"):
        assert words in values
    office.page.click("[Show Markdown]")
    tables = office.page.read("最新批次")
    for label in (QUARTERLY.label, DEATHS.label, JOBLESS.label, "本月不报", "逾期未报", "已退回", "已接收"):
        assert label in tables.rpartition("最新批次")[2]


def test_the_reconciliation_begins_with_the_status_and_shows_people_figures_and_names(office: Office) -> None:
    page = office.asset("month_reconciliation", "查看这次运行", "REC-03", partition=JULY, view="partitions")
    values = of_values(page)
    assert_readable(values)
    assert values.index("本月概况") < values.index("需要处理") < values.index("各部门交付")
    assert "REC-03 一人多户" in values
    indicators = of_values(office.asset("month_indicators", "最弱指标", partition=JULY, view="partitions"))
    assert_readable(indicators)
    assert "就业率(%)" in indicators


def test_a_rejected_delivery_is_seen_without_looking_for_it(office: Office) -> None:
    key = f"{JOBLESS.department}/{JOBLESS.name}"
    overview = office.asset(key, "Latest check results", "已退回")
    assert JOBLESS.label in overview
    checks = office.asset(key, "Failed", "Succeeded", view="checks")
    assert "Skipped" not in checks
    office.asset("month_status", "complete", "Failed", JOBLESS.label, view="checks", checkDetail="complete")
    # A run that failed says why, as a step is shown that an engineer clicks; of all events the page shows a part.
    (failed,) = [run.run_id for run in office.web.opened.get_runs() if not run.is_success]
    said = office.page.open(f"/runs/{failed}?logs=step%3Adbt", "EVENT TYPE", "没有已接收的农户基础信息名册")
    _, _, events = said.partition("EVENT TYPE")
    assert "补报后重新运行" in events
    assert "human_resources" not in events


def test_a_table_that_is_not_due_passes_and_says_so(office: Office) -> None:
    key = f"{QUARTERLY.department}/{QUARTERLY.name}"
    checks = office.asset(key, "Latest execution", "本月不要求报送", "Succeeded", view="checks")
    assert JULY in checks
    assert "Skipped" not in checks
    assert "Failed" not in checks


@pytest.mark.parametrize("table", ["agriculture/household_income", "civil_affairs/subsistence_allowance"])
def test_harmless_headers_do_not_warn(office: Office, table: str) -> None:
    checks = office.asset(table, "Latest execution", JULY, view="checks", checkDetail="structure")
    assert "Passed" in checks.partition("Evaluation result")[2]


def test_an_asset_says_what_it_is_whose_it_is_and_what_it_is_made_from(office: Office) -> None:
    catalogue = office.page.open("/assets", REGISTER.label)
    assert "**" not in catalogue
    mart = office.asset("marts/household_risk_flags", "风险标记", "Source code", "Columns")
    assert "shouwang trace" in mart
    for words in (
        "marts",
        "revitalization",
        "DuckDB",
        "layer: marts",
        "sensitivity: office",
        "household_risk_flags.sql",
    ):
        assert words in mart
    assert "来自 int_risk_flags.rule_code" in mart
    about = "身份信息只在限制区"
    table = office.asset(f"{REGISTER.department}/{REGISTER.name}", REGISTER.label, "Source code", about)
    for words in (
        "department: agriculture",
        "sensitivity: office",
        "agriculture.odcs.yaml",
        "Excel",
    ):
        assert words in table


def test_the_dictionary_is_one_click_away(office: Office) -> None:
    office.asset("marts/household_risk", "数据字典", "打开")
    place = address(marts.TITLE, "marts.household_risk")
    office.page.open(place, marts.TITLE, "农户风险", "风险等级", "Excel 版")
    office.asset("month_status", "数据字典", partition=JULY, view="partitions")
    office.page.click("数据字典")
    office.page.read(department_tables.TITLE, REGISTER.label)
    assert office.page.place() == ADDRESS
    office.page.click("dbt 文档")
    office.page.read("Projects")
    office.page.open(f"{ADDRESS}dbt.html#!/model/model.shouwang.household_risk", "household_risk", "农户风险")


def test_a_month_that_runs_again_from_its_page_leaves_the_later_one_visibly_outdated(office: Office) -> None:
    """The last test: it changes the home."""
    for path, content in office.register.items():
        path.write_bytes(content)
    (failed,) = [run.run_id for run in office.web.opened.get_runs() if not run.is_success]
    office.page.open(f"/runs/{failed}", "Re-execute all")
    office.page.choose("Re-execute all", 1, "From failure")
    office.page.read("Re-executions")
    again = office.page.place().rpartition("/")[2]
    assert again != failed
    assert office.web.wait_for_end(again, RUN_SECONDS).is_success
    office.asset("month_status", "本月概况", f"{JUNE} 应报的表没有问题", partition=JUNE, view="partitions")
    outdated = office.asset("month_status", "已发布的结果已过时", view="checks", checkDetail="up_to_date")
    assert f"请执行 shouwang run {JULY}" in outdated
