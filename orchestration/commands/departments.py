"""Find the department that a command names."""

from __future__ import annotations

from orchestration.runtime.errors import ShouwangError
from sources.contracts.model import Contracts, Department, load_contracts


def department_named(text: str, contracts: Contracts | None = None) -> Department:
    """Find the department of that name or Chinese label, in the contracts of a home or of the product.

    Raises ShouwangError for an unknown one, naming those that there are.
    """
    contracts = load_contracts() if contracts is None else contracts
    for department in contracts.values():
        if text in (department.name, department.label, department.label.split("(")[0]):
            return department
    known = "、".join(f"{d.name}({d.label.split('(')[0]})" for d in contracts.values())
    raise ShouwangError(f"没有部门“{text}”;可用:{known}")
