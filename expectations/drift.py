"""Expectations that compare a delivery with its own month and with the previous accepted month.

Belongs here: volume, towns, dates, printed totals and orders of magnitude of every table.
Does not belong here: expectations about a delivery alone (``standalone``), rules of a single table (``suites``).
Thresholds follow the gate's minimum (semantics §4) unless a reason says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expectations.expectation import SHARE, Expectation, FigureExpectation, Observation, number
from expectations.metrics import Metrics
from sources.contracts.model import Column, Dataset
from sources.profiling.profile import MonthProfile

MIN_PREVIOUS_ROWS = 50
"""Row changes are not judged if the previous month has fewer rows."""
ROWS_RATIO = (0.5, 2.0)
"""-50 % to +100 % of the previous accepted month."""
WARN_PCT = "row_count_change_warn_pct"
"""Name of the suite parameter; its value is a dated policy parameter."""
SHOWN_TOWNS = 5
MIN_DATES = 20
MIN_IN_MONTH_SHARE = 0.5
MAX_AFTER_MONTH_SHARE = 0.05
TOTAL_RATIO = (0.1, 10.0)

_ASK = "请确认变化属实;如漏报或多报,请更正后重新报送。"


def drift_rules(dataset: Dataset) -> Iterator[Expectation]:
    """Yield the expectations that compare a delivery of a dataset with its month and the previous one."""
    yield _replaced_base(dataset)
    if dataset.extract_mode == "snapshot":
        yield from _volume()
    if any(c.kind == "town" for c in dataset.columns):
        yield _towns()
        if dataset.extract_mode == "snapshot":
            yield _dropped_towns()
            if not dataset.may_be_empty and any(c.kind == "town" and c.required for c in dataset.columns):
                yield _absent_towns()
    if dataset.event_date:
        yield from _dates(dataset[dataset.event_date], dataset.may_have_late_rows_only)
    quantities = [c for c in dataset.numeric_columns if c.unit]
    if quantities:
        yield _printed_totals()
    for column in quantities:
        yield _total(column)


def _volume() -> Iterator[Expectation]:
    def ratio(metrics: Metrics) -> Observation:
        before = metrics.profile.previous
        if before is None or before.rows < MIN_PREVIOUS_ROWS:
            return Observation(None, _no_baseline_text(before))
        now = metrics.profile.candidate.rows
        value = now / before.rows
        return Observation(value, _rows_text(now, before.rows), {"rows_ratio": value})

    def change(metrics: Metrics) -> Observation:
        before = metrics.profile.previous
        if before is None or not before.rows:
            return Observation(None, _no_baseline_text(before))
        now = metrics.profile.candidate.rows
        value = (now - before.rows) * 100 / before.rows
        return Observation(abs(value), _rows_text(now, before.rows), {"row_change_pct": value})

    yield FigureExpectation(
        name="rows_ratio",
        group="volume",
        severity="critical",
        title=f"接收行数与上期(不少于 {MIN_PREVIOUS_ROWS} 行时)之比",
        reason="名册骤减过半或翻倍通常是漏报、筛选或重复粘贴",
        observe=ratio,
        minimum=ROWS_RATIO[0],
        maximum=ROWS_RATIO[1],
        unit="倍",
        advice="请核对是否漏报镇街或误报局部数据,补全后重新报送;确属实际的,请先与牵头部门确认。",
    )
    yield FigureExpectation(
        name="row_change_pct",
        group="volume",
        title="接收行数较上期的变化幅度",
        reason="名册逐月变化一般较小",
        observe=change,
        maximum=WARN_PCT,
        unit="%",
        advice=_ASK,
    )


def _no_baseline_text(before: MonthProfile | None) -> str:
    return "此前没有接收过的月份" if before is None else f"上期只有 {before.rows} 行,不作判断"


def _rows_text(now: int, before: int) -> str:
    return f"本期 {now} 行,上期 {before} 行({(now - before) * 100 / before:+.2f}%)"


def _towns() -> Expectation:
    def observe(metrics: Metrics) -> Observation:
        before = metrics.profile.previous
        if before is None:
            return Observation(None, _no_baseline_text(before))
        missing = len(before.towns - metrics.profile.candidate.towns)
        text = f"上期 {len(before.towns)} 个镇街中有 {missing} 个本期没有数据"
        return Observation(missing, text, {"missing_towns": missing})

    return FigureExpectation(
        name="missing_towns",
        group="volume",
        title="上期有数据而本期没有的镇街",
        reason="整镇缺失多为漏收该镇的表",
        observe=observe,
        maximum=0,
        unit="个",
        advice="请核对并补报缺失镇街;该镇街本期确无业务的,无需处理。",
    )


def _dropped_towns() -> Expectation:
    def observe(metrics: Metrics) -> Observation:
        former = metrics.profile.former_towns
        if former is None:
            return Observation(None, "本月首次报送")
        if metrics.profile.is_confirmed:
            return Observation(None, "已在 delivery.yaml 中确认缺少的镇街没有数据")
        names = metrics.profile.real_towns
        dropped = [names.get(code, code) for code in sorted(former - metrics.towns)]
        named = _listed(dropped)
        text = f"此前批次 {len(former)} 个镇街中有 {len(dropped)} 个这一批次没有{named}"
        return Observation(len(dropped), text, {"dropped_towns": len(dropped)})

    return FigureExpectation(
        name="dropped_towns",
        group="volume",
        severity="critical",
        title="此前批次有而补报批次没有的镇街",
        reason="补报默认整表替换,只报部分镇街会丢掉其余镇街",
        observe=observe,
        maximum=0,
        unit="个",
        advice="只更正部分镇街的,请在 delivery.yaml 写 mode: replace_towns 后重新报送;"
        "缺少的镇街确已没有数据的,请写 mode: replace_all_confirmed;否则请补齐各镇街后重新报送。",
    )


def _replaced_base(dataset: Dataset) -> Expectation:
    has_town = any(c.kind == "town" for c in dataset.columns)
    lacking = "本月没有已接收的整表" if has_town else "本表没有镇街列"
    advice = "请先更正并重新报送整表(全部镇街);整表接收后,再用 mode: replace_towns 更正个别镇街。"

    def observe(metrics: Metrics) -> Observation:
        is_lacking = not metrics.profile.has_base
        text = f"只替换部分镇街,但{lacking}" if is_lacking else "整表报送,或有可替换的已接收整表"
        return Observation(int(is_lacking), text, {"replaced_base": int(is_lacking)})

    return FigureExpectation(
        name="replaced_base",
        group="volume",
        severity="critical",
        title=f"只替换部分镇街(mode: replace_towns)而{lacking}的批次",
        reason="部分镇街的数据不能当作整张表,否则其余镇街的数据会全部丢失",
        observe=observe,
        maximum=0,
        unit="个",
        advice=advice if has_town else "请报送整表:放在单独的批次文件夹中,不写 mode: replace_towns。",
    )


def _absent_towns() -> Expectation:
    def observe(metrics: Metrics) -> Observation:
        towns = metrics.profile.real_towns
        absent = [name for code, name in sorted(towns.items()) if code not in metrics.profile.candidate.towns]
        text = f"本月区划中 {len(towns)} 个镇街有 {len(absent)} 个没有数据{_listed(absent)}"
        return Observation(len(absent), text, {"absent_towns": len(absent)})

    return FigureExpectation(
        name="absent_towns",
        group="volume",
        title="本月区划中没有数据的镇街",
        reason="从第一个月起就漏报的镇街,与上期比较发现不了;没有登记农户的镇街不作风险筛查",
        observe=observe,
        maximum=0,
        unit="个",
        advice="请核对并补报这些镇街;确无业务的,无需处理。",
    )


def _listed(towns: Sequence[str]) -> str:
    return f"({'、'.join(towns[:SHOWN_TOWNS])}{'等' if len(towns) > SHOWN_TOWNS else ''})" if towns else ""


def _dates_share(key: str, counted: int, readable: int, noun: str) -> Observation:
    if readable < MIN_DATES:
        return Observation(None, f"可读的日期 {readable} 个,少于 {MIN_DATES} 个,不作判断")
    text = f"{readable} 个日期中 {counted} 个{noun}({number(counted / readable, SHARE)})"
    return Observation(counted / readable, text, {key: counted / readable})


def _dates(column: Column, may_be_late_only: bool) -> Iterator[Expectation]:
    def count_in_month(metrics: Metrics) -> Observation:
        dates = metrics.dates
        if not dates.readable:
            return Observation(None, "没有可读的日期")
        text = f"{dates.readable} 个日期中 {dates.in_month} 个在本月"
        return Observation(dates.in_month, text, {"dates_in_month": dates.in_month})

    yield FigureExpectation(
        name="dates_in_month",
        group="timeliness",
        severity="warning" if may_be_late_only else "critical",
        title=f"“{column.label}”在报送月份内的行数",
        reason="日期全部不在本月,可能报错了月份;只有更新以前记录的行时不必更正"
        if may_be_late_only
        else "日期全部不在本月,说明报错了月份",
        observe=count_in_month,
        minimum=1,
        unit="行",
        advice="请核对报送月份与文件内容,报送正确月份的数据。",
    )
    yield FigureExpectation(
        name="in_month_share",
        group="timeliness",
        title=f"“{column.label}”在报送月份内的比例",
        reason="本表只报本月新增,少量补报除外;比例过低说明报成了累计数",
        observe=lambda m: _dates_share("in_month_share", m.dates.in_month, m.dates.readable, "在本月"),
        minimum=MIN_IN_MONTH_SHARE,
        advice="请确认是否误报累计台账;本表只需报送本月新增和补报的记录。",
    )
    yield FigureExpectation(
        name="after_month_share",
        group="timeliness",
        title=f"“{column.label}”晚于报送月份的比例",
        reason="晚于本月的记录属于下月",
        observe=lambda m: _dates_share("after_month_share", m.dates.after_month, m.dates.readable, "晚于本月"),
        maximum=MAX_AFTER_MONTH_SHARE,
        advice="请核对日期是否有误;属于下月的记录请在下月报送。",
    )


def _printed_totals() -> Expectation:
    def observe(metrics: Metrics) -> Observation:
        checked, failed = metrics.profile.printed_totals_checked, metrics.profile.printed_totals_failed
        if not checked:
            return Observation(None, "表中没有可核对的合计数")
        text = f"核对 {checked} 处合计数,{failed} 处不符"
        return Observation(failed, text, {"printed_totals_failed": failed, "printed_totals_checked": checked})

    return FigureExpectation(
        name="printed_totals_failed",
        group="totals",
        title="表中合计、小计、总计与明细之和不符之处",
        reason="不符说明明细有遗漏或合计未更新",
        observe=observe,
        maximum=0,
        unit="处",
        advice="请核对明细行是否齐全、合计公式是否覆盖全部行。",
    )


def _total(column: Column) -> Expectation:
    key = f"{column.name}_total_ratio"

    def observe(metrics: Metrics) -> Observation:
        before, now = metrics.profile.previous, metrics.profile.candidate
        if before is None:
            return Observation(None, _no_baseline_text(before))
        old, new = before.totals.get(column.name, 0.0), now.totals.get(column.name, 0.0)
        if not old or not now.rows:
            return Observation(None, "上期合计为零或本期没有行,不作判断")
        # Leave the sums out: the sum of a single row is a person's cell. Nine digits hide the rounding of float sums.
        ratio = round(new / old, 9)
        return Observation(ratio, f"本期合计为上期的 {number(ratio, '倍')}", {key: ratio})

    return FigureExpectation(
        name=key,
        group="totals",
        title=f"“{column.label}”合计与上期之比",
        reason="相差十倍以上多因元与万元等单位混用;系统只提醒,不换算",
        observe=observe,
        minimum=TOTAL_RATIO[0],
        maximum=TOTAL_RATIO[1],
        unit="倍",
        advice=f"请核对“{column.label}”的单位是否为{column.unit},并确认变化属实。",
    )
