"""Expectations about one delivery alone: files, completeness, resident ids, keys.

Belongs here: rules that apply to every table and follow from its contract.
Does not belong here: comparison with earlier months (``drift``), rules of a single table (``suites``).
Thresholds follow the gate's minimum (semantics §4) unless a reason says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expectations.expectation import SHARE, Expectation, FigureExpectation, Observation, number
from expectations.metrics import Metrics
from sources.contracts.model import Column, Dataset

MIN_ROWS_FOR_SHARE = 50
"""A delivery with fewer rows may have one bad row: a share of few rows says little."""
MIN_ADMISSIBLE_SHARE = 0.95
MIN_VALID_IDS_SHARE = 0.98
MIN_UNIQUE_KEYS_SHARE = 0.98
MAX_EMPTIED_SHARE = 0.05
MAX_DUPLICATE_SHARE = 0.05
MAX_CONTRADICTING_SHARE = 0.02
MIN_IDS_FOR_X_SHARE = 500
X_SHARE = (0.05, 0.14)
"""The check digit X encodes the remainder 10 of 11: one id in eleven, 9.1 %."""


def standalone_rules(dataset: Dataset) -> Iterator[Expectation]:
    """Yield the expectations about a delivery of a dataset alone."""
    yield from _files()
    yield from _headers()
    if not dataset.may_be_empty:
        yield _rows_present()
    yield _accepted_share()
    yield from _duplicates_and_emptied_cells(dataset)
    for column in dataset.id_columns:
        yield from _ids(column)
    if any(c.kind == "certificate" or c.name in ("sex", "birth_month") for c in dataset.columns):
        yield _contradictions()
    yield _unique_keys(dataset)


def _share(good: int, rows: int, noun: str, metrics: Mapping[str, float], key: str) -> Observation:
    """Observe a share of the delivered rows; below MIN_ROWS_FOR_SHARE rows allow one bad row."""
    if not rows:
        return Observation(None, "没有数据行", metrics)
    share = good / rows
    text = f"{rows} 行中 {good} 行{noun}({number(share, SHARE)})"
    metrics = {**metrics, key: share}
    if rows < MIN_ROWS_FOR_SHARE and rows - good <= 1:
        return Observation(None, f"{text};不足 {MIN_ROWS_FOR_SHARE} 行,允许 1 行有误", metrics)
    return Observation(share, text, metrics)


def _small_share(metrics: Metrics, counted: int, noun: str, key: str) -> Observation:
    """Observe a share of the delivered rows; below MIN_ROWS_FOR_SHARE rows it does not apply."""
    if metrics.row_count < MIN_ROWS_FOR_SHARE:
        return Observation(None, f"共 {metrics.row_count} 行,少于 {MIN_ROWS_FOR_SHARE} 行,不作判断")
    share = counted / metrics.row_count
    return Observation(share, f"{metrics.row_count} 行中 {counted} 行{noun}({number(share, SHARE)})", {key: share})


def _count(key: str, counted: int, unit: str) -> Observation:
    return Observation(counted, number(counted, unit), {key: counted})


def _files() -> Iterator[Expectation]:
    def usable_rows(metrics: Metrics) -> Observation:
        if not metrics.profile.refusals:
            return Observation(None, "没有被拒读的文件")
        return Observation(
            metrics.admissible_count, f"{len(metrics.profile.refusals)} 个文件被拒读,可用 {metrics.admissible_count} 行"
        )

    yield FigureExpectation(
        name="usable_rows",
        group="structure",
        severity="critical",
        title="有文件被拒读时,其余文件的可用行数",
        reason="全部文件都读不出来的报送不能当作空表接收",
        observe=usable_rows,
        minimum=1,
        unit="行",
        advice="请按反馈中的拒读原因(缺少必填列、单位不符、文件损坏等)更正后重新报送。",
    )
    yield FigureExpectation(
        name="refused_files",
        group="structure",
        title="被拒读的文件",
        reason="被拒读文件中的行全部按不合格计",
        observe=lambda m: _count("refused_files", len(m.profile.refusals), "个"),
        maximum=0,
        unit="个",
        advice="请按反馈中的拒读原因更正该文件后重新报送。",
    )


def _headers() -> Iterator[Expectation]:
    yield FigureExpectation(
        name="unknown_headers",
        group="structure",
        title="未登记的表头",
        reason="表式变动须先登记为同义表头,否则该列不会被读取",
        observe=lambda m: _count("unknown_headers", len(m.profile.unknown_headers), "个"),
        maximum=0,
        unit="个",
        advice="请按规定表式报送;新增或改名的列请先告知数据管理员登记。",
    )
    yield FigureExpectation(
        name="unit_differences",
        group="structure",
        title="标题中的单位与规定单位不一致之处",
        reason="只写在标题里的单位不作换算,万元与元容易混淆",
        observe=lambda m: _count("unit_differences", len(m.profile.unit_warnings), "处"),
        maximum=0,
        unit="处",
        advice="请核对数值实际使用的单位,并把单位写进列名,例如“金额(万元)”。",
    )


def _rows_present() -> Expectation:
    return FigureExpectation(
        name="rows_present",
        group="completeness",
        severity="critical",
        title="报送且可接收的数据行数",
        reason="本表是全量名册,不会没有数据",
        observe=lambda m: _count("rows_present", min(m.row_count, m.profile.candidate.rows), "行"),
        minimum=1,
        unit="行",
        advice="请检查是否误报空表或筛选后的表,补全后重新报送。",
    )


def _accepted_share() -> Expectation:
    return FigureExpectation(
        name="accepted_share",
        group="completeness",
        severity="critical",
        title="合格或重复的行占全部行的比例",
        reason="不合格的行过多时,比对结果不可信",
        observe=_admissible_share,
        minimum=MIN_ADMISSIBLE_SHARE,
        advice="请按反馈(自查)工作簿逐行更正后重新报送。",
    )


def _duplicates_and_emptied_cells(dataset: Dataset) -> Iterator[Expectation]:
    yield FigureExpectation(
        name="duplicate_share",
        group="completeness",
        title="完全重复的行的比例",
        reason="大量重复通常是同一份表粘贴了两遍",
        observe=lambda m: _small_share(m, m.counts_by_state.get("duplicate", 0), "重复", "duplicate_share"),
        maximum=MAX_DUPLICATE_SHARE,
        advice="请删除重复粘贴的行,下次报送前更正。",
    )
    if any(not c.required for c in dataset.columns):
        yield FigureExpectation(
            name="emptied_share",
            group="completeness",
            title="选填项填错而被清空的行的比例",
            reason="填错的选填项不会进入比对",
            observe=lambda m: _small_share(m, m.emptied_count, "有选填项被清空", "emptied_share"),
            maximum=MAX_EMPTIED_SHARE,
            advice="请按反馈工作簿核对,下次报送前更正。",
        )


def _admissible_share(metrics: Metrics) -> Observation:
    counts = {"rows": metrics.row_count, "rows_accepted": metrics.accepted_count}
    return _share(metrics.admissible_count, metrics.row_count, "合格或重复", counts, "accepted_share")


def _ids(column: Column) -> Iterator[Expectation]:
    prefix = column.name.removesuffix("resident_id")
    valid_key, x_key = f"{prefix}valid_ids_share", f"{prefix}x_share"

    def valid_share(metrics: Metrics) -> Observation:
        return _share(metrics.ids(column.name).valid, metrics.row_count, "有效", {}, valid_key)

    def x_share(metrics: Metrics) -> Observation:
        ids = metrics.ids(column.name)
        if ids.valid < MIN_IDS_FOR_X_SHARE:
            return Observation(None, f"有效号码 {ids.valid} 个,少于 {MIN_IDS_FOR_X_SHARE} 个,不作判断")
        share = ids.ending_in_x / ids.valid
        return Observation(
            share, f"{ids.valid} 个有效号码中 {ids.ending_in_x} 个({number(share, SHARE)})", {x_key: share}
        )

    yield FigureExpectation(
        name=valid_key,
        group="ids",
        severity="critical",
        title=f"“{column.label}”有效的行的比例",
        reason="号码失效(多因按数值保存丢失末位)就无法与其他部门比对",
        observe=valid_share,
        minimum=MIN_VALID_IDS_SHARE,
        advice="请把该列设为文本格式,从原系统重新导出后报送。",
    )
    yield FigureExpectation(
        name=x_key,
        group="ids",
        title=f"“{column.label}”末位为 X 的比例",
        reason="末位约每 11 个出现一个 X;过少或没有说明号码被当作数值处理过,过多说明号码可疑",
        observe=x_share,
        minimum=X_SHARE[0],
        maximum=X_SHARE[1],
        advice="请确认该列从未按数值保存,必要时从原系统重新导出。",
    )


def _contradictions() -> Expectation:
    def observe(metrics: Metrics) -> Observation:
        if not metrics.accepted_count:
            return Observation(None, "没有接收的行")
        share = metrics.contradicting_count / metrics.accepted_count
        text = f"接收的 {metrics.accepted_count} 行中 {metrics.contradicting_count} 行不一致({number(share, SHARE)})"
        return Observation(share, text, {"contradicting_share": share})

    return FigureExpectation(
        name="contradicting_share",
        group="ids",
        title="性别、出生年月或证件与身份证号不一致的行的比例",
        reason="不一致的行过多说明列错位或号码张冠李戴",
        observe=observe,
        maximum=MAX_CONTRADICTING_SHARE,
    )


def _unique_keys(dataset: Dataset) -> Expectation:
    labels = "、".join(dataset[name].label for name in dataset.key)

    def observe(metrics: Metrics) -> Observation:
        return _share(
            metrics.row_count - metrics.counts_by_error.get("duplicate_key", 0),
            metrics.row_count,
            "不冲突",
            {},
            "unique_keys_share",
        )

    return FigureExpectation(
        name="unique_keys_share",
        group="keys",
        severity="critical",
        title=f"“{labels}”不与其他行冲突的行的比例",
        reason="主键相同而内容不同的行无法判断以哪行为准",
        observe=observe,
        minimum=MIN_UNIQUE_KEYS_SHARE,
        advice="请按反馈工作簿核对主键重复的行,只保留正确的一行后重新报送。",
    )
