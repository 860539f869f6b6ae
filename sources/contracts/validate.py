"""Check the contracts against the official JSON schema of the Open Data Contract Standard.

    python -m sources.contracts.validate

The schema is the snapshot that the package ``open-data-contract-standard`` 3.2.0 carries. It is the schema of the
standard's release v3.2.0 but for small differences that the package had when it was built; nothing is downloaded.

Belongs here: whether other tools of the standard can read the contracts.
Does not belong here: what the platform can read, which is less (``odcs``, ``rules``).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sources.contracts.model import CONTRACTS_DIR
from sources.contracts.odcs import load_yaml
from sources.contracts.problem import ContractError, problem_at, shown
from sources.contracts.reader import SUFFIX


@cache
def _validator() -> Any:
    from jsonschema import Draft201909Validator

    return Draft201909Validator(json.loads(files("open_data_contract_standard").joinpath("schema.json").read_bytes()))


def violations(path: Path) -> Iterator[str]:
    """Say where a contract violates the standard, one line each.

    Raises ContractError if it is no YAML or gives a key twice.
    """
    contract = load_yaml(path)
    for error in _validator().iter_errors(contract):
        yield problem_at(contract, error.absolute_path, shown(error.instance), error.message).line(path.name)


def main(directory: Path = CONTRACTS_DIR) -> int:
    """Print every violation; return 1 if there is one, else 0."""
    lines: list[str] = []
    paths = sorted(directory.glob(f"*{SUFFIX}"))
    for path in paths:
        try:
            lines += dict.fromkeys(violations(path))
        except ContractError as error:
            lines.append(str(error))
    print(*lines or [f"{len(paths)} contracts are valid"], sep="\n")
    return 1 if lines or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
