"""Read the folder of a county and check it; every problem is named at once, in Chinese.

Belongs here: ``county.toml``, what rows of a file say together, unknown names.
Does not belong here: columns and cells of files (``columns``), what follows for divisions (``divisions``) and dbt
(``catalogues``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from sources.contracts.model import LAST_DUE_DAY
from sources.county.columns import (
    DIVISIONS,
    INDICATORS,
    PARAMETERS,
    RULES,
    TARGETS,
    WORKING_DAYS,
    Row,
    Table,
    read_rows,
)
from sources.county.selects import read_selects
from sources.refusal import RefusedError

FOLDER = "county"
"""Name of the folder in the data home."""
SETTINGS = "county.toml"
PRODUCT = Path(__file__).parent / "product"
"""Rows for the whole country and for provinces."""
DEFAULT = Path(__file__).parent / "default"
"""The folder of a county that a home without a folder serves."""
UNITS = {"working days": "个工作日", "months": "个月", "km²": "平方公里", "persons or households": "人或户"}
"""Units of the product's rows that an office writes in Chinese."""
_FILES = (PARAMETERS, TARGETS, DIVISIONS, WORKING_DAYS, INDICATORS, RULES)
OWN = "local."
"""Codes of a county's own indicators and rules begin so."""
_OWN_CODE = re.compile(re.escape(OWN) + r"[a-z][a-z0-9_]{0,39}")
_CHOICES = {
    INDICATORS: {
        "form": ("count", "sum", "mean", "ratio"),
        "levels": ("D", "DT", "DTV"),
        "better": ("higher", "lower", "neutral"),
        "about": ("persons", "overlapping", "things"),
        "decimals": ("0", "1", "2", "3", "4"),
    },
    RULES: {
        "kind": ("income", "shock", "livelihood", "security"),
        "households": ("all", "registered or monitored"),
        "about": ("persons", "household"),
        "form": ("count", "sum", "max", "min"),
    },
}
"""Columns of own indicators and rules that take one of a few values."""
_THRESHOLD = re.compile(r"(>=|>|<=|<) -?\d{1,14}(\.\d{1,4})?")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_FIGURES = ("{measure}", "{threshold}")
"""What a sentence of an own rule may hold in braces."""
_KEYS = ("code", "name", "words", "due_days", "departments")
_CODE = re.compile(r"\d{6}")
_NAME = re.compile(r"[\w()()、·][\w()()、· ]{0,39}")
_MOST_SHOWN = 12


class CountyError(RefusedError):
    """A folder that cannot be used: one line per problem, which names file, line and column, and what is allowed."""

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        """Name the folder and its problems."""
        shown = [*problems[:_MOST_SHOWN], *([f"…共 {len(problems)} 处"] if len(problems) > _MOST_SHOWN else [])]
        super().__init__(f"区县配置 {folder} 不能使用:" + "".join(f"\n- {line}" for line in shown))
        self.folder = folder


@dataclass(frozen=True)
class County:
    """What a folder says, checked as far as no list of divisions is needed; rows are text by column."""

    folder: Path
    code: str
    name: str | None = None
    parameters: tuple[Row, ...] = ()
    targets: tuple[Row, ...] = ()
    divisions: tuple[Row, ...] = ()
    """Corrections of the national list."""
    working_days: tuple[Row, ...] = ()
    indicators: tuple[Row, ...] = ()
    """Indicators of its own."""
    rules: tuple[Row, ...] = ()
    """Risk rules of its own."""
    selects: Mapping[str, str] = field(default_factory=dict)
    """By the code of an own indicator or rule, the SQL that says what it counts (``indicators``, ``rules``)."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What a word of the county says in every list: 县级 is 区级."""
    due_days: Mapping[str, int] = field(default_factory=dict)
    """By department, the day of the following month by which it delivers, where that is another one here."""
    departments: Mapping[str, str] = field(default_factory=dict)
    """By department, what it is called here."""

    @property
    def is_default(self) -> bool:
        """Return True if the home has no folder of its own."""
        return self.folder == DEFAULT


def county_folder(home: Path) -> Path:
    """Return the folder of a home's county: its own if it has one, else the product's default."""
    own = home / FOLDER
    return own if own.exists() else DEFAULT


def county_of(home: Path) -> County:
    """Return the county that a data home serves. Raises CountyError if its folder is wrong."""
    return read_county(county_folder(home))


def read_county(folder: Path) -> County:
    """Read the folder of a county. Raises CountyError that names every problem."""
    problems: list[str] = []
    raw = _settings(folder, problems)
    problems += _settings_problems(raw)
    code = str(raw.get("code", ""))
    files = {table: read_rows(folder, table, problems) for table in _FILES}
    selects = read_selects(folder, {table: files[table] for table in _CHOICES}, problems)
    if _CODE.fullmatch(code):
        files |= {table: _own(files[table], code) for table in (PARAMETERS, TARGETS)}
        files[PARAMETERS] = tuple(
            {**row, "last_verified": row["last_verified"] or row["valid_from"]} for row in files[PARAMETERS]
        )
        problems += _of_another_county(files, code)
    problems += _unknown_parameters(files[PARAMETERS])
    problems += _overlaps(PARAMETERS, "parameter", files[PARAMETERS])
    problems += _overlaps(TARGETS, "indicator_code", files[TARGETS])
    problems += _twice(WORKING_DAYS, ("day",), files[WORKING_DAYS])
    problems += _twice(DIVISIONS, ("vintage_cutoff", "village_code"), files[DIVISIONS])
    for table in _CHOICES:
        problems += _own_problems(table, files[table])
    problems += _indicator_problems(files[INDICATORS])
    problems += _rule_problems(files[RULES])
    problems += _both(files)
    if problems:
        raise CountyError(folder, problems)
    county = County(folder, code, raw.get("name"), files[PARAMETERS], files[TARGETS])
    words, due_days, departments = (dict(raw.get(name, {})) for name in _SECTIONS)
    return replace(
        county, divisions=files[DIVISIONS], working_days=files[WORKING_DAYS], indicators=files[INDICATORS],
        rules=files[RULES], selects=selects, words=words, due_days=due_days, departments=departments,
    )  # fmt: skip


@cache
def product_rows(table: Table) -> tuple[Row, ...]:
    """Return the rows that come with the product. Raises CountyError if they are wrong."""
    problems: list[str] = []
    rows = read_rows(PRODUCT, table, problems)
    if problems:
        raise CountyError(PRODUCT, problems)
    return rows


def rows_of(county: County, table: Table) -> tuple[Row, ...]:
    """Return the product's rows of ``PARAMETERS`` or ``TARGETS`` and the county's own, as text by column."""
    own = county.parameters if table is PARAMETERS else county.targets
    return tuple({name: row[name] for name in table.columns} for row in (*product_rows(table), *own))


@cache
def known_parameters() -> Mapping[str, frozenset[str]]:
    """Map the names of parameters to their units, in English and Chinese."""
    units: dict[str, set[str]] = {}
    for row in (*product_rows(PARAMETERS), *read_rows(DEFAULT, PARAMETERS, [])):
        units.setdefault(row["parameter"], set()).update((row["unit"], UNITS.get(row["unit"], row["unit"])))
    return {name: frozenset(of_name) for name, of_name in units.items()}


def _settings(folder: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / SETTINGS).read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f'缺少 {SETTINGS},至少写一行 code = "6位代码"(shouwang init 代码 会写好)')
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        where = f"({error})" if isinstance(error, tomllib.TOMLDecodeError) else ""
        problems.append(f"{SETTINGS}:无法读取,应为 UTF-8 编码的 TOML 文件{where}")
    return {"code": "000000"}


def _settings_problems(raw: Mapping[str, Any]) -> Iterator[str]:
    for key in raw:
        if key not in _KEYS:
            yield f"{SETTINGS}:没有名为 {key} 的设置项;可用:{'、'.join(_KEYS)}"
    if not isinstance(raw.get("code"), str) or not _CODE.fullmatch(raw["code"]):
        yield f'{SETTINGS}:code 应为加引号的 6 位区划代码,例如 "441823"'
    if "name" in raw and not (isinstance(raw["name"], str) and raw["name"].strip()):
        yield f"{SETTINGS}:name 应为加引号的名称"
    for name, (is_value, form) in _SECTIONS.items():
        section = raw.get(name, {})
        if not isinstance(section, dict):
            yield f"{SETTINGS}:[{name}] 应为一节,之下{form}"
            continue
        for key, value in section.items():
            if not is_value(value):
                yield f"{SETTINGS} [{name}] {key}:“{str(value)[:40]}”不能用;{form}"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return type(value) is int and 1 <= value <= LAST_DUE_DAY


_SECTIONS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "words": (
        lambda value: isinstance(value, str) and bool(value.strip()),
        '应写作 "县级" = "区级",左边是本区县的说法,右边是选项中的值',
    ),
    "due_days": (_is_day, f"应写作 health = 8,即次月几日前报送,1 至 {LAST_DUE_DAY} 的整数(每个月都有这一天)"),
    "departments": (_is_name, '应写作 health = "卫生健康局",名称 1 至 40 个字,不含引号、斜杠等符号'),
}
"""The sections of the settings: which values they take, and how they are written."""


def _own(rows: tuple[Row, ...], code: str) -> tuple[Row, ...]:
    """Give rows without a prefix that of the county: its own file says nothing of others."""
    return tuple({**row, "division_prefix": row["division_prefix"] or code} for row in rows)


def _of_another_county(files: Mapping[Table, Sequence[Row]], code: str) -> Iterator[str]:
    for table, column in ((PARAMETERS, "division_prefix"), (TARGETS, "division_prefix"), (DIVISIONS, "village_code")):
        for row in files[table]:
            if not row[column].startswith(code):
                yield f"{_place(table, row)} {column}:“{row[column]}”不属于本区县 {code},这一行是别处的"


def _unknown_parameters(rows: Iterable[Row]) -> Iterator[str]:
    known = known_parameters()
    for row in rows:
        name, place = row["parameter"], _place(PARAMETERS, row)
        if name not in known:
            yield f"{place} parameter:没有参数“{name}”;可用:{'、'.join(sorted(known))}"
        elif row["unit"] not in known[name]:
            yield f"{place} unit:{name} 的单位应为 {' 或 '.join(sorted(known[name]))},不是“{row['unit']}”"


def _overlaps(table: Table, key: str, rows: Iterable[Row]) -> Iterator[str]:
    """Name rows of one key and place whose validity overlaps, or ends before it begins."""
    former: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row["valid_from"]):
        if row["valid_to"] and row["valid_to"] <= row["valid_from"]:
            yield f"{_place(table, row)} valid_to:{row['valid_to']} 不晚于 valid_from {row['valid_from']}"
        before = former.get((row[key], row["division_prefix"]))
        if before and (not before["valid_to"] or before["valid_to"] > row["valid_from"]):
            yield (
                f"{_place(table, row)}:{row[key]} 与第 {before['line']} 行的有效期重叠;"
                f"请把第 {before['line']} 行的 valid_to 写作 {row['valid_from']}"
            )
        former[row[key], row["division_prefix"]] = row


def _twice(table: Table, key: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        if (found := tuple(row[name] for name in key)) in seen:
            yield f"{_place(table, row)}:{' '.join(found)} 已在第 {seen[found]} 行"
        seen[found] = row["line"]


def _own_problems(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    """Name what is wrong with codes, names and choices of own indicators or rules."""
    yield from _twice(table, ("code",), rows)
    yield from _twice(table, ("name_zh",), rows)
    for row in rows:
        place = _place(table, row)
        if not _OWN_CODE.fullmatch(row["code"]):
            yield (
                f"{place} code:“{row['code'][:40]}”应以 {OWN} 开头,之后为小写字母、数字和下划线,"
                "例如 local.wells_tested;其他编码留给程序自带的指标和规则"
            )
        for name, choices in _CHOICES[table].items():
            if row[name] not in choices:
                yield f"{place} {name}:“{row[name][:40]}”应为 {'、'.join(choices)} 之一"


def _indicator_problems(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["form"] in ("mean", "ratio") and not row["denominator"]:
            yield f"{_place(INDICATORS, row)} denominator:{row['form']} 是分子除以分母,请说明分母是什么"


def _rule_problems(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        place = _place(RULES, row)
        if not _THRESHOLD.fullmatch(row["threshold"]):
            yield f"{place} threshold:“{row['threshold'][:40]}”应写作 >= 1,即 >=、>、<=、< 之一、空格和数字"
        if row["form"] == "count" and row["about"] != "persons":
            yield f"{place} form:count 是不同的人数,只用于 about 为 persons 的规则;按户的规则用 sum、max 或 min"
        if unknown := [mark for mark in _BRACES.findall(row["sentence"]) if mark not in _FIGURES]:
            yield f"{place} sentence:大括号中只能写 {' 和 '.join(_FIGURES)},不能写 {'、'.join(unknown)}"
        if row["valid_to"] and row["valid_to"] <= row["valid_from"]:
            yield f"{place} valid_to:{row['valid_to']} 不晚于 valid_from {row['valid_from']}"


def _both(files: Mapping[Table, Sequence[Row]]) -> Iterator[str]:
    """Name rules with the code of an indicator: the file of SQL could be that of either."""
    indicators = {row["code"]: row["line"] for row in files[INDICATORS]}
    for row in files[RULES]:
        if line := indicators.get(row["code"]):
            yield f"{_place(RULES, row)} code:{row['code']} 已是 {INDICATORS.file} 第 {line} 行的编码,请另取一个"


def _place(table: Table, row: Row) -> str:
    return f"{table.file} 第 {row['line']} 行"
