"""Convert planted cases to rows of the lives' tables.

Belongs here: places, names and members of planted households. Does not belong here: the cases, rows of their effects
(``rows``). Clerks never spoil a planted row, so that its expected results hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from sample.cases.civil import civil_cases
from sample.cases.conflicts import conflict_cases
from sample.cases.effects import Alias, Case, Death, Departure, Dropout
from sample.cases.income import income_cases
from sample.cases.living import living_cases
from sample.cases.medical import medical_cases
from sample.cases.regime import regime_cases
from sample.cases.rows import effect_rows, second_home_rows
from sample.cases.work import work_cases
from sample.chance import Chance
from sample.ids import resident_ids
from sample.lives.people import HOMOPHONES
from sample.lives.schema import SCHEMAS, Lives, conform
from sample.months import Calendar
from sample.places import IS_STREET, Places, with_natural_villages
from sample.population import DISTRICT, FIRST_CODE, draw_names
from sample.regime import has_begun

_CODES, _ROOM = 440, 30
"""First order code of planted people's ids, and the number of codes."""
_DOTTED_NAME = "古丽娜·艾山"


@dataclass(frozen=True)
class Ground:
    """The first free ids for planted households, and the town whose delivery is corrected."""

    first_hid: int
    first_pid: int
    corrected_town: str


def cases_of(calendar: Calendar) -> tuple[Case, ...]:
    """List the cases that fit in a sample of these months."""
    everything = (
        *income_cases(), *medical_cases(calendar), *work_cases(), *civil_cases(), *living_cases(), *conflict_cases(),
        *(regime_cases() if has_begun(calendar, len(calendar) - 1) else ()),
    )  # fmt: skip
    return tuple(
        c for c in everything if c.needs <= len(calendar) and (not c.in_year or calendar.last.number >= c.needs)
    )


def corrected_town(places: Places) -> str:
    """Return the code of the town whose register is re-delivered: the first 镇, 乡 or 苏木, or else the first town."""
    towns = places.real.filter(~IS_STREET)["town_code"]
    return str((towns if len(towns) else places.real_towns).min())


def _villages(cases: Sequence[Case], places: Places, ground: Ground) -> tuple[list[str], list[str]]:
    """Choose for each case a village, and another one to move to."""
    real, streets = places.real, places.real.filter(IS_STREET)
    pools = {
        "any": real["village_code"],
        # A county without streets has these households anywhere.
        "street": streets["village_code"] if len(streets) else real["village_code"],
        "corrected": real.filter(pl.col("town_code") == ground.corrected_town)["village_code"],
    }
    # Step by 37 villages, so that consecutive cases are not in neighbouring villages.
    steps = [(pools[c.place], 37 * i) for i, c in enumerate(cases)]
    return [p[s % len(p)] for p, s in steps], [p[(s + 11) % len(p)] for p, s in steps]


def _households(
    chance: Chance, cases: Sequence[Case], places: Places, calendar: Calendar, ground: Ground
) -> pl.DataFrame:
    last = len(calendar) - 1
    villages, next_villages = _villages(cases, places, ground)
    rows = [
        {
            "hid": ground.first_hid + i,
            "household_code": str(FIRST_CODE + ground.first_hid + i),
            "household_type": "脱贫户" if case.is_registered else "一般农户",
            "village_code": villages[i],
            "later_village_code": next_villages[i] if case.moves else None,
            "village_code_changes_in": last if case.moves else None,
            "housing_grade": case.housing,
            "draft_housing_grade": case.draft_housing,
            "has_safe_water": case.has_water,
            **{f"later_{name}": value for name, value in case.changes},
            **{f"{name}_changes_in": last for name, _ in case.changes},
        }
        for i, case in enumerate(cases)
    ]
    rng = chance.of("planted homes")
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        luck=pl.Series(rng.random(len(rows))), is_planted=pl.lit(True)
    )
    return conform("households", with_natural_villages(frame, places, rng.random(len(rows))))


def _born(calendar: Calendar, years: int, months: int, number: int) -> date:
    return calendar.month(-12 * years - months).first_day.replace(day=1 + number % 28)


def _names(chance: Chance, members: pl.DataFrame, cases: Sequence[Case]) -> tuple[list[str], list[str]]:
    """Draw names in the spelling of the register and in that of the health department."""
    names = draw_names(chance, members, len(cases)).to_list()
    medical = list(names)
    for row, (case, member) in enumerate(zip(members["case"], members["member"], strict=True)):
        how = next((e.how for e in cases[case].effects if isinstance(e, Alias) and e.member == member), None)
        if how == "dot":
            names[row], medical[row] = _DOTTED_NAME, _DOTTED_NAME.replace("·", "・")
        elif how == "homophone":
            names[row] = names[row][:-1] + next(iter(HOMOPHONES))
            medical[row] = names[row][:-1] + HOMOPHONES[names[row][-1]]
    return names, medical


def _people(chance: Chance, cases: Sequence[Case], calendar: Calendar, ground: Ground) -> pl.DataFrame:
    rows = [
        {
            "hid": ground.first_hid + i,
            "case": i,
            "member": m,
            "relation_to_head": kin.relation,
            "man": kin.sex == "男",
            "sex": kin.sex,
            "labour_ability": kin.labour,
            "birth_date": _born(calendar, kin.years, kin.months, 5 * i + 3 * m),
            "own_housing_grade": case.member_housing if m else None,
            "left_school_in": 0 if Dropout(m) in case.effects else None,
            **_leaving(case, m, calendar),
        }
        for i, case in enumerate(cases)
        for m, kin in enumerate(case.members)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    names, medical = _names(chance, frame, cases)
    regions = pl.repeat(DISTRICT, frame.height, eager=True)
    return frame.with_columns(
        pid=pl.int_range(pl.len(), dtype=pl.Int32) + ground.first_pid,
        person_name=pl.Series(names),
        medical_name=pl.Series(medical),
        resident_id=resident_ids(regions, frame["birth_date"], frame["man"].to_numpy(), _CODES, _ROOM),
        health_status=pl.lit("健康"),
        is_student=pl.lit(False),
        appears_in=pl.lit(-1),
        luck=pl.Series(chance.of("planted luck").random(frame.height)),
        is_planted=pl.lit(True),
    )


def _leaving(case: Case, member: int, calendar: Calendar) -> dict[str, object]:
    """Build the columns about a member's death or departure from the register."""
    for effect in case.effects:
        if isinstance(effect, Death | Departure) and effect.member == member:
            gone = None if effect.gone is None else calendar.position(effect.gone)
            if isinstance(effect, Departure):
                return {"leaves_in": gone}
            return {
                "died_on": calendar.day(effect.when),
                "reported_in": calendar.position(effect.reported),
                "leaves_in": gone,
            }
    return {"died_on": None, "reported_in": None, "leaves_in": None}


def _incomes(cases: Sequence[Case], calendar: Calendar, ground: Ground) -> pl.DataFrame:
    last = len(calendar) - 1
    rows = [
        (ground.first_hid + i, position, [net for offset, net in case.net if offset <= position - last][-1])
        for i, case in enumerate(cases)
        for position in range(len(calendar))
    ]
    return conform("incomes", pl.DataFrame(rows, schema=["hid", "position", "net"], orient="row"))


def plant(chance: Chance, cases: Sequence[Case], places: Places, calendar: Calendar, ground: Ground) -> Lives:
    """Build all tables of the planted households' lives."""
    members = _people(chance, cases, calendar, ground)
    tables = effect_rows(cases, members, calendar)
    tables["households"] = _households(chance, cases, places, calendar, ground)
    tables["people"] = conform("people", members)
    tables["incomes"] = _incomes(cases, calendar, ground)
    tables["second_homes"] = second_home_rows(cases, members, ground.first_hid)
    return Lives(**{name: tables.get(name, pl.DataFrame(schema=schema)) for name, schema in SCHEMAS.items()})
