"""The check against the standard's own schema fires, and says where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sources.contracts.model import CONTRACTS_DIR
from sources.contracts.validate import main, violations
from tests.paths import ROOT

FILE = "health.odcs.yaml"
TEXT = (CONTRACTS_DIR / FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("classification:", "clasification:", ["table medical_settlements, column settlement_no", "'clasification'"]),
        ("synonyms:", "synonims:", ["table medical_settlements, column person_name", "'synonims'"]),
        ("required: true", "required: yes please", ["column settlement_no, field required: found 'yes please'"]),
        ("logicalType: object", "logicalTypes: object", ["table medical_settlements", "'logicalTypes'"]),
        ("status: active", "state: active", ["the whole file", "'state'"]),
        ("kind: DataContract", "kind: [", ["while parsing"]),
    ],
)
def test_a_contract_that_violates_the_standard_is_named(
    old: str, new: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE).write_text(TEXT.replace(old, new, 1), "utf-8")
    assert main(tmp_path) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{FILE}: ")
    assert all(word in said for word in words), said


def test_a_sound_contract_violates_nothing() -> None:
    assert list(violations(CONTRACTS_DIR / FILE)) == []


def test_no_contract_is_no_success(tmp_path: Path) -> None:
    assert main(tmp_path) == 1


def test_the_contracts_are_valid_as_lint_checks_them() -> None:
    command = [sys.executable, "-m", "sources.contracts.validate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ})
    assert (done.returncode, done.stdout) == (0, "4 contracts are valid\n"), done.stderr
