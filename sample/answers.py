"""Describe the ground truth of a sample, so that a test can compare the results of the platform with it.

Belongs here: planted cases with their households, papers with their mistakes, deliveries that must be rejected.
Does not belong here: generating them. A summary contains invented identities: it is kept in memory only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from sample import regime
from sample.clerks.desk import Paper
from sample.departments import agriculture, funds, programme, projects
from sample.departments.projects import ASSET_IN_BREACH, project_assets
from sample.departments.villages import BREACHED, OVERPAID
from sample.district import District
from sources.months import Month


@dataclass(frozen=True)
class PlantedCase:
    """A household, the only risk rules that must flag it in the last month, and the rules that it narrowly misses."""

    household_code: str
    note: str
    fires: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True)
class PlantedConflict:
    """A subject and whether a reconciliation rule must find a conflict about it in the last month.

    The subject is a resident id, a household code, a village code, or the number of an asset or a project; of money its
    document, year and level, or year and level.
    """

    rule_code: str
    subject: str
    conflicts: bool


@dataclass(frozen=True)
class FiledPaper:
    """A paper and its delivery."""

    department: str
    month: Month
    delivery_no: int
    paper: Paper


@dataclass(frozen=True)
class RejectedDelivery:
    """A delivery of a dataset that the gate must reject."""

    department: str
    dataset: str
    month: Month
    delivery_no: int


@dataclass(frozen=True)
class SampleSummary:
    """The ground truth of a sample."""

    months: tuple[Month, ...]
    households: int
    persons: int
    """Number of people in the district over all months."""
    cases: tuple[PlantedCase, ...]
    conflicts: tuple[PlantedConflict, ...]
    filed: tuple[FiledPaper, ...]
    rejected: tuple[RejectedDelivery, ...]
    unrecognised: tuple[str, ...]
    """Paths, relative to the inbox, of files that belong to no table of their department."""
    corrected_town: str
    """Code of the town whose register is replaced by the second delivery of the last month."""
    identities: pl.Series = field(repr=False)
    """Ids, household codes, certificates, phones, accounts and addresses in the files; none may be published."""
    names: pl.Series = field(repr=False)
    """People's names in the files."""

    @property
    def must_fire(self) -> dict[str, tuple[str, ...]]:
        """Household codes that must be flagged, by rule."""
        return _group_by_rule((rule, c.household_code) for c in self.cases for rule in c.fires)

    @property
    def must_not_fire(self) -> dict[str, tuple[str, ...]]:
        """Household codes that narrowly miss a rule, by rule."""
        return _group_by_rule((rule, c.household_code) for c in self.cases for rule in c.misses)

    def rows(self, month: Month) -> int:
        """Count the data rows in all files of a month."""
        return sum(f.paper.rows for f in self.filed if f.month == month)


def _group_by_rule(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for rule, code in pairs:
        found.setdefault(rule, []).append(code)
    return {rule: tuple(codes) for rule, codes in sorted(found.items())}


def planted_cases(district: District) -> tuple[PlantedCase, ...]:
    """List the planted cases with the codes of their households."""
    codes = district.lives.households.filter("is_planted")["household_code"]
    return tuple(PlantedCase(code, c.note, c.fires, c.misses) for code, c in zip(codes, district.cases, strict=True))


def planted_conflicts(district: District) -> tuple[PlantedConflict, ...]:
    """List the planted conflicts with their subjects, including those of assets and villages."""
    codes = district.lives.households.filter("is_planted").select("hid", "household_code")
    people = district.lives.people.filter("is_planted").sort("pid")
    found = []
    for (hid, code), case in zip(codes.rows(), district.cases, strict=True):
        ids = people.filter(pl.col("hid") == hid)["resident_id"]
        for expected, pairs in ((True, case.conflicts), (False, case.no_conflicts)):
            found += [PlantedConflict(rule, code if m is None else ids[m], expected) for rule, m in pairs]
    if regime.has_begun(district.calendar, len(district.calendar) - 1):
        found += [PlantedConflict(*one) for one in _of_regime(district)]
    asset = project_assets(district, 0)["asset_no"][ASSET_IN_BREACH]
    villages = district.places.villages["village_code"]
    return (
        *found,
        PlantedConflict("REC-14", asset, True),
        PlantedConflict("REC-14", project_assets(district, 0)["asset_no"][ASSET_IN_BREACH + 1], False),
        PlantedConflict("REC-15", villages[BREACHED], True),
        PlantedConflict("REC-15", villages[OVERPAID], False),
    )


def _of_regime(district: District) -> Iterator[tuple[str, str, bool]]:
    """Yield the planted breaks between money, projects, assets and toilets, and what is nearly one."""
    last = len(district.calendar) - 1
    subject = pl.concat_str("document_no", "fund_year", "fund_level", separator="|")
    money = funds.support_funds(district, last).select("document_no", subject=subject)
    used, unused = funds.documents(district)[0], funds.unused_document(district)
    year = regime.BEGINS.year
    project, asset = programme.project_numbers(district), project_assets(district, last)["asset_no"]
    toilets = agriculture.toilet_retrofits(district, last).filter(pl.col("inspection_result") == "合格")
    standard = pl.col("subsidy") == pl.col("subsidy").max()
    pairs = {
        "REC-16": [money.filter(pl.col("document_no") == d)["subject"][0] for d in (unused, used)],
        "REC-17": [project[programme.UNREGISTERED], project[programme.REGISTERED_LATER]],
        "REC-18": [asset[projects.IDLE], asset[projects.IDLE_AT_HOME]],
        "REC-19": [asset[projects.UNDERPAID], asset[projects.PAID], asset[projects.WITHOUT_YEAR]],
        "REC-20": [f"{year - 1}|中央", f"{year - 2}|中央"],
        "REC-21": [project[programme.OVERSPENT], project[programme.SPENT_OUT]],
        "REC-22": [asset[projects.LOST], asset[projects.IN_SMALL_LETTERS]],
        "REC-23": [toilets.filter(is_it)["head_resident_id"][0] for is_it in (~standard, standard)],
    }
    for rule, subjects in pairs.items():
        yield from ((rule, one, n == 0) for n, one in enumerate(subjects))
