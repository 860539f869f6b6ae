"""Replace the identities of a delivery's rows by pseudonyms.

Belongs here: turning each contract column into its accepted columns.
Does not belong here: the keys (``pseudonyms``), texts that name people (``redaction``).
"""

from __future__ import annotations

import polars as pl

from sources.conforming.delivery import ConformedDelivery
from sources.conforming.ids import birth_month_of, sex_of
from sources.contracts.model import Column, Dataset
from sources.contracts.row_schema import accepted_columns, name_key, schema_of, shown_name
from sources.months import Month
from sources.privacy.people import IDENTITY, PersonIndex
from sources.privacy.pseudonyms import Keyring
from sources.privacy.redaction import NOBODY, redacted_numbers, redacted_text


def _column(
    column: Column, dataset: Dataset, keys: Keyring, frame: pl.DataFrame, people: PersonIndex
) -> dict[str, pl.Series]:
    """Build the accepted columns of a contract column, by name; none if the column stays restricted."""
    values = frame[column.name]
    if column.kind == "resident_id":
        if column.name == "resident_id":
            encoded = frame.select(birth=birth_month_of(pl.col(column.name)), sex=sex_of(pl.col(column.name)))
            return {"person_key": keys.person(values), "id_birth_month": encoded["birth"], "id_sex": encoded["sex"]}
        return {f"{column.name.removesuffix('_resident_id')}_person_key": keys.person(values)}
    if column.kind == "certificate":
        return {
            "certificate_category": values.str.slice(18, 1).cast(pl.Int32),
            "certificate_grade": values.str.slice(19, 1).cast(pl.Int32),
        }
    if column.semantic == "household_code":
        return {"household_key": keys.household(values)}
    if column.semantic == "person_name":
        return {name_key(column): keys.name(values)}
    if column.published == "presence":
        return {f"has_{column.name}": values.is_not_null()}
    if column.stays_restricted:
        return {column.name: keys.text(values)} if column.published == "key" or column.name in dataset.key else {}
    if column.kind == "text":
        identities = [c for c in dataset.columns if c.is_identity]
        if column.published == "number":
            return {column.name: redacted_numbers(frame, column.name, identities, keys, people)}
        return {column.name: redacted_text(frame, column.name, identities, people)}
    return {shown_name(column): values}


def pseudonymise(
    conformed: ConformedDelivery, dataset: Dataset, month: Month, keys: Keyring, people: PersonIndex = NOBODY
) -> pl.DataFrame:
    """Replace the identities in the accepted rows of a delivery by pseudonyms.

    Returns the accepted columns, then the original identities under ``identity__<column>``. Texts that no mart shows
    count as identities, because people write anything into them. ``people`` are masked in texts that marts show.
    """
    columns = accepted_columns(dataset)
    identities = [c.name for c in dataset.columns if c.stays_restricted]
    if conformed.rows.is_empty():
        restricted = {IDENTITY + i: pl.String() for i in identities}
        return pl.DataFrame(schema=pl.Schema({**schema_of(columns), **restricted}))
    shown = conformed.rows.select("row_state", "file_no", "sheet_no", "row_number", *(c.name for c in dataset.columns))
    frame = shown.filter(pl.col("row_state") == "accepted")
    values: dict[str, pl.Series] = {}
    for column in dataset.columns:
        values |= _column(column, dataset, keys, frame, people)
    accepted = pl.DataFrame(values).with_columns(
        frame["file_no"],
        frame["sheet_no"],
        frame["row_number"],
        extract_month=pl.lit(month.first_day),
        delivery_no=pl.lit(conformed.delivery_no, pl.Int32),
        row_order=pl.lit(0, pl.Int64),
    )
    accepted = accepted.with_columns(row_ref=keys.rows(dataset.name, month, accepted))
    return accepted.select([c.name for c in columns]).cast(schema_of(columns)).with_columns(
        frame[i].rename(IDENTITY + i) for i in identities
    )  # fmt: skip
