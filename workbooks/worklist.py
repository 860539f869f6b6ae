"""Write work lists: the open leads of a month, one workbook per town, to be verified and returned.

Belongs here: joining leads, families and reasons; writing and logging the lists.
Does not belong here: the layout of a list (``worklist_sheet``), the answers (the dataset ``verification_returns``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from sources import audit
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.county.folder import county_of
from sources.home import Home
from sources.landing.locations import LOCAL_TIME
from sources.months import Month
from workbooks.evidence import WHOLE_HOUSEHOLD, with_reasons
from workbooks.identities import families, months_between, persons_of_evidence
from workbooks.leads import open_leads
from workbooks.list_log import ListLog
from workbooks.returns import RETURNS
from workbooks.style import Book, file_name
from workbooks.worklist_sheet import LEVELS, write_guide, write_list

UNKNOWN_FAMILY = "(限制区内没有身份信息)"


def worklist_folder(home: Home, month: Month) -> Path:
    """Return the folder of a month's lists."""
    return home.outbox / "worklists" / str(month)


def write_worklists(
    home: Home, marts: Path, month: Month, contracts: Contracts | None = None, now: datetime | None = None
) -> list[Path]:
    """Write a list for every town with open leads opened up to ``month`` and return the paths, by town.

    A list that was edited in the outbox is kept next to the new one; an unchanged list of a town without open leads is
    removed. A line of the audit log is written first. Raises NotPublishedError if the month is not published, OSError
    if the outbox cannot be written, CountyError if the county's folder is wrong.
    """
    contracts = contracts or load_contracts()
    now = now or datetime.now(LOCAL_TIME).replace(tzinfo=None, microsecond=0)
    leads = _describe(home, contracts, open_leads(marts, month))
    if leads.height:
        audit.record(home, "export", what="worklist", month=str(month), leads=leads.height)
    log = ListLog(home)
    log.set_aside(worklist_folder(home, month), now)
    return [
        _write_town(home, contracts.dataset(RETURNS), month, now, log, town_leads)
        for _, town_leads in leads.group_by("town_code", maintain_order=True)
    ]


def _describe(home: Home, contracts: Contracts, leads: pl.DataFrame) -> pl.DataFrame:
    """Add families, persons and reasons to leads; sort by village, most urgent household first."""
    months = months_between(leads["flagged_month"].to_list())
    found = [families(home, contracts, m, _of_month(leads, m)["household_key"]) for m in months]
    known = [f.with_columns(flagged_month=pl.lit(m.first_day)) for f, m in zip(found, months, strict=True)]
    if not known:
        return leads
    leads = leads.join(pl.concat(known), on=["household_key", "flagged_month"], how="left")
    leads = leads.join(persons_of_evidence(home, contracts, leads), on="lead_id", how="left")
    whole = pl.concat_str(pl.lit("全户"), "members", separator=":", ignore_nulls=True)
    rules = county_of(home.root).rules
    of_household = [*WHOLE_HOUSEHOLD, *(rule["code"] for rule in rules if rule["about"] == "household")]
    persons = pl.when(~pl.col("rule_code").is_in(of_household)).then("persons_concerned")
    sentences = {rule["code"]: rule["sentence"] for rule in rules}
    return with_reasons(leads, contracts, sentences).with_columns(
        has_family=pl.col("head_name").is_not_null(),
        head=pl.concat_str(pl.col("head_name").fill_null(UNKNOWN_FAMILY), "head_id", separator="\n", ignore_nulls=True),
        place=pl.concat_str("village", "natural_village", separator=" ", ignore_nulls=True),
        persons=pl.coalesce(persons, whole),
        level=pl.col("risk_level").replace(LEVELS),
        reason="【" + pl.col("rule") + "】" + pl.col("reason"),
        category=pl.concat_str("household_type", _advice(), separator="\n", ignore_nulls=True),
        due_on=pl.col("due_on").cast(pl.Date),
    ).sort("town_code", "division_code", _urgency(), "household_key", "rule_code")  # fmt: skip


def _of_month(leads: pl.DataFrame, month: Month) -> pl.DataFrame:
    return leads.filter(pl.col("flagged_month") == month.first_day)


def _urgency() -> pl.Expr:
    """Rank leads by the household's highest level, so that all leads of a household stay together."""
    rank = pl.col("risk_level").replace_strict({"red": 0, "orange": 1, "yellow": 2}, default=3, return_dtype=pl.Int8)
    return rank.min().over("household_key")


def _advice() -> pl.Expr:
    monitored, candidate = pl.col("monitoring_category"), pl.col("candidate_category")
    return (
        pl.when(monitored.is_not_null()).then("已在监测:" + monitored)
        .when(candidate.is_not_null()).then("建议按" + candidate + "核实")
    )  # fmt: skip


def _write_town(home: Home, dataset: Dataset, month: Month, now: datetime, log: ListLog, leads: pl.DataFrame) -> Path:
    town = leads["town"][0]
    path = worklist_folder(home, month) / f"{file_name(town)}_{dataset.label}_{month}.xlsx"
    entry = {
        "at": now.isoformat(),
        "month": str(month),
        "town_code": leads["town_code"][0],
        "town": town,
        "file": path.name,
        "leads": leads.height,
        "leads_without_family": leads.filter(~pl.col("has_family")).height,
    }
    with home.replacing(path) as temporary:
        with Book(temporary, f"{town}{dataset.label}", f"{month} 风险线索核查清单", now) as book:
            write_list(book, dataset, town, month, leads.with_columns(number=pl.int_range(1, pl.len() + 1)))
            write_guide(book, dataset, town)
        log.add(entry, temporary)
    return path
