"""The conflict rules, one function each, over the rows of a month.

Belongs here: who or what is in conflict in one month, and what the conflict is about. Does not belong here: since when
it lasts and when an answer is due (``marts``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.catalogue import DISTRICT, datasets, first_day, last_day, parameter, parameter_row, rules
from tests.oracle.chain import breaks
from tests.oracle.counting import counted_month, unfilled
from tests.oracle.households import Household, Month
from tests.oracle.low_income import CIVIL, civil_lists
from tests.oracle.reading.cells import clean
from tests.oracle.reading.delivered import Row

PARAMETERS = {
    "REC-11": "elimination_suspicious_months",
    "REC-15": "cleaning_levy_per_person_month",
    **breaks.PARAMETERS,
}
NAMES = (("person_name", "resident_id"), ("head_name", "head_resident_id"))
HALF_A_CENT = Decimal("0.005")
DOTS = "·•‧∙⋅・·●ᐧ⸱᛫ꞏ⦁𐄁⸳\u119e\u0307.。"


@dataclass
class Conflict:
    """One subject in conflict: a person by resident id, a household by code, or a thing by its number or code."""

    rule: str
    person: str | None = None
    household: str | None = None
    thing: str | None = None
    rows: tuple[Row, ...] = ()
    """Delivered rows of which the first with a place gives it, where the register has none."""
    answering: str = ""

    @property
    def subject(self) -> str:
        return self.person or self.household or self.thing or ""


def is_looked_at(rule: str, month: Month) -> bool:
    """Whether the rule holds, every dataset of it counts, its columns are filled and its parameter is known."""
    listed = rules("conflict_rules")[rule]["datasets"]
    needed = [] if listed == "all person datasets" else listed.split(",")
    if any(counted_month(month.store, name, month.month) is None for name in needed):
        return False
    if unfilled(month, rules("conflict_rules")[rule].get("needs") or ""):
        return False
    return rule not in PARAMETERS or parameter(PARAMETERS[rule], DISTRICT, month.month) is not None


def _rows(month: Month, dataset: str) -> list[Row]:
    return month.store.rows(dataset, month.month)


def _by_person(month: Month, dataset: str) -> dict[str, Row]:
    return {r["resident_id"]: r for r in _rows(month, dataset)}


def _allowed(month: Month) -> dict[str, Row]:
    return {p: r for p, r in _by_person(month, "subsistence_allowance").items() if r["change_type"] != "停发"}


def _employed(month: Month) -> dict[str, Row]:
    return {p: r for p, r in _by_person(month, "employment_monitoring").items() if r["employment_status"] == "在业"}


def _deaths(month: Month) -> dict[str, date]:
    """The earliest date of death of everyone reported dead by the month."""
    died: dict[str, date] = {}
    for (name, delivered), rows in month.store.accepted.items():
        if name == "deaths" and delivered <= month.month:
            for r in rows:
                died[r["resident_id"]] = min(r["died_on"], died.get(r["resident_id"], r["died_on"]))
    return died


def _dead_before(month: Month) -> set[str]:
    return {p for p, day in _deaths(month).items() if day < first_day(month.month)}


def _rec_01(month: Month) -> Iterator[Conflict]:
    lists = [_allowed(month), _by_person(month, "extreme_poverty_support")]
    for person in _dead_before(month) & (lists[0].keys() | lists[1].keys()):
        yield Conflict("REC-01", person, rows=tuple(rows[person] for rows in lists if person in rows))


def _rec_02(month: Month) -> Iterator[Conflict]:
    dead = _dead_before(month)
    for person, row in _by_person(month, "pension_enrolment").items():
        if row["benefit_status"] == "领取中" and person in dead:
            yield Conflict("REC-02", person)


def _rec_03(month: Month) -> Iterator[Conflict]:
    homes = defaultdict(set)
    for row in _rows(month, "household_register"):
        homes[row["resident_id"]].add(row["household_code"])
    yield from (Conflict("REC-03", person) for person, codes in homes.items() if len(codes) > 1)


def _spelt(name: str) -> str:
    """A name as names are compared: in plain text, one dot between its parts, none at its ends (semantics §5)."""
    parts = "".join("·" if c in DOTS else c for c in clean(name)).split("·")
    return "·".join(part for part in parts if part)


def _rec_04(month: Month) -> Iterator[Conflict]:
    received: dict[int, datetime] = {}
    for (_, delivered), files in month.store.files.items():
        if delivered == month.month:
            received |= {id(row): file.received_at for file in files for row in file.rows}
    named: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for dataset in sorted(datasets().values(), key=lambda d: (d.department, d.name)):
        for name, person in NAMES:
            if dataset.has(name) and dataset.has(person):
                for row in _rows(month, dataset.name):
                    named[row[person]].append((_spelt(row[name]), row))
    for person, mentions in named.items():
        if len({name for name, _ in mentions}) > 1:
            rows = [row for _, row in mentions]
            rows.sort(key=lambda row: (received[id(row)], row.delivery_no), reverse=True)
            yield Conflict("REC-04", person, rows=tuple(rows), answering=rows[0].dataset.department)


def _rec_05(month: Month) -> Iterator[Conflict]:
    supported = _by_person(month, "extreme_poverty_support")
    for person, row in _allowed(month).items():
        if person in supported:
            yield Conflict("REC-05", person, rows=(row, supported[person]))


def _rec_06(month: Month) -> Iterator[Conflict]:
    for person, row in _allowed(month).items():
        if person not in month.home:
            yield Conflict("REC-06", person, rows=(row,))


def _rec_07(month: Month) -> Iterator[Conflict]:
    jobless = _by_person(month, "unemployment_registration")
    for person, row in _employed(month).items():
        if person in jobless:
            yield Conflict("REC-07", person, rows=(row,))


def _rec_08(month: Month) -> Iterator[Conflict]:
    employed = _employed(month)
    for person, row in _by_person(month, "extreme_poverty_support").items():
        if person in employed:
            yield Conflict("REC-08", person, rows=(row, employed[person]))


def _rec_09(month: Month) -> Iterator[Conflict]:
    died = _deaths(month)
    treated = {
        r["resident_id"]
        for r in _rows(month, "medical_settlements")
        if r["resident_id"] in died and (r["admitted_on"] or r["settled_on"]) > died[r["resident_id"]]
    }
    yield from (Conflict("REC-09", person) for person in treated)


def _rec_10(month: Month) -> Iterator[Conflict]:
    heads = dict.fromkeys(month.households, 0)
    for row in _rows(month, "household_register"):
        heads[row["household_code"]] += row["relation_to_head"] == "户主"
    yield from (Conflict("REC-10", household=code) for code, count in heads.items() if count != 1)


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def _rec_11(month: Month) -> Iterator[Conflict]:
    for row in _rows(month, "monitored_households"):
        home = month.households.get(row["household_code"])
        limit = parameter(PARAMETERS["REC-11"], home.town if home else DISTRICT, month.month)
        if row["eliminated_month"] is None or limit is None:
            continue
        if _index(row["eliminated_month"]) - _index(row["identified_month"]) <= limit:
            yield Conflict("REC-11", household=row["household_code"])


def _rec_12(month: Month) -> Iterator[Conflict]:
    for row in _rows(month, "monitored_households"):
        home = month.households.get(row["household_code"])
        if row["is_risk_eliminated"] and home and not home.labour():
            yield Conflict("REC-12", household=home.code)


def _rec_13(month: Month) -> Iterator[Conflict]:
    for row in _rows(month, "monitored_households"):
        if row["household_code"] not in month.households:
            yield Conflict("REC-13", household=row["household_code"])


def _keeps_title_rule(row: Row) -> bool:
    owner, is_confirmed = {"区级": ("区政府", True), "村级": ("村集体", True), "到户": ("农户", False)}[
        row["implementation_level"]
    ]
    return (row["owner"], row["is_registered"], row["is_title_confirmed"]) == (owner, True, is_confirmed)


def _rec_14(month: Month) -> Iterator[Conflict]:
    counted = counted_month(month.store, "project_assets", month.month)
    for row in month.store.rows("project_assets", counted or ""):
        if not _keeps_title_rule(row):
            yield Conflict("REC-14", thing=row["asset_no"], rows=(row,))


def _rec_15(month: Month) -> Iterator[Conflict]:
    levy = parameter(PARAMETERS["REC-15"], DISTRICT, month.month) or Decimal(0)
    for row in _rows(month, "cleaning_fund"):
        due = min(row["villagers_raised"], row["registered_population"] * levy)
        if any(abs(row[paid] - due) > HALF_A_CENT for paid in ("town_paid", "district_paid")):
            yield Conflict("REC-15", thing=row["village_name"], rows=(row,))


def _along_chain(rule: str) -> Callable[[Month], Iterator[Conflict]]:
    """One conflict per subject, with all its rows."""

    def find(month: Month) -> Iterator[Conflict]:
        found: dict[str, list[Row]] = defaultdict(list)
        for subject, row in breaks.BREAKS[rule](month):
            found[subject].append(row)
        yield from (Conflict(rule, thing=subject, rows=tuple(rows)) for subject, rows in found.items())

    return find


def _rec_23(month: Month) -> Iterator[Conflict]:
    end = last_day(month.month)
    for row in _rows(month, "toilet_retrofits"):
        paid, day = row["subsidy"], row["completed_on"]
        if row["inspection_result"] != "合格" or day > end or not paid > 0:
            continue
        standard = parameter_row("toilet_subsidy_per_household", row["town_name"], day)
        if standard and abs(paid - Decimal(standard["value"])) > HALF_A_CENT:
            yield Conflict("REC-23", row["head_resident_id"], rows=(row,))


def _rec_24(month: Month) -> Iterator[Conflict]:
    for person, rows in civil_lists(month).items():
        if len(rows) > 1 and set(rows) != {"低保", "特困"}:
            yield Conflict("REC-24", person, rows=tuple(rows[name] for name in CIVIL if name in rows))


FINDERS: dict[str, Callable[[Month], Iterator[Conflict]]] = {
    "REC-01": _rec_01, "REC-02": _rec_02, "REC-03": _rec_03, "REC-04": _rec_04, "REC-05": _rec_05,
    "REC-06": _rec_06, "REC-07": _rec_07, "REC-08": _rec_08, "REC-09": _rec_09, "REC-10": _rec_10,
    "REC-11": _rec_11, "REC-12": _rec_12, "REC-13": _rec_13, "REC-14": _rec_14, "REC-15": _rec_15,
    **{rule: _along_chain(rule) for rule in breaks.BREAKS}, "REC-23": _rec_23, "REC-24": _rec_24,
}  # fmt: skip


def home_of(conflict: Conflict, month: Month) -> Household | None:
    """The household on the month's register that the conflict is about, or in which its person counts."""
    if conflict.person:
        return month.home.get(conflict.person)
    return month.households.get(conflict.household or "")


def place_of(conflict: Conflict, month: Month) -> tuple[str | None, str | None]:
    """Town and village: the register's, else those of the first delivered row that has a town."""
    home = home_of(conflict, month)
    if home:
        return home.town, home.first["village_name"]
    row = next((r for r in conflict.rows if r["town_name"]), None)
    return (row["town_name"], row["village_name"]) if row else (None, None)
