"""Test the documents of a tiny month: what they say, where they are, that they hold no key and change with nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from reports import agenda, deliveries, fonts, report
from reports.fonts import MISSING
from reports.marts import opened
from reports.sandbox import Sandbox
from reports.write import write_documents
from sources.contracts.model import load_contracts
from sources.home import Home
from tests.paths import DBT_PROJECT
from tests.unit.reports.builder import MONTH, Published, district, figure, new_indicator
from workbooks.leads import NotPublishedError

KEY = "f" * 64
PAGE = (DBT_PROJECT.parent / "docs" / "zh" / "report.md").read_text("utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Publish a month with everything that an agenda is about."""
    made, first = district(tmp_path_factory.mktemp("published")), MONTH.first_day
    figure(made, "sewage.treatment_rate", value=85.04, target=90.0, previous_value=84.0)
    figure(made, "water.piped_rate", status="not_computable", reason="缺少自然村台账(2021-06)")
    new_indicator(made, "unknown.domain", "别的指标", "个", value=7.0)
    figure(made, "sewage.treatment_rate", "441802103", value=70.0, target=90.0)
    figure(made, "sewage.treatment_rate", "441802106", value=None, status="suppressed")
    overview = {"households_screened": 90, "households_flagged": 6, "red": 1, "orange": 2, "yellow": 3}
    made.add("risk_overview", {"month": first, "town_code": None, **overview, "leads_open": 2, "leads_overdue": 1})
    made.add("dim_risk_rule", {"rule_code": "HOU-01", "name_zh": "住房不安全"})
    lead = {"household_key": KEY, "town_code": "441802103", "rule_code": "HOU-01", "status": "open"}
    made.add(
        "risk_leads",
        {**lead, "lead_id": "Lold", "opened_month": date(2021, 4, 1), "due_on": date(2021, 5, 11)},
        {**lead, "lead_id": "Lnew", "opened_month": first, "due_on": date(2021, 7, 9)},
        {**lead, "lead_id": "Lclosed", "opened_month": date(2021, 4, 1), "closed_month": first, "due_on": first},
        {**lead, "lead_id": "Lanswered", "opened_month": date(2021, 5, 1), "verified_on": first, "due_on": first},
    )  # fmt: skip
    conflict = {"month": first, "rule_code": "REC-10", "household_key": KEY, "answering_department": "agriculture"}
    made.add(
        "reconciliation_conflicts",
        {**conflict, "conflict_id": "Ca", "first_seen_month": date(2021, 4, 1), "is_new": False, "due_on": first},
        {**conflict, "conflict_id": "Cb", "first_seen_month": first, "is_new": True, "due_on": date(2021, 7, 9)},
    )  # fmt: skip
    file = {"month": first, "department": "agriculture", "delivery_no": 1, "is_current": True}
    made.add(
        "reconciliation_deliveries",
        {**file, "dataset": "household_register", "received_at": datetime(2021, 7, 3, 9)},
        {**file, "dataset": "natural_villages", "received_at": datetime(2021, 7, 8, 9)},
        {**file, "dataset": "rural_roads", "received_at": datetime(2021, 7, 3, 9), "is_current": False},
    )
    return made


@pytest.fixture(scope="module")
def home(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with the documents of the month."""
    home = Home(tmp_path_factory.mktemp("home"))
    write_documents(home, MONTH, published.sources())
    return home


@pytest.fixture(scope="module")
def values(published: Published) -> dict[str, Any]:
    """Return the values of both templates."""
    sources = published.sources()
    about = sources.contracts, sources.catalogue, sources.edition
    with opened(published.open, MONTH) as marts:
        of_report = report.filling(marts, *about)
    with opened(published.full, MONTH) as marts:
        of_agenda = agenda.filling(marts, *about)
    charts = {"图": dict.fromkeys(of_report.charts, "图"), "图题": dict.fromkeys(of_report.charts, "题")}
    return {**of_report.values, **of_agenda.values, **charts}


def texts(folder: Path, name: str) -> str:
    [path] = folder.rglob(name)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        found = [
            parts.read(part).decode() for part in parts.namelist() if part.startswith("word/") and part.endswith("xml")
        ]
    return re.sub("<[^>]+>", "", "".join(found))


def test_documents_are_for_readers_or_for_the_office(home: Home) -> None:
    modes = {str(p.relative_to(home.root)): p.stat().st_mode & 0o777 for p in home.root.rglob("*") if p.is_file()}
    assert modes == {
        "published/reports.open/2021-06/清城区乡村振兴工作月报_2021-06.docx": 0o640,
        "published/reports.open/2021-06/清城区乡村振兴工作月报_2021-06.html": 0o640,
        "outbox/meetings/2021-06/清城区联席会议议程_2021-06.docx": 0o600,
        "outbox/meetings/2021-06/清城区联席会议议程_2021-06.html": 0o600,
    }


def test_the_report_says_what_the_month_is(home: Home) -> None:
    said = texts(home.root, "*月报*.docx")
    for wanted in (
        "生活污水治理率达85%", "缺少自然村台账\uff082021-06\uff09", "九、其他指标", "别的指标", "未达标", "+1",
        "逾期未报", "晚报3天", "未被接收", "《自然村人居环境台账》2021年6月第1批\uff0c2021年7月8日收到",
    ):  # fmt: skip
        assert wanted in said, wanted
    [path] = home.published.rglob("*.html")
    page = path.read_text("utf-8")
    assert "生活污水治理率达85%" in page
    assert 'href="#endnote-' in page
    assert "image/svg+xml" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)


def test_a_new_table_is_expected_from_its_first_delivery_on(tmp_path: Path) -> None:
    made, contracts = district(tmp_path), load_contracts()
    file = {"department": "civil_affairs", "delivery_no": 1, "is_current": False, "received_at": datetime(2021, 4, 3)}
    made.add(
        "reconciliation_deliveries",
        {**file, "month": date(2021, 3, 1), "dataset": "issue_cases"},
        {**file, "month": date(2021, 7, 1), "dataset": "low_income_edge"},
    )
    with opened(made.full, MONTH) as marts:
        expected = {table.dataset.name for table in deliveries.delivered(marts, contracts)}
    assert {d.name for d in contracts.datasets if d.is_expected_once_received} & expected == {"issue_cases"}
    assert "household_register" in expected


def test_a_sentence_of_a_table_that_is_not_delivered_is_left_out(home: Home) -> None:
    said = texts(home.root, "*月报*.docx")
    for sentence in ("联席会议次数", "标准图集", "上届", "项目库在库项目", "回头看", "见附件5"):
        assert sentence not in said.split("附件1")[0], sentence
    assert "没有可用的政策文件目录" in said
    assert "在册脱贫不稳定户未能计算" in said


def test_a_month_of_2026_speaks_of_its_categories_and_its_tables(tmp_path: Path) -> None:
    made = district(tmp_path)
    for role in ("unstable", "marginal", "sudden_hardship"):
        figure(made, f"monitoring.{role}_households", status="not_applicable", reason="本月类别方案无此类别")
    for code, value in {
        "monitoring.monitored_households": 9.0, "monitoring.monitored_registered": 6.0,
        "monitoring.monitored_ordinary": 3.0, "sewage.standard_designs": 10.0, "sewage.designs_in_use": 2.0,
        "governance.previous_mean_age": 42.2, "governance.mean_age": 39.1, "funds.management_documents": 2.0,
    }.items():  # fmt: skip
        figure(made, code, value=value)
    document = {"month": MONTH.first_day, "subject": "资金管理", "issuing_level": "区级", "is_in_force": True}
    made.add(
        "policy_instruments",
        {**document, "instrument_no": "A", "title": "监管细则", "document_no": "财农〔2018〕10号"},
        {**document, "instrument_no": "B", "title": "已废止的办法", "is_in_force": False},
    )
    write_documents(Home(tmp_path / "home"), MONTH, made.sources())
    said = texts(tmp_path / "home", "*月报*.docx")
    for wanted in (
        "在册防止返贫致贫对象9户\uff0c其中在农户名册的脱贫户6户、一般农户3户。",
        "污水治理标准图集10套\uff0c已有自然村采用的2套。",
        "平均年龄39.1岁\uff08上届42.2岁\uff09", "现行资金管理制度2件\uff0c见附件5。", "监管细则", "财农〔2018〕10号",
    ):  # fmt: skip
        assert wanted in said, wanted
    for unwanted in ("在册脱贫不稳定户", "突发严重困难户\u2014", "已废止的办法"):
        assert unwanted not in said, unwanted


def test_the_agenda_lists_leads_by_id_and_town_only(home: Home) -> None:
    [path] = home.outbox.rglob("*议程*.html")
    page = path.read_text("utf-8")
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    for said in (texts(home.root, "*议程*.docx"), re.sub("<[^>]+>", "", page)):
        assert "Lold" in said
        assert "尚未反馈的线索2条\uff0c其中超过核实期限1条" in said
        assert not any(lead in said for lead in ("Lnew", "Lclosed", "Lanswered"))
        assert "一户无户主或多户主" in said
        assert "2项\uff0c新增1项\uff0c逾期1项" in said
        assert KEY not in said
    assert KEY not in texts(home.root, "*月报*.docx")
    assert "Lold" not in texts(home.root, "*月报*.docx")


def test_the_same_version_gives_the_same_bytes(published: Published, home: Home, tmp_path: Path) -> None:
    again = Home(tmp_path / "again")
    for path in write_documents(again, MONTH, published.sources()).paths.values():
        assert path.read_bytes() == (home.root / path.relative_to(again.root)).read_bytes(), path.name


def test_without_a_chinese_font_the_report_has_no_charts(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FONTS", ("No Such Font",))
    fonts.chinese_font.cache_clear()
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    written = write_documents(Home(tmp_path / "home"), MONTH, published.sources())
    assert written.without_charts == MISSING
    assert "本机没有中文字体" in texts(tmp_path / "home", "*月报*.docx")
    fonts.chinese_font.cache_clear()


def test_a_month_that_is_not_published_is_refused(published: Published, tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="2021-07 还没有发布"):
        write_documents(Home(tmp_path / "home"), MONTH.shift(1), published.sources())
    assert not (tmp_path / "home").exists()


def test_nothing_is_shown_that_is_suppressed(values: dict[str, Any]) -> None:
    [line] = [line for line in values["组"]["污水"]["镇街"]["行"] if line["镇街"] == "石角镇"]
    assert [str(cell) for cell in line["值"]] == ["不公布"]


def test_every_variable_of_the_page_exists(values: dict[str, Any]) -> None:
    spans = re.findall(r"`(\{\{.*?\}\})`", PAGE.replace("\\|", "|")) + re.findall(r"`(\{% if [^}]*%\})`", PAGE)
    assert len(spans) > 60
    closed = [span + ("{% endif %}" if span.startswith("{%") else "") for span in spans]
    Sandbox().from_string("".join(closed)).render(values)


def test_every_variable_is_on_the_page(values: dict[str, Any]) -> None:
    named = {"指标", "组", "参数", "图", "图题"}
    """Their keys are names of indicators, groups, parameters and charts."""
    missing = {name for name in _names(values, named) if not re.search(rf"(?<![\w]){name}(?![\w])", PAGE)}
    assert not missing


def _names(values: Mapping[str, Any], named: Set[str]) -> Iterator[str]:
    for name, value in values.items():
        yield name
        for inner in value.values() if name in named and isinstance(value, dict) else [value]:
            for one in inner if isinstance(inner, list) else [inner]:
                if isinstance(one, dict):
                    yield from _names(one, named)
