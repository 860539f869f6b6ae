"""Expectations about one delivery taken by itself: files, completeness, resident ids, keys.

Belongs here: what holds for every table and follows from its contract.
Does not belong here: comparison with earlier months (``drift``), what only one table means (``suites``).
Thresholds are those of the gate's minimum (semantics §4) unless a reason says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expectations.expectation import SHARE, Expectation, FigureExpectation, Observation, number
from expectations.metrics import Metrics
from sources.contracts.model import Column, Dataset

FEW_ROWS = 50
"""Below this many delivered rows one bad row is allowed: a share of few rows says little."""
MIN_ADMISSIBLE_SHARE = 0.95
MIN_VALID_IDS_SHARE = 0.98
MIN_UNIQUE_KEYS_SHARE = 0.98
MAX_EMPTIED_SHARE = 0.05
MAX_DUPLICATE_SHARE = 0.05
MAX_CONTRADICTING_SHARE = 0.02
MIN_IDS_FOR_X_SHARE = 500
X_SHARE = (0.05, 0.14)
"""The check digit X stands for the remainder 10 of 11: one id in eleven, 9.1 %."""


def admissibility(dataset: Dataset) -> Iterator[Expectation]:
    """The expectations of a dataset about a delivery by itself."""
    yield from _files()
    yield from _headers()
    if not dataset.may_be_empty:
        yield _rows_present()
    yield _accepted_share()
    yield from _sloppiness(dataset)
    for column in dataset.id_columns:
        yield from _ids(column)
    if any(c.kind == "certificate" or c.name in ("sex", "birth_month") for c in dataset.columns):
        yield _contradictions()
    yield _unique_keys(dataset)


def _share(good: int, rows: int, noun: str, metrics: Mapping[str, float], key: str) -> Observation:
    """A share of the delivered rows; below FEW_ROWS rows a single bad one is let through."""
    if not rows:
        return Observation(None, "没有数据行", metrics)
    share = good / rows
    text = f"{rows} 行中 {good} 行{noun}({number(share, SHARE)})"
    metrics = {**metrics, key: share}
    if rows < FEW_ROWS and rows - good <= 1:
        return Observation(None, f"{text};不足 {FEW_ROWS} 行,允许 1 行有误", metrics)
    return Observation(share, text, metrics)


def _small_share(facts: Metrics, counted: int, noun: str, key: str) -> Observation:
    """A share of the delivered rows that is judged from FEW_ROWS rows on."""
    if facts.rows < FEW_ROWS:
        return Observation(None, f"共 {facts.rows} 行,少于 {FEW_ROWS} 行,不作判断")
    share = counted / facts.rows
    return Observation(share, f"{facts.rows} 行中 {counted} 行{noun}({number(share, SHARE)})", {key: share})


def _count(key: str, counted: int, unit: str) -> Observation:
    return Observation(counted, number(counted, unit), {key: counted})


def _files() -> Iterator[Expectation]:
    def usable(facts: Metrics) -> Observation:
        if not facts.profile.refusals:
            return Observation(None, "没有被拒读的文件")
        return Observation(facts.admissible, f"{len(facts.profile.refusals)} 个文件被拒读,可用 {facts.admissible} 行")

    yield FigureExpectation(
        name="usable_rows",
        group="structure",
        severity="critical",
        title="有文件被拒读时,其余文件的可用行数",
        reason="全部文件都读不出来的报送不能当作空表接收",
        observe=usable,
        minimum=1,
        unit="行",
        advice="请按反馈中的拒读原因(缺少必填列、单位不符、文件损坏等)更正后重新报送。",
    )
    yield FigureExpectation(
        name="refused_files",
        group="structure",
        title="被拒读的文件",
        reason="被拒读文件中的行全部按不合格计",
        observe=lambda f: _count("refused_files", len(f.profile.refusals), "个"),
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
        observe=lambda f: _count("unknown_headers", len(f.profile.unknown_headers), "个"),
        maximum=0,
        unit="个",
        advice="请按规定表式报送;新增或改名的列请先告知数据管理员登记。",
    )
    yield FigureExpectation(
        name="unit_differences",
        group="structure",
        title="标题中的单位与规定单位不一致之处",
        reason="只写在标题里的单位不作换算,万元与元容易混淆",
        observe=lambda f: _count("unit_differences", len(f.profile.unit_warnings), "处"),
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
        observe=lambda f: _count("rows_present", min(f.rows, f.profile.candidate.rows), "行"),
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
        advice="请按反馈工作簿逐行更正后重新报送。",
    )


def _sloppiness(dataset: Dataset) -> Iterator[Expectation]:
    yield FigureExpectation(
        name="duplicate_share",
        group="completeness",
        title="完全重复的行的比例",
        reason="大量重复通常是同一份表粘贴了两遍",
        observe=lambda f: _small_share(f, f.states.get("duplicate", 0), "重复", "duplicate_share"),
        maximum=MAX_DUPLICATE_SHARE,
        advice="请删除重复粘贴的行,下次报送前更正。",
    )
    if any(not c.required for c in dataset.columns):
        yield FigureExpectation(
            name="emptied_share",
            group="completeness",
            title="选填项填错而被清空的行的比例",
            reason="填错的选填项不会进入比对",
            observe=lambda f: _small_share(f, f.emptied, "有选填项被清空", "emptied_share"),
            maximum=MAX_EMPTIED_SHARE,
            advice="请按反馈工作簿核对,下次报送前更正。",
        )


def _admissible_share(facts: Metrics) -> Observation:
    counts = {"rows": facts.rows, "rows_accepted": facts.accepted}
    return _share(facts.admissible, facts.rows, "合格或重复", counts, "accepted_share")


def _ids(column: Column) -> Iterator[Expectation]:
    prefix = column.name.removesuffix("resident_id")
    valid_key, x_key = f"{prefix}valid_ids_share", f"{prefix}x_share"

    def valid(facts: Metrics) -> Observation:
        return _share(facts.ids(column.name).valid, facts.rows, "有效", {}, valid_key)

    def ending_in_x(facts: Metrics) -> Observation:
        ids = facts.ids(column.name)
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
        observe=valid,
        minimum=MIN_VALID_IDS_SHARE,
        advice="请把该列设为文本格式,从原系统重新导出后报送。",
    )
    yield FigureExpectation(
        name=x_key,
        group="ids",
        title=f"“{column.label}”末位为 X 的比例",
        reason="末位约每 11 个出现一个 X;过少或没有说明号码被当作数值处理过,过多说明号码可疑",
        observe=ending_in_x,
        minimum=X_SHARE[0],
        maximum=X_SHARE[1],
        advice="请确认该列从未按数值保存,必要时从原系统重新导出。",
    )


def _contradictions() -> Expectation:
    def observe(facts: Metrics) -> Observation:
        if not facts.accepted:
            return Observation(None, "没有接收的行")
        share = facts.contradicting / facts.accepted
        text = f"接收的 {facts.accepted} 行中 {facts.contradicting} 行不一致({number(share, SHARE)})"
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

    def observe(facts: Metrics) -> Observation:
        return _share(facts.rows - facts.errors.get("duplicate_key", 0), facts.rows, "不冲突", {}, "unique_keys_share")

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
