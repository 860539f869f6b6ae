"""Put together what the report of a month says, of the open marts only.

Belongs here: the values of the template by Chinese name. Does not belong here: wording (the template), layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reports import charts, deliveries, figures, notes, results, risk
from reports.catalogue import Catalogue
from reports.figures import Figures
from reports.fonts import FontError
from reports.marts import Marts
from reports.numbers import day, month
from reports.word import Filling
from reports.words import Words
from sources.contracts.model import Contracts

TEMPLATE = Path(__file__).with_name("templates") / "月报模板.docx"
CHARTS = ("预警趋势", "镇街得分", "乡村建设", "资金")
"""Names of the charts in the template."""


@dataclass(frozen=True)
class Edition:
    """The published version that a document is made of."""

    number: int
    published_at: datetime


def filling(marts: Marts, contracts: Contracts, catalogue: Catalogue, edition: Edition) -> Filling:
    """Return what the template of the report is filled in with."""
    found = Figures.read(marts, catalogue)
    values = {
        **about(marts, contracts, edition),
        **_figures(marts, found),
        **delivered(marts, contracts, edition),
        "参数": results.parameters(marts, catalogue),
        "风险": risk.overview(marts),
        "未筛查": risk.not_screened(marts),
        "未筛查规则数": risk.rules_not_screened(marts),
        "资金": results.funds(marts),
        "户厕": Words("", 户均奖补=found.ratio("toilets.subsidy", "toilets.retrofitted", 2)),
        "镇街考核": results.towns(marts),
        "更正": results.restated(marts),
        "政策文件": results.documents(marts),
    }
    try:
        drawn, without = _charts(marts, found), ""
    except FontError as error:
        drawn, without = dict.fromkeys(CHARTS), str(error)
    values["图表说明"] = without
    texts = notes.notes(marts, contracts, catalogue, found.district, edition.number)
    return Filling(values, drawn, texts, edition.published_at.replace(tzinfo=None))


def about(marts: Marts, contracts: Contracts, edition: Edition) -> dict[str, object]:
    """Say which district, month and version a document is about."""
    this, before = marts.month, marts.month.shift(-1)
    return {
        "县区": marts.district["name"],
        "编报单位": contracts["agriculture"].label,
        "年": this.year,
        "月": this.number,
        "月份": month(this.first_day),
        "上月": month(before.first_day),
        "去年同月": month(this.shift(-12).first_day),
        "月末": day(this.last_day),
        "版本": edition.number,
        "发布日期": day(edition.published_at.date()),
    }


def delivered(marts: Marts, contracts: Contracts, edition: Edition) -> dict[str, object]:
    """Say who delivered what and when, as known when the version was published."""
    tables, known_on = deliveries.delivered(marts, contracts), edition.published_at.date()
    return {
        "报送": deliveries.counts(tables, known_on),
        "迟报": deliveries.late(tables, contracts, known_on),
        "部门评分": deliveries.scores(marts, contracts),
    }


def _figures(marts: Marts, found: Figures) -> dict[str, object]:
    rows = list(found.district.values())
    standings = [figures.standing(row) for row in rows]
    met, missed = standings.count(figures.MET), standings.count(figures.MISSED)
    return {
        "指标": found.shown(),
        "组": found.groups(marts.towns),
        "目标": Words("", 项数=met + missed, 达标=met, 未达标=missed),
        "未达目标": figures.missed(rows),
        "不能计算": figures.not_computed(rows),
    }


def _charts(marts: Marts, found: Figures) -> dict[str, charts.Chart | None]:
    scored = results.towns(marts)
    aimed = [r for r in found.district.values() if r["domain"] == "construction" and r["unit"] == "%"]
    drawn = (
        charts.levels_by_month(risk.trend(marts)),
        charts.scores([t["镇街"] for t in scored], [t["分"] for t in scored]),
        charts.against_targets([r for r in aimed if figures.standing(r) != figures.NO_TARGET]),
        charts.funds(results.fund_rows(marts)),
    )
    return dict(zip(CHARTS, drawn, strict=True))
