"""The catalogues: risk rules, reconciliation rules, indicators, dated parameters and targets.

Belongs here: putting the seeds into words and joining what belongs together.
Does not belong here: the catalogues (``dbt_project/seeds``), how a rule or figure is computed (dbt).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from orchestration.dbt.seeds import rows_of
from orchestration.dictionary.chapter import Chapter, Entry, lines
from sources.contracts.model import Contracts
from sources.county.indicators import DOMAIN

WORDS = Path(__file__).with_name("words.csv")
"""The Chinese of texts in catalogues: catalogue, key of the row, column, text."""
_KEYS = {
    "risk_rules": ("rule_code",),
    "indicators": ("code",),
    "policy_parameters": ("parameter", "division_prefix", "valid_from"),
    "category_schemes": ("code", "valid_from"),
    "indicator_benchmarks": ("indicator_code", "scope", "valid_from"),
}
Seed = tuple[dict[str, str], ...]

KINDS = {"income": "收入", "shock": "变故", "livelihood": "生计", "security": "保障"}
_HOUSEHOLDS = {"all": "全部农户", "registered or monitored": "脱贫户和监测对象"}
ABOUT_WHAT = {
    "person": "人", "household": "户", "asset": "资产", "village": "村", "project": "项目", "fund": "资金",
    "chain": "项目或资产", "persons": "人", "overlapping": "互有重叠的人", "things": "事物",
}  # fmt: skip
BENCHMARKS = {"actual": "实际", "aim": "目标"}
ROLES = {"registered": "脱贫户", "ordinary": "一般农户", "sudden": "突发困难", "other": "其他"}
"""Whom a category is for."""
_LEVELS = {"D": "区", "T": "镇街", "V": "村居"}
FORMS = {"count": "计数", "sum": "合计", "mean": "均值", "ratio": "比率"}
DOMAINS = {
    "monitoring": "防返贫监测", "employment": "就业", "industry": "产业", "consumption": "消费帮扶",
    "funds": "专项资金", "assets": "项目资产", "cadres": "驻村干部",
    "construction": "乡村建设", "governance": "基层治理", "projects": "项目库", "burden": "报表负担",
    "low_income": "低收入人口", DOMAIN: "本区县自有",
}  # fmt: skip
PARAMETERS = {row["parameter"]: row["name_zh"] for row in rows_of("parameters")}
_SIGNS = {">= ": "达到 ", "<= ": "不超过 ", "> ": "超过 ", "< ": "低于 "}
_BENCHMARKS = "全省和全国公布的数字;性质为实际的与本区指标并列。"
_CATEGORIES = "每月用月末有效的类别;停用的词归入上级类别。"
_BASIS = ("source", "last_verified")
OTHERS = {"all person datasets": "所有含人员的数据表", "the later delivery's department": "后报送的部门"}


@cache
def seed(name: str) -> Seed:
    """Read a catalogue of the dbt project in Chinese, with a dictionary per row.

    Marts show the texts of some catalogues as they are; their Chinese is in ``words.csv``.
    """
    chinese: dict[str, dict[str, str]] = defaultdict(dict)
    for word in words():
        if word["catalogue"] == name:
            chinese[word["key"]][word["column"]] = word["text"]
    return tuple(row | chinese[key_of(name, row)] for row in rows_of(name))


def key_of(catalogue: str, row: Mapping[str, str]) -> str:
    """Return the key of a row of a catalogue, as ``words.csv`` writes it."""
    return "/".join(row[key] for key in _KEYS.get(catalogue, ()))


def words() -> Seed:
    """Read the Chinese of texts in catalogues."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def figures(contracts: Contracts) -> Chapter:
    """Describe the rules and indicators with the tables and parameters that they need."""
    about = "风险规则产生待核实的线索,对账规则找出部门之间互相矛盾的记录,指标是全区报告和看板的数字。"
    heads = ("编码", "名称", "分类", "口径", "标准", "单位", "范围", "所需数据表", "所需参数", "责任部门")
    entries = (
        Entry("risk_rules", "风险规则", "达到标准即标记;标记是待核实的线索,不是结论。", (), tuple(_risk(contracts))),
        Entry("conflict_rules", "对账规则", "每条冲突由责任部门答复。", (), tuple(_conflicts(contracts))),
        Entry("indicators", "指标", "标准一栏为现行目标值。", (), tuple(_indicators(contracts))),
    )
    return Chapter("规则与指标", about, (), heads, entries)


def parameters() -> Chapter:
    """Describe the dated parameters and targets with their sources."""
    about = "带有效期的参数和目标。每月取月末有效、区划前缀最长的一行;规则只引用参数,不写数字。"
    heads = ("名称", "代码", "适用区划", "生效日期", "失效日期", "值", "单位", "依据", "最近核对")
    names = {i["code"]: (i["name_zh"], i["unit"]) for i in seed("indicators")}
    values = tuple(
        (PARAMETERS[p["parameter"]], p["parameter"], *_validity(p), *(p[k] for k in ("value", "unit", *_BASIS)))
        for p in seed("policy_parameters")
    )
    targets = tuple(
        (name, t["indicator_code"], *_validity(t), t["target"], unit, t["source"], "")
        for t in seed("indicator_targets")
        for name, unit in [names[t["indicator_code"]]]
    )
    entries = (
        Entry("policy_parameters", "政策参数", "", (), values),
        Entry("indicator_targets", "指标目标", "", (), targets),
        Entry("indicator_benchmarks", "对标值", _BENCHMARKS, (), tuple(_benchmarks())),
        Entry("category_schemes", "监测对象类别", _CATEGORIES, (), tuple(_categories())),
    )
    return Chapter("参数", about, (), heads, entries)


def _benchmarks() -> Iterator[tuple[str, ...]]:
    """List what is published of the province and of the country."""
    known = {row["code"]: row for row in seed("indicators")}
    for row in seed("indicator_benchmarks"):
        about = known.get(row["indicator_code"], {})
        name = f"{about.get('name_zh', row['indicator_code'])}({row['scope']}{BENCHMARKS[row['kind']]})"
        value = f"{row['comparison']}{row['value']}" if row["value"] else "尚未查到"
        yield name, row["indicator_code"], *_validity(row), value, about.get("unit", ""), row["source"], ""


def _categories() -> Iterator[tuple[str, ...]]:
    """List the categories of monitored households, with their role in place of a value."""
    for row in seed("category_schemes"):
        until = row["valid_to"] or "现行"
        words = "、".join([row["name_zh"], *filter(None, row["synonyms"].split("|"))])
        yield words, row["code"], "全部", row["valid_from"], until, ROLES[row["role"]], "", row["source"], ""


def _validity(row: dict[str, str]) -> tuple[str, str, str]:
    return row["division_prefix"] or "全部", row["valid_from"], row["valid_to"] or "现行"


def _risk(contracts: Contracts) -> Iterator[tuple[str, ...]]:
    for rule in seed("risk_rules"):
        yield (
            rule["rule_code"],
            rule["name_zh"],
            KINDS[rule["kind"]],
            rule["measure"],
            in_words(rule["threshold"]),
            rule["unit"],
            _HOUSEHOLDS[rule["households"]] + _begins(rule),
            _needs(contracts, rule),
            _parameters("risk_rule_parameters", "rule_code", rule["rule_code"]),
            contracts[rule["department"]].label,
        )


def _begins(rule: dict[str, str]) -> str:
    """Say from which day a rule is valid, and until which, if it is not always."""
    begins = f"({rule['valid_from']}起)" if rule["valid_from"] else ""
    return begins + (f"({rule['valid_to']}停用)" if rule.get("valid_to") else "")


def _needs(contracts: Contracts, rule: dict[str, str]) -> str:
    """List the tables of a risk rule, with the earlier months that it looks back on."""
    needed = [(r["dataset"], int(r["earliest_offset"]), int(r["latest_offset"])) for r in seed("risk_rule_datasets")
              if r["rule_code"] == rule["rule_code"]]  # fmt: skip
    needed = needed or [(name, 0, 0) for name in rule["datasets"].split(",")]
    return "、".join(f"{contracts.dataset(name).label}{_period(first, last)}" for name, first, last in needed)


def _period(first: int, last: int) -> str:
    if first == last:
        return "" if first == 0 else "(上月)" if first == -1 else f"(前第 {-first} 个月)"
    return f"(前 {-first} 个月中至少一个月)"


def _conflicts(contracts: Contracts) -> Iterator[tuple[str, ...]]:
    for rule in seed("conflict_rules"):
        answers = rule["answers"]
        yield (
            rule["rule_code"],
            rule["name_zh"],
            "对账",
            in_words(rule["definition"]),
            "",
            "",
            ABOUT_WHAT[rule["about"]] + _begins(rule),
            _tables(contracts, rule["datasets"]),
            _parameters("conflict_rule_parameters", "rule_code", rule["rule_code"]),
            OTHERS.get(answers) or contracts[answers].label,
        )


def _indicators(contracts: Contracts) -> Iterator[tuple[str, ...]]:
    targets = {t["indicator_code"]: t["target"] for t in seed("indicator_targets") if not t["valid_to"]}
    for row in seed("indicators"):
        departments = dict.fromkeys(
            contracts[contracts.dataset(d).department].label for d in row["datasets"].split(",")
        )
        label = "分母" if row["form"] in ("mean", "ratio") else "筛查范围"
        yield (
            row["code"],
            row["name_zh"],
            f"{DOMAINS[row['domain']]}、{FORMS[row['form']]}",
            lines(in_words(row["numerator"]), row["denominator"] and f"{label}:{in_words(row['denominator'])}"),
            targets.get(row["code"], ""),
            row["unit"],
            "、".join(_LEVELS[level] for level in row["levels"]),
            _tables(contracts, row["datasets"]),
            _parameters("indicator_parameters", "indicator_code", row["code"]),
            "、".join(departments),
        )


def _tables(contracts: Contracts, names: str) -> str:
    return OTHERS.get(names) or "、".join(contracts.dataset(name).label for name in names.split(","))


def _parameters(catalogue: str, key: str, code: str) -> str:
    return "、".join(PARAMETERS[row["parameter"]] for row in seed(catalogue) if row[key] == code)


def in_words(text: str) -> str:
    """Replace the names of parameters by their labels, and signs of comparison by words."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    for name in sorted(PARAMETERS, key=len, reverse=True):
        text = text.replace(name, f"“{PARAMETERS[name]}”")
    return text
