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
    written: Codes = yaml.safe_load(CODES.read_text(encoding="utf-8"))
    return written | {
        "department": {name: department.label for name, department in contracts.items()} | catalogues.OTHERS,
        "dataset": {dataset.name: dataset.label for dataset in contracts.datasets} | catalogues.OTHERS,
        "domain": catalogues.DOMAINS,
        "form": catalogues.FORMS,
        "parameter": catalogues.PARAMETERS,
        "risk_kind": catalogues.KINDS,
        "about": catalogues.ABOUT_WHAT,
    }
