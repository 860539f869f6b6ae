"""A small district for workbooks: a register that went through the real intake, and marts written by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sources import parquet
from sources.acceptance import provenance
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Column, Contracts, load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from sources.notice import Notice
from sources.profiling.profile import DeliveryProfile, Verdict
from tests.district import DIVISIONS
from tests.unit.sources.builder import landed

JUNE, JULY = Month(2021, 6), Month(2021, 7)
VINTAGE = date(2020, 6, 30)
DISPATCHED = date(2021, 7, 5)
TOWNS = {"441802006": "凤城街道", "441802105": "龙塘镇"}
VILLAGES = {"441802006002": "鹤堂社区居委会", "441802105002": "井岭社区居委会"}
REGISTER = (
    "户编号", "镇(街道)", "村(社区)", "自然村", "姓名", "身份证号", "与户主关系", "户类型", "劳动技能", "在校生状况",
    "住房安全等级", "是否饮水安全",
)  # fmt: skip
FAMILIES = (
    ("H1", "凤城街道", "鹤堂社区居委会", "一组", "林一", "441802195001010015", "户主", "脱贫户"),
    ("H1", "凤城街道", "鹤堂社区居委会", "一组", "林二", "441802195502020027", "配偶", "脱贫户"),
    ("H2", "凤城街道", "鹤堂社区居委会", "", "@1+1", "441802196003030031", "子女", "一般农户"),
    ("H2", "凤城街道", "鹤堂社区居委会", "", "陈二", "441802196504040044", "户主", "一般农户"),
    ("H3", "龙塘镇", "井岭社区居委会", "三组", "黄一", "441802197005050056", "户主", "脱贫户"),
)
TABLES = {
    "dim_month": "month date, dispatched_on date",
    "policy_parameters": "parameter text, division_prefix text, valid_from date, valid_to date, value double",
    "dim_division": "division_code text, level text, name text, parent_code text, kind text, valid_from date, "
    "valid_to date",
    "dim_risk_rule": "rule_code text, name_zh text, kind text, department text, unit text",
    "household_month": "month date, household_key text, living_members int, housing_grade text",
    "household_risk": "month date, household_key text, risk_level text, candidate_category text, "
    "monitoring_category text, household_type text",
    "household_risk_flags": "month date, household_key text, rule_code text, measure double, threshold double, "
    "persons int, evidence text, months_flagged int, lead_id text",
    "risk_leads": "lead_id text, household_key text, division_code text, town_code text, rule_code text, "
    "opened_month date, status text, due_on date, is_overdue bool",
    "rural_indicators": "month date, indicator_code text, division_code text, numerator double, denominator double, "
    "reason text",
    "reconciliation_deliveries": "month date, dataset text, delivery_no int, file_no int, file_name text, "
    "file_sha256 text, received_at timestamp",
    "reconciliation_conflicts": "month date, conflict_id text, detail text",
}


def valid_id(body: str) -> str:
    """The id with that body of 17 digits."""
    from sources.conforming.ids import check_digits

    return body[:17] + str(check_digits(pl.Series([body[:17]]))[0])


def admit(_: DeliveryProfile) -> Verdict:
    """A gate that is always open."""
    return Verdict(())


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A CSV file as people save it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    settle(path)


def settle(path: Path) -> Path:
    """Let a file look as if it came in on 10 July 2021: the intake waits for files that were just written."""
    received = datetime(2021, 7, 10, 9).timestamp()
    os.utime(path, (received, received))
    return path


def example(column: Column, number: int = 1) -> str:
    """A text that is valid in any cell of the column."""
    texts = {
        "resident_id": valid_id(f"44180219500101{number:02d}1"),
        "certificate": valid_id(f"44180219500101{number:02d}1") + "41",
        "date": "2021-06-15",
        "month": "1950-01" if column.name == "birth_month" else "2021-06",
        "number": "12.5",
        "integer": "2020",
        "yes_or_no": "是",
        "town": "凤城街道",
        "village": "鹤堂社区居委会",
        "text": f"某户某人{number}" if column.is_identity else f"甲{number}",
    }
    return column.values[0] if column.values and column.kind == "list" else texts[column.kind]


@dataclass
class District:
    """A data home, with what tests do to it."""

    home: Home
    contracts: Contracts

    def inbox(self, department: str, month: Month) -> Path:
        folder = self.home.inbox / department / str(month)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def take(
        self, department: str, month: Month, gate: Callable[[DeliveryProfile], Verdict] = admit
    ) -> tuple[list[DatasetOutcome], tuple[Notice, ...]]:
        """Run the intake of a department's month, after the register's."""
        intake = landed(Intake(self.home, month, gate, DIVISIONS))
        if department != "agriculture":
            intake.take(self.contracts.dataset("household_register"))
        return [intake.take(d) for d in self.contracts[department].datasets], intake.notices()

    def household_key(self, code: str) -> str:
        dataset = self.contracts.dataset("household_register")
        rows = parquet.read(self.home.identities(dataset, JUNE) / "rows.parquet")
        return str(rows.filter(pl.col("identity__household_code") == code)["household_key"][0])

    def accepted(self, dataset: str, month: Month) -> pl.DataFrame:
        return parquet.read(self.home.accepted(self.contracts.dataset(dataset), month) / "rows.parquet")

    def restricted(self, dataset: str, month: Month, row: int = 0) -> dict[str, Any]:
        """The cells of an accepted row that stay in the restricted zone, by contract column."""
        path = self.home.identities(self.contracts.dataset(dataset), month) / "rows.parquet"
        cells = parquet.read(path).row(row, named=True) if path.exists() else {}
        return {name.removeprefix("identity__"): cell for name, cell in cells.items() if name.startswith("identity__")}

    def reference(self, dataset: str, row: int) -> dict[str, str]:
        """What evidence says of a row of June, by its number in the file; an invented reference if it was not taken."""
        about = self.contracts.dataset(dataset)
        path = self.home.accepted(about, JUNE) / "rows.parquet"
        refs = parquet.read(path).filter(row_number=row)["row_ref"].to_list() if path.exists() else []
        return {"department": about.department, "dataset": dataset, "month": str(JUNE), "ref": (*refs, "0" * 16)[0]}

    def publish(self, leads: Sequence[dict[str, Any]], conflicts: Sequence[dict[str, Any]] = ()) -> Path:
        """Write marts with these leads (``lead_id``, ``code`` of the household, ``rule``, ``village``) and conflicts.

        ``evidence`` is a list of dataset and row number. The marts count as computed from the rows accepted now.
        """
        self.home.published.mkdir(parents=True, exist_ok=True)
        file = self.home.published / "marts-2021-06-test.duckdb"
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as connection:
            connection.execute("create schema marts")
            for name, columns in TABLES.items():
                connection.execute(f"create table marts.{name} ({columns})")
            self._fill(connection, leads)
            self._reconcile(connection, conflicts)
        link = self.home.published / "marts.duckdb"
        link.unlink(missing_ok=True)
        link.symlink_to(file.name)
        with provenance.building(self.home, JUNE, provenance.inputs_of(self.home, self.contracts, JUNE)):
            pass
        provenance.publish_built(self.home)
        return link

    def _reconcile(self, connection: duckdb.DuckDBPyConnection, conflicts: Sequence[dict[str, Any]]) -> None:
        for conflict in conflicts:
            evidence = [self.reference(dataset, row) for dataset, row in conflict["evidence"]]
            values = [JUNE.first_day, conflict["conflict_id"], json.dumps({"facts": {}, "evidence": evidence})]
            connection.execute("insert into marts.reconciliation_conflicts values (?, ?, ?)", values)
        columns = ("extract_month", "dataset", "delivery_no", "file_no", "file_name", "file_sha256", "received_at")
        for ledger in (self.home.warehouse / "deliveries").glob(f"*/*/month={JUNE}/files.parquet"):
            for file in parquet.read(ledger, columns).iter_rows():
                connection.execute("insert into marts.reconciliation_deliveries values (?, ?, ?, ?, ?, ?, ?)", file)

    def _fill(self, connection: duckdb.DuckDBPyConnection, leads: Sequence[dict[str, Any]]) -> None:
        june = JUNE.first_day
        connection.execute("insert into marts.dim_month values (?, ?)", [june, DISPATCHED])
        for code, name in (TOWNS | VILLAGES).items():
            values = [code, "town" if code in TOWNS else "village", name, code[:9], "", VINTAGE, None]
            connection.execute("insert into marts.dim_division values (?, ?, ?, ?, ?, ?, ?)", values)
        for code, name, unit in (
            ("INC-01", "人均收入低于监测线", "元"),
            ("MED-04", "未参加基本医保", "人"),
            ("HOU-01", "住房不安全", ""),
        ):
            connection.execute(
                "insert into marts.dim_risk_rule values (?, ?, 'x', 'agriculture', ?)", [code, name, unit]
            )
        for lead in leads:
            self._add(connection, {"status": "open", "opened": june, "measure": None, "threshold": None} | lead)

    def _add(self, connection: duckdb.DuckDBPyConnection, lead: dict[str, Any]) -> None:
        key, june, village = self.household_key(lead["code"]), JUNE.first_day, lead["village"]
        evidence = [self.reference(dataset, row) for dataset, row in lead.get("evidence", [])]
        flag = [june, key, lead["rule"], lead["measure"], lead["threshold"], 1, json.dumps(evidence), 1]
        connection.execute(
            "insert into marts.household_risk_flags values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*flag, lead["lead_id"]]
        )
        values = [lead["lead_id"], key, village, village[:9], lead["rule"], lead["opened"], lead["status"]]
        connection.execute(
            "insert into marts.risk_leads values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*values, date(2021, 7, 9), lead.get("overdue", False)],
        )
        connection.execute(
            "insert into marts.household_risk select ?, ?, ?, ?, null, '脱贫户' where not exists "
            "(from marts.household_risk where household_key = ?)",
            [june, key, lead.get("level", "orange"), lead.get("candidate"), key],
        )


def settled_district(home: Home) -> District:
    """A district after the intake of its June register of five people."""
    home.prepare()
    district = District(home, load_contracts())
    rows = [(*f[:5], valid_id(f[5]), *f[6:], "普通劳动力", "非在校生", "C级", "是") for f in FAMILIES]
    write_csv(district.inbox("agriculture", JUNE) / "农户基础信息名册.csv", [REGISTER, *rows])
    district.take("agriculture", JUNE)
    return district
