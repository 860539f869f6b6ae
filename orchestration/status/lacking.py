"""List the rules that a month does not screen and the indicators that it does not compute, for lack of a table.

Belongs here: dbt's catalogues (``seeds``) against the deliveries in force, before dbt runs and where it fails; equal to
``int_missing_rule_datasets`` and ``int_indicator_availability``, which decide for the marts; the words for it.
Does not belong here: missing parameters, which no delivery mends (``risk_screening``, ``rural_indicators``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from orchestration.dbt.seeds import rows_of
from sources.acceptance.provenance import Inputs
from sources.contracts.model import Dataset
from sources.contracts.schemes import load_scheme
from sources.county.folder import OWN
from sources.months import Month

Kind = Literal["rule", "conflict", "indicator"]
Accepted = Set[tuple[Month, str]]
"""The months and datasets with a delivery in force."""
KINDS: dict[Kind, str] = {"rule": "不筛查的规则", "conflict": "不比对的冲突", "indicator": "不计算或过期的指标"}
"""Kinds in words; of a quarterly or annual table, an indicator keeps an older value, marked as outdated, if any."""
_NOTHING = "没有规则和指标用到本表"
_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
"""Months for which a delivery counts (semantics of the indicators)."""


@dataclass(frozen=True)
class Lack:
    """A risk rule, a comparison of departments or an indicator that a month does without, and the tables it lacks."""

    kind: Kind
    code: str
    name: str
    reason: str

    @property
    def shown(self) -> str:
        """Return the name as people know it: of a rule with its code."""
        return self.name if self.kind == "indicator" else f"{self.code} {self.name}"


def accepted_in(inputs: Inputs) -> Accepted:
    """Keep the months and datasets of which a delivery is in force."""
    return {key for key, one in inputs.items() if any(is_in_force for _, _, is_in_force in one.files)}


def lacks(datasets: Iterable[Dataset], accepted: Accepted, month: Month) -> list[Lack]:
    """List what the month does without for lack of these tables, in the order of the catalogues.

    ``accepted`` reaches back a year or more.
    """
    of = {d.name: d for d in datasets}
    missing = {name: text for name, d in of.items() if (text := _not_counted(d, accepted, month))}
    return [
        *_rules(of, accepted, missing, month),
        *_lacking("conflict", "conflict_rules", "rule_code", missing, month),
        *_lacking("indicator", "indicators", "code", missing, month),
    ]


def consequences(dataset: Dataset, month: Month) -> str:
    """Say what the month does without if this due table has no delivery, and every earlier month had one."""
    before = {(month.shift(-back), dataset.name) for back in range(1, 13) if dataset.is_due(month.shift(-back))}
    found = lacks([dataset], before, month)
    names = {text: [lack.shown for lack in found if lack.kind == kind] for kind, text in KINDS.items()}
    return ";".join(f"{text}({len(of)}):{'、'.join(of)}" for text, of in names.items() if of) or _NOTHING


def _rules(
    datasets: Mapping[str, Dataset], accepted: Accepted, missing: dict[str, str], month: Month
) -> Iterable[Lack]:
    reasons: dict[str, list[str]] = {}
    for need in rows_of("risk_rule_datasets"):
        offsets = range(int(need["earliest_offset"]), int(need["latest_offset"]) + 1)
        months = [month.shift(offset) for offset in offsets]
        if need["dataset"] in datasets and not any((m, need["dataset"]) in accepted for m in months):
            text = f"缺少{datasets[need['dataset']].label}({_span(months[0], months[-1])})"
            reasons.setdefault(need["rule_code"], []).append(text)
    for rule in _valid(rows_of("risk_rules"), month):
        code = rule["rule_code"]
        if found := _without(rule, missing) if code.startswith(OWN) else reasons.get(code):
            yield Lack("rule", code, rule["name_zh"], ";".join(found))


def _valid(rows: Iterable[dict[str, str]], month: Month) -> Iterable[dict[str, str]]:
    """Select the rules that have begun by the month's last day, and have not ended."""
    day = month.last_day.isoformat()
    return (row for row in rows if row.get("valid_from", "") <= day and (row.get("valid_to") or "9") > day)


def _of_absent_categories(month: Month) -> set[str]:
    """Name the indicators that count a category of monitored households which the month has not."""
    roles = load_scheme().roles(month)
    return {row["indicator_code"] for row in rows_of("indicator_roles") if row["role"] not in roles}


def _lacking(kind: Kind, catalogue: str, code: str, missing: dict[str, str], month: Month) -> Iterable[Lack]:
    absent = _of_absent_categories(month)
    for row in _valid(rows_of(catalogue), month):
        if row[code] in absent:
            continue
        if found := _without(row, missing):
            yield Lack(kind, row[code], row["name_zh"], ";".join(found))


def _without(row: dict[str, str], missing: dict[str, str]) -> list[str]:
    return [missing[name] for name in row["datasets"].split(",") if name in missing]


def _not_counted(dataset: Dataset, accepted: Accepted, month: Month) -> str:
    """Say which delivery of a dataset is missing for the month; empty if one counts, perhaps of an earlier month."""
    oldest = month.shift(1 - _MONTHS[dataset.cadence])
    newest = max((m for m, name in accepted if name == dataset.name and m <= month), default=None)
    if newest and newest >= oldest:
        return ""
    wanted = _span(oldest, month)
    if newest is None or dataset.cadence == "monthly":
        return f"缺少{dataset.label}({wanted})"
    return f"{dataset.label}({newest})已过期,应有{wanted}的数据"


def _span(first: Month, last: Month) -> str:
    return str(last) if first == last else f"{first}至{last}"
