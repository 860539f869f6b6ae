"""A lead or a conflict leads to its delivered rows, unless they are no longer those of the published marts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.workbooks.district import FAMILIES, JUNE, REGISTER, District, valid_id, write_csv
from tests.unit.workbooks.worklists import FENGCHENG
from workbooks.leads import NotPublishedError
from workbooks.trace.rows import ChangedRowsError, Trace, trace
from workbooks.trace.subjects import UnknownSubjectError

LEAD, CONFLICT = "L00000000000000a1", "C00000000000000b2"
TABLE = "household_register"


def _flag(rule: str, *rows: int, lead: str = LEAD, dataset: str = TABLE) -> dict[str, Any]:
    return {"lead_id": lead, "code": "H1", "rule": rule, "village": FENGCHENG, "evidence": [(dataset, r) for r in rows]}


def _traced(district: District, subject: str = LEAD) -> Trace:
    return trace(district.home, district.contracts, district.home.published / "marts.duckdb", subject)


def _alter(district: District, sql: str) -> None:
    with duckdb.connect(str((district.home.published / "marts.duckdb").resolve())) as connection:
        connection.execute(sql)


def test_a_lead_leads_to_the_evidence_of_all_its_flags(settled: District) -> None:
    settled.publish([_flag("MED-04", 3), _flag("HOU-01", 3, 2), _flag("HOU-01", 5, lead="L00000000000000ff")])
    found = _traced(settled)
    (file,) = found.files.to_dicts()
    assert found.rows["row_number"].to_list() == [2, 3]
    assert {**file, "rows": 2} == file
    assert (file["label"], file["month"]) == ("农户基础信息名册", "2021-06")
    assert (file["delivery_no"], file["file_no"], file["file_name"]) == (1, 1, "农户基础信息名册.csv")
    assert (settled.home.archive / file["file_sha256"][:2] / file["file_sha256"]).exists()
    assert set(found.rows["role"]) == {"evidence"}


def test_a_conflict_leads_to_its_detail(settled: District) -> None:
    settled.publish([_flag("MED-04", 3)], [{"conflict_id": CONFLICT, "evidence": [(TABLE, 6), (TABLE, 4)]}])
    assert _traced(settled, CONFLICT).rows["row_number"].to_list() == [4, 6]


@pytest.mark.parametrize("subject", ["L00000000000000ff", "C00000000000000ff", "L1", "x", "", "1-1@441802"])
def test_what_is_not_published_is_unknown(settled: District, subject: str) -> None:
    settled.publish([_flag("MED-04", 3)])
    with pytest.raises(UnknownSubjectError, match="编号"):
        _traced(settled, subject)


def test_nothing_is_traced_before_anything_is_published(settled: District) -> None:
    with pytest.raises(NotPublishedError):
        _traced(settled)


def test_rows_accepted_after_publishing_are_not_traced(settled: District) -> None:
    settled.publish([_flag("MED-04", 3)])
    others = [(*f[:5], valid_id(f[5]), *f[6:], "无劳动力", "非在校生", "A级", "是") for f in FAMILIES]
    write_csv(settled.inbox("agriculture", JUNE) / "r2" / "农户基础信息名册.csv", [REGISTER, *others])
    settled.take("agriculture", JUNE)
    with pytest.raises(ChangedRowsError, match=r"农户基础信息名册》2021-06 已接收的行不是发布时的那些"):
        _traced(settled)


def test_damaged_rows_are_not_traced(settled: District) -> None:
    settled.publish([_flag("MED-04", 3)])
    rows: Path = settled.home.accepted(settled.contracts.dataset(TABLE), JUNE) / "rows.parquet"
    rows.write_bytes(rows.read_bytes() + b"x")
    with pytest.raises(ChangedRowsError, match=r"农户基础信息名册》2021-06 已接收的行已损坏"):
        _traced(settled)


@pytest.mark.parametrize(
    "sql",
    [
        'update marts.household_risk_flags set evidence = replace(evidence, \'"ref":\', \'"ref":"0", "was":\')',
        "update marts.reconciliation_deliveries set file_sha256 = 'another'",
        "update marts.reconciliation_deliveries set file_no = 7",
    ],
    ids=["reference", "hash", "number"],
)
def test_rows_of_another_version_are_not_traced(settled: District, sql: str) -> None:
    settled.publish([_flag("MED-04", 3)])
    _alter(settled, sql)
    with pytest.raises(ChangedRowsError, match=r"《农户基础信息名册》2021-06"):
        _traced(settled)


def test_evidence_of_an_earlier_version_needs_a_rebuild(settled: District) -> None:
    settled.publish([_flag("MED-04", 3)])
    _alter(settled, "update marts.household_risk_flags set evidence = replace(evidence, '\"ref\":', '\"row_number\":')")
    _alter(settled, "alter table marts.reconciliation_deliveries drop column file_no")
    with pytest.raises(ChangedRowsError, match=r"《农户基础信息名册》2021-06 .*shouwang rebuild --from-archive"):
        _traced(settled)


def test_rows_of_a_table_that_was_not_taken_in_are_not_traced(settled: District) -> None:
    settled.publish([_flag("INC-01", 2, dataset="household_income")])
    with pytest.raises(ChangedRowsError, match=r"《农户收入监测表》2021-06"):
        _traced(settled)
