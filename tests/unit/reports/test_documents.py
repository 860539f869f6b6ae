"""Test the documents of a tiny month: what they say, where they are, that they hold no key and change with nothing."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from reports import fonts, report
from reports.fonts import MISSING
from reports.marts import opened
from reports.write import write_documents
from sources.home import Home
from tests.unit.reports.builder import MONTH, Published, district, figure, new_indicator
from workbooks.leads import NotPublishedError

KEY = "f" * 64


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """Publish a month with everything that an agenda is about."""
    made, first = district(tmp_path), MONTH.first_day
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


def texts(folder: Path, name: str) -> str:
    [path] = folder.rglob(name)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        found = [
            parts.read(part).decode() for part in parts.namelist() if part.startswith("word/") and part.endswith("xml")
        ]
    return re.sub("<[^>]+>", "", "".join(found))


def test_documents_say_what_the_month_is(published: Published, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    written = write_documents(home, MONTH, published.sources())
    assert [str(path.relative_to(home.root)) for path in written.paths.values()] == [
        "published/reports.open/2021-06/清城区乡村振兴工作月报_2021-06.docx",
        "published/reports.open/2021-06/清城区乡村振兴工作月报_2021-06.html",
        "outbox/meetings/2021-06/清城区联席会议议程_2021-06.docx",
    ]
    assert [path.stat().st_mode & 0o777 for path in written.paths.values()] == [0o640, 0o640, 0o600]
    said = texts(home.root, "*月报*.docx")
    for wanted in (
        "生活污水治理率达85%", "缺少自然村台账\uff082021-06\uff09", "九、其他指标", "别的指标", "未达标", "+1",
        "逾期未报", "晚报3天", "未被接收", "《自然村人居环境台账》2021年6月第1批\uff0c2021年7月8日收到",
    ):  # fmt: skip
        assert wanted in said, wanted
    page = written.paths["page"].read_text("utf-8")
    assert "生活污水治理率达85%" in page
    assert 'href="#endnote-' in page
    assert "image/svg+xml" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)


def test_the_agenda_lists_leads_by_id_and_town_only(published: Published, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    write_documents(home, MONTH, published.sources())
    said = texts(home.root, "*议程*.docx")
    assert "Lold" in said
    assert "尚未反馈的线索2条\uff0c其中超过核实期限1条" in said
    assert not any(lead in said for lead in ("Lnew", "Lclosed", "Lanswered"))
    assert "一户无户主或多户主" in said
    assert "2项\uff0c新增1项\uff0c逾期1项" in said
    everything = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert KEY not in said + texts(home.root, "*月报*.docx")
    assert b"Lold" not in everything.replace(b"\0", b"")
    assert "Lold" not in texts(home.root, "*月报*.docx")


def test_the_same_version_gives_the_same_bytes(published: Published, tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("a", "b")]
    written = [write_documents(home, MONTH, published.sources()).paths for home in homes]
    for first, second in zip(*(paths.values() for paths in written), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_without_a_chinese_font_the_report_has_no_charts(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FONTS", ("No Such Font",))
    fonts.chinese_font.cache_clear()
    written = write_documents(Home(tmp_path / "home"), MONTH, published.sources())
    assert written.without_charts == MISSING
    assert "本机没有中文字体" in texts(tmp_path / "home", "*月报*.docx")
    fonts.chinese_font.cache_clear()


def test_a_month_that_is_not_published_is_refused(published: Published, tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="2021-07 还没有发布"):
        write_documents(Home(tmp_path / "home"), MONTH.shift(1), published.sources())
    assert not (tmp_path / "home").exists()


def test_nothing_is_shown_that_is_suppressed(published: Published, tmp_path: Path) -> None:
    sources = published.sources()
    with opened(published.open, MONTH) as marts:
        values = report.filling(marts, sources.contracts, sources.catalogue, sources.edition).values
    [line] = [line for line in values["组"]["污水"]["镇街"]["行"] if line["镇街"] == "石角镇"]
    assert [str(cell) for cell in line["值"]] == ["不公布"]
