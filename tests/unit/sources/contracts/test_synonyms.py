"""Header texts of a kind of column, and words that say a value of a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.contracts.model import Column
from sources.contracts.problem import ContractError
from sources.contracts.synonyms import FILE, Synonyms, read_synonyms, with_synonyms
from sources.reading.labels import label_of
from tests.unit.sources.builder import CONTRACTS
from tests.unit.sources.cells import judged

TOWNS = ("乡镇", "乡(镇)", "所属乡镇", "苏木乡镇", "镇(乡)", "镇街", "镇(街道)")
VILLAGES = ("行政村", "行政村名称", "嘎查村", "村名", "村(居)委会", "村居", "村(社区)")


@pytest.mark.parametrize("dataset", [d for d in CONTRACTS.datasets if "village_name" in [c.name for c in d.columns]])
def test_every_table_knows_the_headers_of_towns_and_villages(dataset) -> None:
    found = {text: label_of(text, dataset) for text in (*TOWNS, *VILLAGES)}
    assert {text: label and label.column.name for text, label in found.items()} == {
        **dict.fromkeys(TOWNS, "town_name"),
        **dict.fromkeys(VILLAGES, "village_name"),
    }


def _column(name: str, label: str, semantic: str | None = None) -> Column:
    return Column(name, label, "text", False, "internal", semantic)


def test_a_header_of_another_column_stays_that_ones_and_two_columns_of_a_kind_have_their_own() -> None:
    headers = Synonyms({"town_name": ("乡镇", "苏木")})
    columns = with_synonyms((_column("a", "镇", "town_name"), _column("b", "乡镇")), headers)
    assert [c.kind_headers for c in columns] == [("苏木",), ()]
    two = (_column("a", "现镇", "town_name"), _column("b", "原镇", "town_name"))
    assert with_synonyms(two, headers) == two


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("headers: {person_name: [姓名]}\nvalues: {}", "Allowed keys: town_name, village_name"),
        ("headers: {town_name: 乡镇}\nvalues: {}", "list of texts"),
        ("headers: {town_name: [1]}\nvalues: {}", "list of texts"),
        ("headers: {town_name: [乡镇, ' 乡镇']}\nvalues: {}", "should differ"),
        ("headers: {}\nvalues: {区级: [县级, 县级]}", "should differ"),
        ("headers: {}\nvalues: [区级]", "map keys to lists"),
        ("headers: {}", "keys headers and values"),
        ("- 乡镇", "keys headers and values"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(ContractError, match=message):
        read_synonyms(tmp_path)


def test_a_word_that_is_a_value_of_the_list_stays_itself() -> None:
    levels = Column("level", "级次", "list", False, "internal", values=("县级", "区级"))
    (found,) = with_synonyms((levels,), Synonyms(values={"区级": ("县级", "旗级")}))
    assert found.value_synonyms == (("旗级", "区级"),)


def test_contracts_of_another_folder_need_no_such_file(tmp_path: Path) -> None:
    assert read_synonyms(tmp_path) == Synonyms()


@pytest.mark.parametrize(
    ("dataset", "column", "words", "value"),
    [
        ("support_funds", "fund_level", ["县级", "旗级", "本级", "区级"], "区级"),
        ("project_assets", "implementation_level", ["县级", "旗级", "本级"], "区级"),
        ("project_assets", "owner", ["县政府", "旗政府", "县人民政府", "区政府"], "区政府"),
        ("resident_cadres", "posting_type", ["县级干部驻村", "旗级干部驻村"], "区级干部驻村"),
    ],
)
def test_a_county_and_a_banner_say_the_values_of_a_district(
    dataset: str, column: str, words: list[str], value: str
) -> None:
    table = CONTRACTS.dataset(dataset)
    assert judged(table, column, *words) == [(value, None)] * len(words)
    assert judged(table, column, "乡级") == [(None, "not_in_list")]
    assert set(words) <= set(table[column].words)
    assert f"{value}(或" in table[column].shown_values(None)


def test_no_list_names_the_level_of_a_district_without_the_words_of_a_county() -> None:
    named = {
        (d.name, c.name): [v for v in c.values if v.startswith(("区级", "区政府"))]
        for d in CONTRACTS.datasets
        for c in d.columns
    }
    for (dataset, column), values in named.items():
        synonyms = {value for _, value in CONTRACTS.dataset(dataset)[column].value_synonyms}
        assert set(values) <= synonyms, (dataset, column)
