"""Make five flags of a month's files as a script of an office would: pandas, openpyxl, and nothing checked.

The other end of the comparison from ``floor``: this is what people write who have no platform. It reads every file of
the month and keeps no contract, gate, archive, history or privacy. Its flags must be those of the floor.
Belongs here: one script as an office writes it. Does not belong here: measuring (``table``), headers (``layout``).

``python -m tests.bench.office INBOX MONTH`` prints one line of JSON.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tests.bench.layout import MONEY, TABLES, UNITS, Table

YES = ("是", "有", "√", "Y", "y", "1", "true", "TRUE", "True")
CAN_WORK = ("技能劳动力", "普通劳动力", "弱劳动力或半劳动力")
INVISIBLE = r"[\u200b-\u200f\ufeff]"
HEAD_ROWS = 6


def sheets(name: str, data: bytes) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the visible sheets of a file as texts, with the name of the file."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                own = member.filename
                if not member.flag_bits & 0x800:
                    own = own.encode("cp437").decode("gb18030")
                yield from sheets(own, archive.read(member))
    elif name.endswith(".csv"):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                yield name, pd.read_csv(io.BytesIO(data), header=None, dtype=str, encoding=encoding, na_filter=False)
                return
            except UnicodeDecodeError:
                continue
    elif name.endswith((".xlsx", ".xls")):
        # openpyxl reads no .xls.
        engine = "openpyxl" if name.endswith(".xlsx") else "calamine"
        with pd.ExcelFile(io.BytesIO(data), engine=engine) as book:
            for sheet in book.sheet_names:
                if engine == "calamine" or book.book[sheet].sheet_state == "visible":
                    yield name, book.parse(sheet, header=None, dtype=str, na_filter=False)


def _plain(texts: pd.Series) -> pd.Series:
    known = {text: "".join(unicodedata.normalize("NFKC", str(text)).split()) for text in texts.unique()}
    return texts.map(known).str.replace(INVISIBLE, "", regex=True).str.lstrip("'").str.removesuffix(".0")


def table_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Find the header of a sheet, and return the columns that the rules need by their names; empty if there is none."""
    labels = {label: name for name, texts in table.columns.items() for label in texts}
    found: dict[str, tuple[int, str]] = {}
    last = -1
    for row in range(min(HEAD_ROWS, len(frame))):
        for column, text in enumerate(_plain(frame.iloc[row])):
            bare, _, unit = text.removesuffix(")").rpartition("(")
            for form, of in ((text, ""), (bare, unit)):
                if form in labels:
                    found[labels[form]], last = (column, of), row
    if len(found) < 2:
        return pd.DataFrame()
    rows = frame.iloc[last + 1 :]
    out = pd.DataFrame({name: _plain(rows[column]) for name, (column, _) in found.items()})
    out = out.replace("", None)
    if table.filled:
        filled = [name for name in table.filled if name in out]
        out[filled] = out[filled].ffill()
    for name in MONEY:
        if name in found:
            amounts = out[name].str.extract(r"^([-+]?[0-9,.]+)")[0].str.replace(",", "")
            out[name] = pd.to_numeric(amounts, errors="coerce") * UNITS.get(found[name][1], 1)
    return out


def read(inbox: Path, month: str) -> tuple[dict[str, pd.DataFrame], int]:
    """Read every file of the month, and return the tables of the rules with the number of rows in all files."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    rows = 0
    for path in sorted(inbox.glob(f"*/{month}/*.*")):
        folder = path.relative_to(inbox).parts[0]
        name = next((n for n, t in TABLES.items() if t.folder == folder and path.name.startswith(t.words)), None)
        for _, frame in sheets(path.name, path.read_bytes()):
            rows += len(frame)
            if name:
                parts[name].append(table_of(frame, TABLES[name]))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}, rows


def _person(ids: pd.Series) -> pd.Series:
    """Return the first 17 digits, those of 15-digit ids with the century."""
    ids = ids.astype("string")
    long, short = ids.str.len() == 18, ids.str.len() == 15
    return ids.str[:17].where(long, (ids.str[:6] + "19" + ids.str[6:]).where(short))


def _day(cells: pd.Series) -> pd.Series:
    texts = cells.astype("string").str.replace(r"0?0:00(:00)?$", "", regex=True)
    days = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        days = days.fillna(pd.to_datetime(texts, format=form, errors="coerce"))
    serial = pd.to_numeric(texts.where(texts.str.fullmatch(r"[0-9]{5}")), errors="coerce")
    return days.fillna(pd.to_datetime(serial, unit="D", origin="1899-12-30", errors="coerce"))


def flags(tables: dict[str, pd.DataFrame], month: str) -> dict[str, int]:
    """Count the flagged households by rule: INC-01, MED-01, MED-04, CIV-03, HOU-01."""
    first = pd.Timestamp(f"{month}-01")
    last = first + pd.offsets.MonthEnd(0)
    register, deaths = tables["register"].copy(), tables["deaths"]
    register["person"] = _person(register["id"])
    deaths = deaths.assign(person=_person(deaths["id"]), died_on=_day(deaths["died_on"]))
    deaths = deaths[deaths.died_on <= last].dropna(subset=["person"])
    people = register.dropna(subset=["person", "household"]).drop_duplicates("person")
    living = people[~people.person.isin(deaths.person)]
    houses = register.drop_duplicates("household").set_index("household")
    houses = houses.join(living.groupby("household").size().rename("living"), how="inner")
    monitored = tables["monitored"]
    watched = monitored.loc[~monitored.eliminated.isin(YES), "household"]
    houses["is_close"] = (houses.household_type == "脱贫户") | houses.index.isin(watched)

    income = tables["income"].set_index("household").join(houses, how="inner")
    net = income[["wage", "operating", "property", "transfer"]].sum(axis=1, skipna=False) - income.expense
    low = int((net < 6000 * income.living).sum())

    paid = tables["settlements"].drop_duplicates("settlement_no", keep="last")
    paid = paid.assign(person=_person(paid["id"]), settled_on=_day(paid["settled_on"]))
    paid = paid[(paid.care_type == "住院") & paid.settled_on.between(first.replace(month=1), last)]
    paid["self_paid"] = pd.to_numeric(paid.self_paid.str.replace(",", ""), errors="coerce")
    spent = paid.merge(living[["person", "household"]], on="person").groupby("household").self_paid.sum()
    spent = houses.join(spent, how="inner")
    burdened = int((spent.self_paid >= spent.is_close.map({True: 5000, False: 20000})).sum())

    enrolled = tables["enrolment"]
    enrolled = enrolled[(enrolled.insured_year == str(last.year)) & (enrolled.status == "正常参保")]
    close = living[living.household.isin(houses.index[houses.is_close])]
    uninsured = close.loc[~close.person.isin(_person(enrolled["id"]).dropna()), "household"].nunique()

    lost = people[people.labour.isin(CAN_WORK) & people.household.isin(houses.index)]
    lost = lost[lost.person.isin(deaths.loc[deaths.died_on >= first, "person"])].household.nunique()
    unsafe = int(houses.grade.isin(["C级", "D级"]).sum())
    return {"INC-01": low, "MED-01": burdened, "MED-04": uninsured, "CIV-03": lost, "HOU-01": unsafe}


def main() -> None:
    """Print rows and flags of a month as JSON."""
    inbox, month = Path(sys.argv[1]), sys.argv[2]
    tables, rows = read(inbox, month)
    print(json.dumps({"rows": rows, "flags": flags(tables, month)}))


if __name__ == "__main__":
    main()
