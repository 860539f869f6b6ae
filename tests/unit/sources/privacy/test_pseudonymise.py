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
SHOWN = {
    *("asset_no", "asset_name", "lead_id", "design_no", "document_no", "fund_document_no", "project_no"),
    *("instrument_no", "replaces", "title", "issuer", "project_name", "term"),
}
"""Every text that a mart may show, of any table."""


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
def test_free_text_stays_in_the_restricted_zone_unless_a_mart_shows_it(dataset: Dataset) -> None:
    texts = [c for c in dataset.columns if c.kind == "text" and not c.is_identity]
    rows = [row(dataset, n, **{c.name: f"{MARKED}{c.name}{n}" for c in texts}) for n in (1, 2)]
    accepted = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)
    shown = accepted.select(c.name for c in accepted_columns(dataset))
    assert shown.height == 2
    found = {c.name for c in texts for cell in shown.rows() if MARKED + c.name in str(cell)}
    assert found == {c.name for c in texts if c.is_published}
    assert found <= SHOWN
    for column in texts:
        if not column.is_published:
            kept = accepted[f"identity__{column.name}"].to_list()
            assert kept == [r[column.name] for r in rows]
        if column.name in dataset.key or column.published in ("number", "key"):
            assert shown[column.name].n_unique() == 2


def test_of_some_texts_only_a_stand_in_or_their_presence_leaves() -> None:
    purchases, assets = CONTRACTS.dataset("consumption_support"), CONTRACTS.dataset("project_assets")
    found = [
        pseudonymise(
            conform(d, csv_file(table(d, [row(d, 1, **{name: "某处"}), row(d, 2, **{name: ""})]))), d, MONTH, KEYS
        )
        for d, name in ((purchases, "channel_place"), (assets, "beneficiary"))
    ]
    assert found[0]["channel_place"].to_list() == [KEYS.text(pl.Series(["某处"]))[0], None]
    assert found[1]["has_beneficiary"].to_list() == [True, False]
    assert "beneficiary" not in found[1].columns


def test_a_number_is_masked_alike_wherever_it_links_to() -> None:
    assets, payments = CONTRACTS.dataset("project_assets"), CONTRACTS.dataset("industry_support_payments")
    numbers = ["ZC-1024", f"ZC{resident_id(1)}", "13912345678", "资产13912345678"]

    def shown(dataset: Dataset, **cells: str) -> list[str]:
        rows = [row(dataset, n, asset_no=number, **cells) for n, number in enumerate(numbers, 1)]
        found: list[str] = pseudonymise(conform(dataset, csv_file(table(dataset, rows))), dataset, MONTH, KEYS)[
            "asset_no"
        ].to_list()
        return found

    assert shown(payments, household_code="1024") == shown(assets)
    assert shown(assets)[0] == "ZC-1024"
    assert resident_id(1) not in str(shown(assets))
    own = pseudonymise(
        conform(payments, csv_file(table(payments, [row(payments, household_code="1024", asset_no="1024")]))),
        payments, MONTH, KEYS,
    )  # fmt: skip
    assert "1024" not in own["asset_no"][0]


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
