"""The Chinese words of codes, by kind of code.

Belongs here: collecting them. Does not belong here: where they are shown.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from orchestration.dictionary import catalogues
from sources.contracts.model import Contracts

CODES = Path(__file__).with_name("codes.yml")
Codes = dict[str, dict[str, str]]


def codes(contracts: Contracts) -> Codes:
    """Map each kind of code to its words by code, in the order in which people sort them."""
    written: Codes = yaml.load(CODES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    datasets = {dataset.name: dataset.label for dataset in contracts.datasets}
    categories = {row["code"]: row["name_zh"] for row in catalogues.seed("category_schemes")}
    return written | {
        "department": {name: department.label for name, department in contracts.items()} | catalogues.OTHERS,
        "dataset": datasets | catalogues.OTHERS,
        "notice_subject": datasets | categories | catalogues.PARAMETERS,
        "breakdown_member": written["fund_level"] | written["low_income_layer"] | written["project_stage"],
        "domain": catalogues.DOMAINS,
        "form": catalogues.FORMS,
        "parameter": catalogues.PARAMETERS,
        "risk_kind": catalogues.KINDS,
        "about": catalogues.ABOUT_WHAT,
        "category_role": catalogues.ROLES,
        "benchmark_kind": catalogues.BENCHMARKS,
        **_texts(),
    }


def _texts() -> Codes:
    """Map what catalogues say of a rule, an indicator or a parameter, by its code or its key."""
    risks, conflicts = catalogues.seed("risk_rules"), catalogues.seed("conflict_rules")
    indicators, parameters = catalogues.seed("indicators"), catalogues.seed("policy_parameters")
    benchmarks, categories = catalogues.seed("indicator_benchmarks"), catalogues.seed("category_schemes")
    said = catalogues.in_words
    definitions = {rule["rule_code"]: said(rule["definition"]) for rule in conflicts}
    return {
        "rule_measure": {rule["rule_code"]: said(rule["measure"]) for rule in risks} | definitions,
        "rule_threshold": {rule["rule_code"]: said(rule["threshold"]) for rule in risks},
        "numerator": {row["code"]: said(row["numerator"]) for row in indicators},
        "denominator": {row["code"]: said(row["denominator"]) for row in indicators},
        "parameter_unit": {catalogues.key_of("policy_parameters", row): row["unit"] for row in parameters},
        "benchmark_source": {catalogues.key_of("indicator_benchmarks", row): row["source"] for row in benchmarks},
        "category_source": {catalogues.key_of("category_schemes", row): row["source"] for row in categories},
        "parameter_source": {catalogues.key_of("policy_parameters", row): row["source"] for row in parameters},
    }
