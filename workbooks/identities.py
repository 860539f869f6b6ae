"""Resolve pseudonyms to people, inside the restricted zone.

Belongs here: the families of household keys and the persons of delivered rows, read from ``restricted/identities``.
Does not belong here: making pseudonyms (``sources.privacy``); anything that leaves the restricted zones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from sources import parquet
from sources.acceptance.provenance import accepted_months
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import ROW_ID, ROWS_FILE
from sources.home import Home
from sources.months import Month
from workbooks.references import accepted_places, unnested

_REGISTER, _DEATHS = "household_register", "deaths"
_HEAD = "户主"
_FAMILY = pl.Schema(
    dict.fromkeys(
        ("household_key", "household_code", "head_name", "head_id", "members", "natural_village"), pl.String()
    )
)
_HEADS = pl.Schema({"household_key": pl.String, "head_name": pl.String, "head_age": pl.Int32})
_PERSONS = pl.Schema({"lead_id": pl.String(), "persons_concerned": pl.String()})


def masked_id(ids: pl.Expr) -> pl.Expr:
    """Mask an id except its first six and last four characters, enough to distinguish people of one village."""
    return ids.str.head(6) + "********" + ids.str.tail(4)


def _register(home: Home, contracts: Contracts, month: Month) -> pl.DataFrame:
    """Read the month's register with its identities, in delivery order; empty if there is none."""
    dataset = contracts.dataset(_REGISTER)
    accepted, identities = home.accepted(dataset, month) / ROWS_FILE, home.identities(dataset, month) / ROWS_FILE
    if not (accepted.exists() and identities.exists()):
        return pl.DataFrame()
    rows = parquet.scan(accepted).select(*ROW_ID, "row_order", "relation_to_head", "id_birth_month")
    return rows.join(parquet.scan(identities), on=list(ROW_ID)).sort("row_order").collect()


def heads(home: Home, contracts: Contracts, month: Month, household_keys: pl.Series) -> pl.DataFrame:
    """Look up the living heads of households in the register of a month, one row each.

    Columns: household_key, head_name, head_age (whole years at the month's end). The head is the first living 户主 in
    the order of rows, else the first living member. Households without a living member are left out.
    """
    register = _register(home, contracts, month)
    if register.is_empty():
        return pl.DataFrame(schema=_HEADS)
    born = pl.col("id_birth_month").str.to_date("%Y-%m", strict=False)
    months = (month.year - born.dt.year()) * 12 + month.number - born.dt.month()
    return (
        register.unique("person_key", keep="first", maintain_order=True)
        .filter(~pl.col("person_key").is_in(_dead(home, contracts.dataset(_DEATHS), month).implode()))
        .filter(pl.col("household_key").is_in(household_keys.implode()))
        .sort(pl.col("relation_to_head") != _HEAD, maintain_order=True)
        .group_by("household_key", maintain_order=True)
        .agg(head_name=pl.col("identity__person_name").first(), head_age=(months // 12).first())
        .cast(_HEADS)
    )


def _dead(home: Home, dataset: Dataset, month: Month) -> pl.Series:
    """Read the keys of those who died by the end of a month, in whichever delivery up to it they are."""
    frames = [
        parquet.read(home.accepted(dataset, m) / ROWS_FILE, columns=["person_key", "died_on"])
        for m in accepted_months(home, dataset)
        if m <= month
    ]
    rows = pl.concat(frames) if frames else pl.DataFrame(schema={"person_key": pl.String, "died_on": pl.Date})
    return rows.filter(pl.col("died_on") <= month.last_day)["person_key"]


def families(home: Home, contracts: Contracts, month: Month, household_keys: pl.Series) -> pl.DataFrame:
    """Look up the families of household keys in the register of a month, one row each; unknown keys are left out.

    Columns: household_key, household_code, head_name, head_id (masked), members (their names), natural_village.
    In a family without a 户主 the first member is the head.
    """
    register = _register(home, contracts, month)
    if register.is_empty():
        return pl.DataFrame(schema=_FAMILY)
    name, relation = pl.col("identity__person_name"), pl.col("relation_to_head")
    is_head = relation == _HEAD
    return (
        register.filter(pl.col("household_key").is_in(household_keys.implode()))
        .sort(~is_head, maintain_order=True)
        .group_by("household_key", maintain_order=True)
        .agg(
            household_code=pl.col("identity__household_code").first(),
            head_name=name.first(),
            head_id=masked_id(pl.col("identity__resident_id")).first(),
            members=name.str.join("、"),
            natural_village=pl.col("identity__natural_village_name").drop_nulls().first(),
        )
        .cast(_FAMILY)
    )


def persons_of_evidence(home: Home, contracts: Contracts, leads: pl.DataFrame) -> pl.DataFrame:
    """Look up the names in the delivered rows that are a lead's evidence; columns ``lead_id``, ``persons_concerned``.

    ``leads`` has ``lead_id`` and ``evidence`` (JSON list of row references). A lead whose rows name nobody is left out.
    """
    frames = [pl.DataFrame(schema=pl.Schema({"lead_id": pl.String(), "name": pl.String()}))]
    of_leads = unnested(leads.select("lead_id", "evidence"))
    for (dataset, month), references in of_leads.group_by("dataset", "month", maintain_order=True):
        names = _names(home, contracts.dataset(str(dataset)), Month.parse(str(month)))
        if names is not None:
            frames.append(references.join(names, on="ref").select("lead_id", "name"))
    joined = pl.concat(frames).group_by("lead_id").agg(pl.col("name").unique(maintain_order=True).str.join("、"))
    return joined.rename({"name": "persons_concerned"}).cast(_PERSONS)


def _names(home: Home, dataset: Dataset, month: Month) -> pl.DataFrame | None:
    """Read reference and name of each person in a dataset's accepted rows of a month; None if it has no names."""
    path = home.identities(dataset, month) / ROWS_FILE
    if not path.exists() or "person_name" not in {c.name for c in dataset.columns}:
        return None
    names = parquet.read(path, columns=[*ROW_ID, "identity__person_name"])
    places = accepted_places(home, dataset, month)
    return names.join(places, on=list(ROW_ID)).select("ref", name="identity__person_name")


def months_between(days: Iterable[date]) -> list[Month]:
    """List the distinct months of days, in order."""
    return sorted({Month(d.year, d.month) for d in days})
