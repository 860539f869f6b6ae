"""Accepted rows hold no identity."""

from __future__ import annotations

import polars as pl
import pytest

from sources.contracts.model import Dataset
from sources.contracts.row_schema import accepted_columns, schema_of
from sources.privacy.pseudonymise import pseudonymise
from sources.privacy.pseudonyms import Keyring
from tests.unit.sources.builder import CONTRACTS, MONTH, conform, csv_file, resident_id, row, table

KEYS = Keyring(b"s")


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_accepted_rows_have_the_agreed_schema_and_no_identity(dataset: Dataset) -> None:
    columns = accepted_columns(dataset)
    for rows in (
        [row(dataset, 1), row(dataset, 2)],
        [{c.name: "" for c in dataset.columns} | {dataset.columns[-1].name: "x"}],
        [],
    ):
        accepted = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)
        shown = accepted.select(c.name for c in columns)
        assert shown.schema == schema_of(columns)
        assert accepted.width - shown.width == sum(c.stays_restricted for c in dataset.columns)
        text = str(shown.rows())
        for identity in (c.name for c in dataset.columns if c.is_identity):
            assert not any(r[identity] and r[identity] in text for r in rows)


MARKED = "随手写的话"


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_free_text_stays_in_the_restricted_zone_unless_a_mart_shows_it(dataset: Dataset) -> None:
    texts = [c for c in dataset.columns if c.kind == "text" and not c.is_identity]
    rows = [row(dataset, n, **{c.name: f"{MARKED}{c.name}{n}" for c in texts}) for n in (1, 2)]
    accepted = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)
    shown = accepted.select(c.name for c in accepted_columns(dataset))
    assert shown.height == 2
    found = {c.name for c in texts for cell in shown.rows() if MARKED + c.name in str(cell)}
    assert found == {c.name for c in texts if c.is_published}
    assert found <= {"asset_no", "asset_name", "lead_id"}
    for column in texts:
        if not column.is_published:
            kept = accepted[f"identity__{column.name}"].to_list()
            assert kept == [r[column.name] for r in rows]
        if column.name in dataset.key:
            assert shown[column.name].n_unique() == 2


def test_what_an_id_leaves_behind() -> None:
    disability = CONTRACTS.dataset("disability_subsidies")
    cells = {"resident_id": resident_id(2, "19500101"), "disability_certificate_no": resident_id(2, "19500101") + "73"}
    accepted = pseudonymise(
        conform(disability, csv_file(table(disability, [row(disability, **cells)]))), disability, MONTH, KEYS
    )
    (found,) = accepted.to_dicts()
    assert found["person_key"] == KEYS.person(pl.Series([cells["resident_id"]]))[0]
    assert (found["id_birth_month"], found["id_sex"]) == ("1950-01", "女")
    assert (found["certificate_category"], found["certificate_grade"]) == (7, 3)
