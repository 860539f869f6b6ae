"""The marts that differ in the open database, from the exact ones.

Belongs here: which counts are figures, what a row shows of them. Does not belong here: the choice of cells
(``suppression``), households in bands (``households``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from tests.oracle.catalogue import DISTRICT, month_of, parameter, seed, shift, towns
from tests.oracle.indicators.followed import ROLES
from tests.oracle.open.households import household_bands
from tests.oracle.open.suppression import Cell, cell, suppressed
from tests.oracle.regime import categories

Record = dict[str, Any]
Marts = dict[str, list[Record]]
Hidden = set[tuple[str, str, str]]
"""Month, figure and division of every count that is not shown."""
SAME = {role: code for code, role in ROLES.items()} | {"other": "monitoring.monitored_households"}
MOVEMENTS = ("opening", "newly_identified", "returned", "moved_in", "eliminated", "left_register", "moved_out",
             "size_change")  # fmt: skip
COUNTS = ("households_screened", "households_flagged", "leads_open", "leads_overdue")
LEVELS = ("red", "orange", "yellow")
EARLIER = ("previous_value", "change", "year_ago_value")


def _k(month: str) -> Any:
    return parameter("disclosure_min_cell", DISTRICT, month)


def _figure(row: Record) -> str:
    """The figure of a closing: households are counted by the monitoring indicators too."""
    name = row["monitoring_category"]
    role = next(c["role"] for c in categories(month_of(row["month"])) if c["name_zh"] == name)
    return SAME[role] if row["base"] == "households" else f"closing {name}"


def _is_small(month: str, count: Any) -> bool:
    k = _k(month)
    return k is None or 0 < abs(count) < k


ALL_MONITORED = "monitoring.monitored_households"


def hidden_cells(marts: Marts, overview: list[Record]) -> Hidden:
    """Every count about persons below the district that is not shown."""
    cells: dict[tuple[str, str], dict[str, Cell]] = defaultdict(dict)
    alone = {row["month"] for row in marts["monitored_roll_forward"] if _figure(row) == ALL_MONITORED}
    overlapping: Hidden = set()
    catalogue = {i["code"]: i for i in seed("indicators")}
    for row in marts["rural_indicators"]:
        about = catalogue[row["indicator_code"]]
        if row["numerator"] is None or about["about"] == "things":
            continue
        if about["about"] == "overlapping" or (about["code"] == ALL_MONITORED and row["month"] not in alone):
            overlapping |= {(month_of(row["month"]), about["code"], row["division_code"])}
        elif about["form"] in ("count", "ratio"):
            counts = cell(row["numerator"], row["denominator"], about["form"] == "ratio")
            cells[month_of(row["month"]), row["indicator_code"]][row["division_code"]] = counts
    for row in marts["risk_screening"]:
        if row["status"] == "screened":
            counts = cell(row["flagged_households"], row["screened_households"])
            cells[month_of(row["month"]), row["rule_code"]][row["town_code"]] = counts
    for row in overview:
        for name in COUNTS:
            cells[month_of(row["month"]), name][row["town_code"] or DISTRICT] = cell(row[name])
        levels = Cell(tuple(row[level] for level in LEVELS), row["households_flagged"])
        cells[month_of(row["month"]), "levels"][row["town_code"] or DISTRICT] = levels
    rolled = marts["monitored_roll_forward"]
    for row in (r for r in rolled if r["base"] == "persons"):
        before = shift(month_of(row["month"]), -1)
        cells[month_of(row["month"]), _figure(row)][row["town_code"]] = cell(row["closing"])
        if before not in {month_of(r["month"]) for r in rolled}:
            cells[before, _figure(row)][row["town_code"]] = cell(row["opening"])
    return {key for key in overlapping if key[2] != DISTRICT} | {
        (month, figure, code)
        for (month, figure), of_figure in cells.items()
        for code in suppressed({c: x for c, x in of_figure.items() if c != DISTRICT}, _k(month))
    }


def rural_indicators(rows: list[Record], hidden: Hidden) -> list[Record]:
    """Indicators: sums and means about persons are the district's only; earlier values are those that are shown."""
    catalogue = {i["code"]: i for i in seed("indicators")}
    shown = []
    for row in rows:
        month, code, division = month_of(row["month"]), row["indicator_code"], row["division_code"]
        about = catalogue[code]
        is_local = about["about"] == "persons" and row["level"] != "district" and row["numerator"] is not None
        gone = (month, code, division) in hidden or (is_local and about["form"] in ("sum", "mean"))
        nothing = dict.fromkeys(("numerator", "denominator", "value", *EARLIER))
        shown.append({**row, **nothing, "status": "suppressed"} if gone else dict(row))
    values = {(month_of(r["month"]), r["indicator_code"], r["division_code"]): r["value"] for r in shown}
    for row in (r for r in shown if r["status"] != "suppressed"):
        place = (row["indicator_code"], row["division_code"])
        before = values.get((shift(month_of(row["month"]), -1), *place))
        row["previous_value"], row["change"] = before, None
        if before is not None and row["value"] is not None:
            row["change"] = row["value"] - before
        row["year_ago_value"] = values.get((shift(month_of(row["month"]), -12), *place))
    return shown


def _screening(rows: list[Record], hidden: Hidden) -> list[Record]:
    nothing = {"status": "suppressed", "screened_households": None, "flagged_households": None}
    unseen = {"screened_households": None, "flagged_households": None}
    return [
        {**r, **nothing}
        if (month_of(r["month"]), r["rule_code"], r["town_code"]) in hidden
        else {**r, **(unseen if r["status"] == "not_screened" else {})}
        for r in rows
    ]


def _roll_forward(rows: list[Record], hidden: Hidden) -> list[Record]:
    shown = []
    for row in rows:
        month, figure, town = month_of(row["month"]), _figure(row), row["town_code"]
        gone = (month, figure, town) in hidden
        silent = gone or (shift(month, -1), figure, town) in hidden
        silent = silent or any(_is_small(month, row[name]) for name in MOVEMENTS)
        nothing = (MOVEMENTS if silent else ()) + (("closing",) if gone else ())
        status = "suppressed" if gone else "closing_only" if silent else "counted"
        shown.append({**row, **dict.fromkeys(nothing), "status": status})
    return shown


def open_project_chain(rows: list[Record]) -> list[Record]:
    """The chain: of the assets that paid, those with the fewest households show nothing while they are too few."""
    hidden: set[tuple[date, str]] = set()
    for month in {row["month"] for row in rows}:
        k = _k(month_of(month))
        paid = sorted(
            (r["households_paid"], r["asset_no"]) for r in rows if r["month"] == month and r["households_paid"]
        )
        gone: list[int] = []
        for households, asset in paid:
            is_too_few = bool(gone) and (len(gone) < 2 or sum(gone) < (k or 0))
            if k is None or households < k or is_too_few:
                gone.append(households)
                hidden.add((month, asset))
        if k is None:
            hidden |= {(month, r["asset_no"]) for r in rows if r["month"] == month and r["households_paid"] == 0}
    nothing = {"dividend_paid": None, "households_paid": None}
    return [{**r, **(nothing if (r["month"], r["asset_no"]) in hidden else {})} for r in rows]


def _overview(marts: Marts, month: date) -> list[Record]:
    """The exact counts of a month, of the district and of each town."""
    of_month = {m: [r for r in marts[m] if r["month"] == month] for m in ("household_month", "household_risk")}
    levels = {r["household_key"]: r["risk_level"] for r in of_month["household_risk"]}
    living = [r for r in of_month["household_month"] if r["living_members"] > 0]
    rows = []
    for town in (None, *towns(month_of(month))):
        here = [levels.get(r["household_key"]) for r in living if town in (None, r["town_code"])]
        leads = [r for r in marts["leads_as_of"] if r["month"] == month and town in (None, r["town_code"])]
        rows.append(
            {
                "month": month,
                "town_code": town,
                "households_screened": len(here),
                "households_flagged": sum(level is not None for level in here),
                **{level: here.count(level) for level in LEVELS},
                "leads_open": len(leads),
                "leads_overdue": sum(r["is_overdue"] for r in leads),
            }
        )
    return rows


def _shown_overview(row: Record, hidden: Hidden) -> Record:
    month, town = month_of(row["month"]), row["town_code"]
    gone = {name for name in (*COUNTS, "levels") if (month, name, town) in hidden}
    levels = LEVELS if gone & {"levels", "households_flagged"} else ()
    return {**row, **dict.fromkeys((*gone - {"levels"}, *levels))}


def open_marts(marts: Marts) -> Marts:
    """The marts that differ in the open database, and those that are only there."""
    months = [r["month"] for r in marts["dim_month"]]
    overview = [row for month in months for row in _overview(marts, month)]
    hidden = hidden_cells(marts, overview)
    scores = [
        {**r, "score": None if r["score"] is None else round(float(r["score"]), 1)} for r in marts["town_assessment"]
    ]
    return {
        "rural_indicators": rural_indicators(marts["rural_indicators"], hidden),
        "risk_screening": _screening(marts["risk_screening"], hidden),
        "monitored_roll_forward": _roll_forward(marts["monitored_roll_forward"], hidden),
        "town_assessment": scores,
        "project_chain": open_project_chain(marts["project_chain"]),
        "risk_overview": [_shown_overview(row, hidden) for row in overview],
        "household_bands": [row for month in months for row in household_bands(marts, month)],
    }
