"""Files on a desk: recognised, judged and masked as in a run, and nothing stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.checking import CheckedFiles, Desk, previous_due
from sources.months import Month
from sources.profiling.profile import DeliveryProfile, ExpectationResult, Verdict
from tests.district import DIVISIONS
from tests.unit.sources.builder import CONTRACTS, MONTH, csv_file, lenient, row, table, zip_file

CIVIL = CONTRACTS["civil_affairs"]
ALLOWANCE, DEATHS = CIVIL["subsistence_allowance"], CIVIL["deaths"]


def allowance(*numbers: int, **cells: object) -> bytes:
    return csv_file(table(ALLOWANCE, [row(ALLOWANCE, n, **cells) for n in numbers]))


def put(folder: Path, **files: bytes) -> list[Path]:
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return paths


def check(*files: Path, gate=lenient, previous: list[Path] | None = None, month: Month = MONTH) -> CheckedFiles:
    return Desk(CIVIL, gate, DIVISIONS, 15.0).check(month, files, previous or [])


def test_files_of_one_table_are_one_delivery(tmp_path: Path) -> None:
    paths = put(tmp_path, **{"低保甲.csv": allowance(1, 2), "低保乙.csv": allowance(2, 3), "死亡.csv": b"x"})
    checked = check(*paths[:2])
    (found,) = checked.tables
    assert found.dataset is ALLOWANCE
    counts = found.outcome.ledger.select("file_name", "rows_in_file", "rows_accepted", "rows_duplicate").rows()
    assert counts == [("低保乙.csv", 2, 2, 0), ("低保甲.csv", 2, 1, 1)]
    assert checked.would_be_accepted


def test_a_file_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    (path,) = put(tmp_path, **{"低保.csv": allowance(1, 2)})
    assert check(path, tmp_path / "." / "低保.csv").tables[0].outcome.rows_read == 2


def test_equal_names_in_two_folders_are_two_files(tmp_path: Path) -> None:
    paths = put(tmp_path, **{"甲镇/低保.csv": allowance(1), "乙镇/低保.csv": allowance(2)})
    assert check(*paths).tables[0].outcome.ledger["file_name"].to_list() == ["乙镇/低保.csv", "甲镇/低保.csv"]


def test_members_of_a_zip_are_files(tmp_path: Path) -> None:
    members = {"低保.csv": allowance(1), "名单.csv": csv_file(table(DEATHS, [row(DEATHS)]))}
    checked = check(*put(tmp_path, **{"报送.zip": zip_file(members)}))
    names = {t.dataset.name: t.outcome.ledger["file_name"].to_list() for t in checked.tables}
    assert names == {"subsistence_allowance": ["报送.zip/低保.csv"], "deaths": ["报送.zip/名单.csv"]}


def test_a_rejected_table_would_not_be_accepted(tmp_path: Path) -> None:
    def reject(_: DeliveryProfile) -> Verdict:
        return Verdict((ExpectationResult("ids", "x", "critical", False, "0", "1", "不予接收"),))

    checked = check(*put(tmp_path, **{"低保.csv": allowance(1)}), gate=reject)
    assert not checked.would_be_accepted
    assert checked.tables[0].outcome.ledger.select("rows_accepted", "rows_quarantined").row(0) == (0, 1)


def test_an_unread_file_of_an_accepted_table_would_not_be_accepted(tmp_path: Path) -> None:
    paths = put(tmp_path, **{"低保甲.csv": allowance(1), "低保乙.csv": b"\xff\xfe\x00"})
    checked = check(*paths)
    assert checked.tables[0].outcome.status == "accepted"
    assert not checked.would_be_accepted


def test_files_that_no_run_reads_are_named_with_the_reason(tmp_path: Path) -> None:
    paths = put(tmp_path, **{"说明.docx": b"x", "值班.csv": b"a,b\n1,2\n"})
    missing = tmp_path / "没有了.xlsx"
    checked = check(*paths, missing)
    assert [(n.file_name, n.severity) for n in checked.unread] == [
        ("没有了.xlsx", "error"), ("说明.docx", "error"), ("值班.csv", "error"),
    ]  # fmt: skip
    assert "读不到" in checked.unread[0].message
    assert not checked.would_be_accepted


def test_people_are_masked_in_names_and_messages(tmp_path: Path) -> None:
    content = csv_file(table(ALLOWANCE, [row(ALLOWANCE, 1, person_name="上官云锦")]))
    paths = put(tmp_path, **{"低保_上官云锦.csv": content, "上官云锦.docx": b"x"})
    checked = check(*paths)
    said = [*checked.tables[0].outcome.ledger["file_name"], *(n.file_name for n in checked.unread)]
    assert not any("上官云锦" in text for text in said)


def test_settings_name_the_tables_of_files(tmp_path: Path) -> None:
    settings = "files:\n  附件1.csv: subsistence_allowance\n".encode()
    head = csv_file([["x"]])
    paths = put(tmp_path, **{"附件1.csv": head, "delivery.yaml": settings})
    assert [t.dataset for t in check(*paths).tables] == [ALLOWANCE]
    (tmp_path / "delivery.yaml").write_text("[", "utf-8")
    assert [n.file_name for n in check(*paths).unread] == ["delivery.yaml", "附件1.csv"]


def test_no_file_at_all_is_nothing_to_accept(tmp_path: Path) -> None:
    assert not check(*put(tmp_path, **{"delivery.yaml": b""})).would_be_accepted


def test_the_gate_compares_with_the_files_of_the_period_before(tmp_path: Path) -> None:
    seen: list[DeliveryProfile] = []

    def gate(profile: DeliveryProfile) -> Verdict:
        seen.append(profile)
        return Verdict(())

    (now,) = put(tmp_path, **{"低保.csv": allowance(1)})
    before = put(tmp_path / "上月", **{"低保.csv": allowance(1, 2, 3)})
    checked = check(now, gate=gate, previous=before)
    assert [(p.month, p.previous and p.previous.rows) for p in seen] == [(Month(2021, 5), None), (MONTH, 3)]
    assert checked.tables[0].compared_with == Month(2021, 5)
    assert checked.would_be_accepted
    assert check(now).tables[0].compared_with is None


def test_a_comparison_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (now,) = put(tmp_path, **{"低保.csv": allowance(1)})
    checked = check(now, previous=put(tmp_path / "上月", **{"低保.csv": b"\xff\xfe\x00"}))
    assert [(n.file_name, n.severity) for n in checked.uncompared] == [("低保.csv", "error")]
    assert checked.tables[0].compared_with is None
    assert not checked.would_be_accepted


@pytest.mark.parametrize("content", [csv_file(table(DEATHS, [row(DEATHS)])), b"\xff\xfe\x00"])
def test_tables_of_the_month_before_that_are_not_checked_change_no_verdict(tmp_path: Path, content: bytes) -> None:
    (now,) = put(tmp_path, **{"低保.csv": allowance(1)})
    before = put(tmp_path / "上月", **{"低保.csv": allowance(1), "死亡人员名单.csv": content})
    checked = check(now, previous=before)
    assert [(n.file_name, n.severity) for n in checked.uncompared] == [("死亡人员名单.csv", "info")]
    assert checked.tables[0].compared_with == Month(2021, 5)
    assert checked.would_be_accepted


def test_a_link_is_refused_as_in_a_run(tmp_path: Path) -> None:
    (path,) = put(tmp_path, **{"低保.csv": allowance(1)})
    (tmp_path / "快捷.csv").symlink_to(path)
    checked = check(tmp_path / "快捷.csv")
    assert [n.file_name for n in checked.unread] == ["快捷.csv"]
    assert "链接" in checked.unread[0].message


@pytest.mark.parametrize(("name", "month", "before"), [("deaths", "2021-01", "2020-12")])
def test_a_table_is_compared_with_the_month_for_which_it_was_due(name: str, month: str, before: str) -> None:
    assert previous_due(CIVIL[name], Month.parse(month)) == Month.parse(before)


def test_tables_of_other_cadences_skip_months() -> None:
    by_cadence = {d.cadence: previous_due(d, Month(2021, 6)) for d in CONTRACTS.datasets}
    assert by_cadence == {"monthly": Month(2021, 5), "quarterly": Month(2021, 3), "annual": Month(2020, 12)}
