"""No identity outside the restricted zones, wherever people write one.

Belongs here: seeding known identities everywhere and searching every byte that is kept outside.
Does not belong here: how each of them is hidden (``test_identity``, ``test_accept``).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sources.contracts.model import Dataset
from sources.profiling.profile import DeliveryProfile, Verdict
from tests.unit.sources.builder import (
    CONTRACTS,
    MONTH,
    Desk,
    csv_file,
    lenient,
    resident_id,
    row,
    table,
    xlsx_file,
    zip_file,
)

NAMES = ["欧阳秘密", "司马隐私", "诸葛匿名"]
IDS = [resident_id(i, "19701224") for i in (901, 903, 905)]
CODES = ["HJ-SECRET-1", "HJ-SECRET-2", "HJ-SECRET-3"]
PHONE, ACCOUNT, ADDRESS = "13912345678", "6217001234567890123", "隐秘路八十八号院"
NEEDLES = [*NAMES, *IDS, *(i + "43" for i in IDS), *CODES, PHONE, ACCOUNT, ADDRESS]
SALT = ["", "(电话" + PHONE + ")", "卡号" + ACCOUNT]


def _row(dataset: Dataset, i: int) -> dict[str, Any]:
    """A row whose identities are known, and written into its free texts as well."""
    cells: dict[str, Any] = {}
    for column in dataset.columns:
        match column.kind, column.semantic:
            case "resident_id", _:
                cells[column.name] = IDS[i]
            case "certificate", _:
                cells[column.name] = IDS[i] + "43"
            case _, "person_name":
                cells[column.name] = NAMES[i]
            case _, "household_code":
                cells[column.name] = CODES[i]
            case "text", _ if column.is_identity:
                cells[column.name] = ADDRESS
            case "text", _ if column.name in dataset.key:
                cells[column.name] = f"NO{i}{IDS[i]}"
            case "text", _:
                own = [NAMES[i], CODES[i], ADDRESS] if any(c.is_identity for c in dataset.columns) else []
                cells[column.name] = "、".join([IDS[i], *_known(dataset, own), SALT[i]])
    return row(dataset, i + 1, **cells)


def _known(dataset: Dataset, texts: list[str]) -> list[str]:
    """Identities that the dataset has a column for: only those can be known there."""
    kinds = {c.semantic for c in dataset.columns} | {c.name for c in dataset.columns if c.is_identity}
    return [
        t for t, k in zip(texts, ("person_name", "household_code", "registered_address"), strict=False) if k in kinds
    ]


def _bytes_of(path: Path) -> str:
    """Everything that a file says; Parquet with all its cells and its metadata."""
    raw = path.read_bytes().decode("utf-8", "ignore")
    if path.suffix != ".parquet":
        return raw
    frame = pl.read_parquet(path)
    cells = "\n".join(str(value) for column in frame for value in column.to_list())
    return "\n".join([raw, cells, *frame.columns, str(pl.read_parquet_metadata(path))])


def _search(desk: Desk, said: str) -> set[tuple[str, str]]:
    outside = [
        path
        for path in desk.home.root.rglob("*")
        if path.is_file() and not path.is_relative_to(desk.home.inbox) and not desk.home.is_private(path)
    ]
    assert outside
    texts = {str(p.relative_to(desk.home.root)): _bytes_of(p) for p in outside} | {"said": said}
    return {(place, needle) for place, text in texts.items() for needle in NEEDLES if needle in text or needle in place}


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_no_identity_leaves_the_restricted_zone(desk: Desk, dataset: Dataset) -> None:
    rows = table(dataset, [_row(dataset, i) for i in range(3)])
    extra = [[*rows[0], "联系电话", f"备注{IDS[0]}"], *([*r, PHONE, f"{ADDRESS}{NAMES[0]}{IDS[1]}"] for r in rows[1:])]
    titled = [[f"{IDS[0]}"], *extra, ["填表人:" + NAMES[0] + PHONE], ["制表" + IDS[1]]]
    wrong = [[*r[:-2], "坏" * 3, *r[-2:]] for r in extra]
    desk.put(dataset, f"{dataset.keywords[0]}{IDS[0]}.csv", csv_file(titled))
    desk.put(
        dataset,
        "六月.zip",
        zip_file({f"{IDS[1]}/{dataset.keywords[0]}{PHONE}.xlsx": xlsx_file({IDS[0]: extra, "甲": [[NAMES[0]]]})}),
    )
    desk.put(dataset, f"{dataset.keywords[0]}缺列.csv", csv_file([[*r[1:]] for r in extra]))
    desk.put(dataset, f"{ACCOUNT}.csv", csv_file(wrong[1:]))
    desk.put(dataset, f"{IDS[2]}.pdf", b"%PDF")
    (desk.home.inbox / IDS[2]).mkdir()
    seen: list[DeliveryProfile] = []

    def gate(profile: DeliveryProfile) -> Verdict:
        seen.append(profile)
        return Verdict(()) if profile.candidate.rows else lenient(profile)

    intake = desk.intake(gate=gate)
    notices = intake.notices()
    outcome = intake.take(dataset)
    assert outcome.is_in_force
    assert len(seen) == 1
    profile = {k: v for k, v in asdict(seen[0]).items() if k not in ("rows", "dataset")}
    cells = "\n".join(str(v) for c in seen[0].rows for v in c.to_list())
    said = "\n".join(map(str, [notices, outcome.notices, outcome.deliveries, outcome.error_counts, profile, cells]))
    assert _search(desk, said) == set()


def test_the_identities_are_kept_where_they_may_be(desk: Desk) -> None:
    register = CONTRACTS.dataset("household_register")
    desk.put(register, "户籍名册.csv", csv_file(table(register, [_row(register, i) for i in range(3)])))
    desk.intake().take(register)
    kept = pl.read_parquet(desk.home.identities(register, MONTH) / "rows.parquet")
    assert kept["identity__resident_id"].to_list() == IDS
    assert kept["identity__person_name"].to_list() == NAMES
    accepted = pl.read_parquet(desk.home.accepted(register, MONTH) / "rows.parquet")
    assert accepted["person_key"].to_list() == kept["person_key"].to_list()
    assert not [c for c in accepted.columns if c.startswith("identity")]


def test_a_search_that_finds_nothing_would_find_something(desk: Desk) -> None:
    desk.home.prepare()
    pl.DataFrame({"a": [IDS[0]]}).write_parquet(desk.home.warehouse / "x.parquet", compression="zstd")
    assert _search(desk, NAMES[0]) == {("warehouse/x.parquet", IDS[0]), ("said", NAMES[0])}
