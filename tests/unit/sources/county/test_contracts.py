"""A county's own words: further headers and words for values, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.county.contracts import contracts_of
from sources.county.folder import County, CountyError, read_county
from tests.unit.sources.county.folders import write

CODE = 'code = "441823"\n'


def county(folder: Path, synonyms: str = "", words: str = "") -> County:
    write(folder, CODE + (f"[words]\n{words}\n" if words else ""))
    if synonyms:
        (folder / "synonyms.yaml").write_text(synonyms, "utf-8")
    return read_county(folder)


def test_a_county_without_words_has_the_contracts_of_the_product(tmp_path: Path) -> None:
    assert contracts_of(county(tmp_path)) is load_contracts()


def test_words_are_added_and_nothing_else_changes(tmp_path: Path) -> None:
    synonyms = "support_funds.fund_level: [钱从哪级来]\nsupport_funds.fund_level.区级: [县里]\n"
    agreed = contracts_of(county(tmp_path, synonyms, '"县本级财政" = "区级"'))
    column = next(c for c in agreed.dataset("support_funds").columns if c.name == "fund_level")
    former = next(c for c in load_contracts().dataset("support_funds").columns if c.name == "fund_level")
    assert column.synonyms == (*former.synonyms, "钱从哪级来")
    assert column.value_synonyms == (*former.value_synonyms, ("县里", "区级"), ("县本级财政", "区级"))
    assert (column.values, column.required, column.label) == (former.values, former.required, former.label)
    others = [d.name for d in load_contracts().datasets if agreed.dataset(d.name) != d]
    with_level = [d.name for d in load_contracts().datasets if any("区级" in c.values for c in d.columns)]
    assert others == with_level


@pytest.mark.parametrize(
    ("synonyms", "words", "expected"),
    [
        ("no_table.column: [甲]\n", "", "没有数据表“no_table”"),
        ("support_funds.no_column: [甲]\n", "", "没有列“no_column”;可用:"),
        ("support_funds.fund_level.乡级: [甲]\n", "", "“乡级”不是.*的值;可用:"),
        ("support_funds.fund_level.区级: [省级]\n", "", "“省级”已是另一个值"),
        ("household_register.village_name: [姓名]\n", "", "“姓名”已是列“.*”的表头"),
        ("support_funds.fund_level: 甲\n", "", "synonyms.yaml:无法读取"),
        ("[甲, 乙]\n", "", "synonyms.yaml:无法读取"),
        ("", '"甲" = "没有这个值"', "没有一列的选项中有“没有这个值”"),
        ("", '"省级" = "区级"', "已是另一个值"),
    ],
)
def test_words_that_contradict_a_contract_are_named(tmp_path: Path, synonyms: str, words: str, expected: str) -> None:
    with pytest.raises(CountyError, match=expected):
        contracts_of(county(tmp_path, synonyms, words))


def test_words_that_are_no_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CountyError, match=r"county\.toml \[words\] 县级:“1”不能用;应写作"):
        county(tmp_path, words='"县级" = 1')


def test_a_county_agrees_on_other_due_days_and_has_other_names(tmp_path: Path) -> None:
    write(tmp_path, f'{CODE}[due_days]\nhealth = 8\n[departments]\ncivil_affairs = "民政和社会工作局"\n')
    product, agreed = load_contracts(), contracts_of(read_county(tmp_path))
    assert {name: (d.due_day, d.label) for name, d in agreed.items()} == {
        name: (8 if name == "health" else d.due_day, "民政和社会工作局" if name == "civil_affairs" else d.label)
        for name, d in product.items()
    }
    assert list(agreed.datasets) == list(product.datasets)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("[due_days]\nno_such = 8\n", r"\[due_days\] no_such:没有部门“no_such”;可用:agriculture\(农业农村局"),
        ('[departments]\n"卫健局" = "卫健局"\n', r"\[departments\] 卫健局:没有部门“卫健局”;可用"),
        ('[departments]\nhealth = "民政局"\n', r"\[departments\] health:“民政局”已是 civil_affairs 的名称"),
    ],
)
def test_departments_that_contradict_the_contracts_are_named(tmp_path: Path, toml: str, expected: str) -> None:
    write(tmp_path, CODE + toml)
    with pytest.raises(CountyError, match=expected):
        contracts_of(read_county(tmp_path))
