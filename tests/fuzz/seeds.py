"""Collect the files to damage: those of a small sample district, and small ones with what the sample lacks."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sample import write_district
from sources.contracts.model import Dataset, load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.paths import DIVISIONS
from tests.unit.sources.builder import csv_file, lenient, row, table, xls_file, xlsx_file

CONTRACTS = load_contracts()
MONTH = Month(2021, 6)
HOUSEHOLDS = 170
"""The fewest that a sample of two months can have."""


@dataclass(frozen=True)
class Seed:
    """A good file and the dataset that it is of."""

    dataset: Dataset
    name: str
    content: bytes


def seeds() -> list[Seed]:
    """Collect the good files, smaller ones first."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        write_district(home.inbox, HOUSEHOLDS, [MONTH.shift(-1), MONTH], 7, DIVISIONS)
        intake = Intake(home, MONTH, lenient, DIVISIONS)
        found = [seed for department in CONTRACTS for seed in _of_department(intake, department)]
    return sorted([*found, *_made()], key=lambda seed: (len(seed.content), seed.name))


def _of_department(intake: Intake, department: str) -> list[Seed]:
    intake.land(department)
    deliveries = intake.recognised(department).deliveries
    files = [(name, file) for name, of in deliveries.items() for delivery in of for file in delivery.files]
    return [Seed(CONTRACTS.dataset(name), file.name, file.content()) for name, file in files]


def _made() -> list[Seed]:
    """Make two sheets with numbers, dates, merged and hidden cells, and quoted CSV, of the register."""
    register = CONTRACTS.dataset("household_register")
    rows = table(register, [row(register, number) for number in range(1, 9)])
    odd = [[*rows[0]], *([*r[:-3], 12.5, dt.date(2021, 5, 1), True] for r in rows[1:])]
    quoted = csv_file([[f'{cell} "引用",\n' if c == 2 else cell for c, cell in enumerate(r)] for r in rows])
    return [
        Seed(register, "两张表.xlsx", xlsx_file({"甲": rows, "乙": odd}, {"甲": [(2, 0, 4, 0)]}, hidden=["乙"])),
        Seed(register, "两张表.xls", xls_file({"甲": odd, "乙": rows}, hidden=["乙"])),
        Seed(register, "引号.csv", quoted),
        Seed(register, "国标.csv", csv_file(rows, "gb18030", "\r\n")),
        Seed(register, "制表符.csv", csv_file(rows).replace(b",", b"\t")),
        Seed(register, "双字节.csv", csv_file(rows).decode().encode("utf-16")),
    ]
