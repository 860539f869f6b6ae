"""An inbox in which known people are written wherever a file can hold a text.

Belongs here: who they are, and the files of two months about them beside those of an invented district.
Does not belong here: running the months (``seeded_months``), looking for them (``search``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from sample import write_district
from sources.contracts.model import Dataset, load_contracts
from sources.months import Month
from tests.district import DIVISIONS
from tests.unit.sources.builder import LONG_AGO, csv_file, resident_id, row, table, xlsx_file, zip_file

MONTHS = ("2021-05", "2021-06")
CONTRACTS = load_contracts()
HOUSEHOLDS, SEED = 200, 11

NAMES = ["欧阳秘密", "司马隐私", "诸葛匿名", "卜隐姓"]
IDS = [resident_id(n, "19701224") for n in (901, 903, 905, 907)]
WRONG_IDS = [f"{i[:17]}{(int(i[17].replace('X', '0')) + 1) % 10}" for i in IDS]
OLD_IDS = [i[:6] + i[8:17] for i in IDS]
CODES = [f"HJ-SECRET-{n}" for n in range(4)]
PHONE, GROUPED, ACCOUNT, ADDRESS = "13912345678", "138 8765 4321", "6217001234567890123", "隐秘路八十八号院"
CERTIFICATES = [i + "43" for i in IDS]
SEEDED = [*NAMES, *IDS, *WRONG_IDS, *OLD_IDS, *CODES, *CERTIFICATES, PHONE, GROUPED, ACCOUNT, ADDRESS]
FREE = f"{NAMES[1]}({IDS[1]},电话{PHONE},卡号{ACCOUNT},住{ADDRESS},户{CODES[1]})"
"""What people write into remarks: other people than those of the row."""


def put(path: Path, content: bytes) -> None:
    """Write a file that has been lying there for a while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (LONG_AGO, LONG_AGO))


def person_row(dataset: Dataset, n: int, month: str, free: str = FREE) -> dict[str, Any]:
    """A valid row about the n-th of the known people, with them in every free text as well."""
    cells: dict[str, Any] = {}
    for column in dataset.columns:
        match column.kind, column.semantic:
            case "resident_id", _:
                cells[column.name] = IDS[n]
            case "certificate", _:
                cells[column.name] = CERTIFICATES[n]
            case "date", _:
                cells[column.name] = f"{month}-10"
            case _, "person_name":
                cells[column.name] = NAMES[n]
            case _, "household_code":
                cells[column.name] = CODES[n]
            case "text", _ if column.is_identity:
                cells[column.name] = ADDRESS
            case "text", _ if column.name in dataset.key:
                cells[column.name] = f"编{n}-{IDS[n]}-{NAMES[n]}"
            case "text", _ if column.is_published:
                # An asset stands somewhere: an address is no identity there.
                cells[column.name] = free.replace(f",住{ADDRESS}", "")
            case "text", _:
                cells[column.name] = free
    return row(dataset, n + 700, **cells)


def has_texts(dataset: Dataset) -> bool:
    return any(c.kind in ("text", "resident_id", "certificate") for c in dataset.columns)


def _with_everything(dataset: Dataset, month: str, people: range) -> list[list[Any]]:
    """A table with title rows, unknown headers, remarks and a footer, all of them about the known people."""
    head, *rows = table(dataset, [person_row(dataset, n, month) for n in people])
    titled = [[f"{dataset.label}({NAMES[0]}报,{PHONE})"], [f"单位:{NAMES[2]}{IDS[2]}"]]
    known = [f"{NAMES[0]}的备注", f"备注{IDS[3]}", f"电话{PHONE}", NAMES[3]]
    return [*titled, [*head, *known], *([*r, FREE, FREE, PHONE, ADDRESS] for r in rows), ["填表人:" + NAMES[0] + PHONE]]


def _seed(inbox: Path, dataset: Dataset, month: str, people: range) -> None:
    folder = inbox / dataset.department / month
    content = _with_everything(dataset, month, people)
    name = f"{dataset.keywords[0]}_{NAMES[0]}_{IDS[0]}_{PHONE}"
    put(folder / f"{name}.xlsx", xlsx_file({f"{NAMES[1]}{PHONE}": content, "说明": [[FREE]]}))
    lacking = [[c for i, c in enumerate(r) if i != 0] for r in content[2:3]]
    put(folder / f"{dataset.keywords[0]}缺列{NAMES[1]}{GROUPED}.csv", csv_file(lacking))
    member = {f"{NAMES[2]}/{dataset.keywords[0]}{CODES[2]}.csv": csv_file([content[2]])}
    put(folder / f"{dataset.keywords[0]}{ACCOUNT}.zip", zip_file(member, "gb18030"))


def _stray(inbox: Path, month: str) -> None:
    """Files and folders that no table can be found for."""
    folder = inbox / "health" / month
    put(folder / f"{NAMES[0]}{IDS[0]}.pdf", b"%PDF")
    put(folder / f"清单.{IDS[1]}", b"x")
    put(folder / f"{NAMES[2]} 的表.csv", csv_file([[NAMES[2], IDS[2]], [FREE, PHONE]]))
    put(folder / f"r0{IDS[3]}" / "名单.csv", FREE.encode())
    put(inbox / "health" / f"{NAMES[1]}{PHONE}" / "名单.csv", FREE.encode())
    put(inbox / f"{NAMES[1]}{IDS[1]}" / "名单.csv", FREE.encode())
    about = {"files": {f"{NAMES[0]}.csv": "serious_illness", f"{NAMES[2]} 的表.csv": f"{NAMES[2]}{PHONE}"}}
    put(folder / "delivery.yaml", yaml.safe_dump(about, allow_unicode=True).encode())


def _rejected(inbox: Path, month: str) -> None:
    """A re-delivery that the gate rejects: nobody in it has a valid id. And bytes that no reader gets through."""
    support = CONTRACTS.dataset("extreme_poverty_support")
    folder = inbox / support.department / month / "r2"
    rows = [person_row(support, n, month) | {"resident_id": WRONG_IDS[n]} for n in range(4)]
    put(folder / f"特困{NAMES[1]}{WRONG_IDS[1]}.csv", csv_file(table(support, rows)))
    broken = xlsx_file({"表": table(support, rows)})
    put(folder / f"特困{NAMES[3]}.xlsx", broken[: len(broken) // 2])


PASSWORDS = ["geheim-Drossel-4711", "geheim-Amsel-0815"]
"""The password that is right, and one that no longer is."""
FAILING = CONTRACTS.dataset("serious_illness")
"""The table whose own location refuses the second month."""


def write_locations(home: Path, there: Path) -> None:
    """Move a department's files and those of one table out of the inbox, to folders that ask for a password."""
    (there / "human_resources").parent.mkdir(parents=True, exist_ok=True)
    (home / "inbox" / "human_resources").rename(there / "human_resources")
    for month in MONTHS:
        for file in sorted((home / "inbox" / FAILING.department / month).glob(f"*{FAILING.keywords[0]}*")):
            target = there / FAILING.name / month / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)
    sections = {"human_resources": there / "human_resources", f"health/{FAILING.name}": there / FAILING.name}
    text = "".join(
        f'[locations."{key}"]\nurl = "locked://server{folder}"\npassword_file = "{folder}.password"\n'
        for key, folder in sections.items()
    )
    (home / "settings.toml").write_text(f"pull_again_seconds = [0]\n{text}", "utf-8")
    (home / "settings.toml").chmod(0o600)
    for folder in sections.values():
        write_password(folder, PASSWORDS[0])


def write_password(folder: Path, password: str) -> None:
    """Write the password that the settings name for a folder."""
    file = folder.with_name(f"{folder.name}.password")
    file.write_text(password, "utf-8")
    file.chmod(0o600)


def write_inbox(inbox: Path) -> list[str]:
    """Write both months; returns everything that must not be found: the known people and the district's own."""
    months = [Month.parse(m) for m in MONTHS]
    district = write_district(inbox, HOUSEHOLDS, months, SEED, DIVISIONS)
    for file in inbox.rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))
    for month in MONTHS:
        for dataset in filter(has_texts, CONTRACTS.datasets):
            if dataset.name != "verification_returns":
                _seed(inbox, dataset, month, range(3 if dataset.name != "household_register" else 4))
        _stray(inbox, month)
    _rejected(inbox, MONTHS[1])
    long_names = district.names.filter(district.names.str.len_chars() >= 3).to_list()
    return [*SEEDED, *PASSWORDS, *district.identities.to_list()[::25], *long_names[::25]]
