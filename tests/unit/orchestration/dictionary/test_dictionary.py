"""The dictionary names everything in Chinese, is the same every time, and needs nothing from anywhere."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import time
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from expectations import gate
from orchestration.commands import docs
from orchestration.commands.cli import app
from orchestration.dbt import manifest, seeds
from orchestration.dictionary import catalogues, dbt_page, page, workbook
from orchestration.dictionary.chapter import Chapter, Entry
from orchestration.dictionary.codes import codes
from orchestration.publishing.bi.view import views
from sources.contracts.model import load_contracts
from sources.county.contracts import contracts_of
from sources.county.folder import read_county
from tests.paths import ROOT, SEEDS
from tests.unit.sources.county.folders import write

SECONDS = 10
"""Processor time; the machine of a test may be busy."""


def chinese(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", text))


@pytest.fixture(scope="module")
def chapters() -> dict[str, Chapter]:
    return {chapter.title: chapter for chapter in docs.chapters(load_contracts())}


def rows_of(chapter: Chapter, *heads: str) -> dict[str, dict[tuple[str, ...], tuple[str, ...]]]:
    """By entry: the values of the first head to those of the others."""
    places = [chapter.heads.index(head) for head in heads]
    return {
        entry.name: {row[places[0]]: tuple(row[i] for i in places[1:]) for row in entry.rows}
        for entry in chapter.entries
    }


def test_every_column_of_every_contract_is_described(chapters: dict[str, Chapter]) -> None:
    found = rows_of(chapters["部门数据表"], "代码", "列名", "填写要求")
    contracts = load_contracts()
    wanted = {f"{d.department}/{d.name}": [c.name for c in d.columns] for d in contracts.datasets}
    assert {name: list(columns) for name, columns in found.items()} == wanted
    assert [c for columns in found.values() for c, texts in columns.items() if not all(map(chinese, texts))] == []


def test_a_county_reads_its_own_words_and_days(tmp_path: Path) -> None:
    head = 'code = "441823"\n[due_days]\nhealth = 8\n[departments]\nhealth = "卫生健康局"\n'
    folder = write(tmp_path, head)
    (folder / "synonyms.yaml").write_text("serious_illness.disease: [病种名]\n", "utf-8")
    contracts = contracts_of(read_county(folder))
    (found,) = (chapter for chapter in docs.chapters(contracts) if chapter.title == "部门数据表")
    entry = next(entry for entry in found.entries if entry.name == "health/serious_illness")
    assert {"卫生健康局", "次月 8 日"} <= set(entry.facts)
    assert rows_of(found, "代码", "其他可用列名")[entry.name]["disease"] == ("病种名",)


def test_every_view_for_analysts_is_described_with_its_databases(chapters: dict[str, Chapter]) -> None:
    found = rows_of(chapters["分析视图"], "列名", "说明")
    assert {name: list(columns) for name, columns in found.items()} == {
        f"bi.{view.name}": [column.name for column in view.columns] for view in views(codes(load_contracts()))
    }
    databases = {entry.name: entry.facts[0] for entry in chapters["分析视图"].entries}
    assert databases["bi.农户"] == "shouwang.duckdb"
    assert databases["bi.农户分段"] == "shouwang_open.duckdb"
    assert databases["bi.风险概况"] == "shouwang_open.duckdb、shouwang.duckdb"


def test_every_column_of_every_mart_is_described(chapters: dict[str, Chapter]) -> None:
    found = rows_of(chapters["数据集市"], "代码", "中文列名", "说明")
    nodes = manifest.load()["nodes"]
    wanted = {
        f"{schema}.{table}": list(nodes[unique_id]["columns"])
        for schema in ("marts", "marts_open")
        for unique_id, (_, table) in manifest.relations(manifest.load(), schema).items()
    }
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as file:
        codes = sorted(row["code"] for row in csv.DictReader(file) if row["domain"] == "construction")
    assert len(codes) > 20
    wanted["marts.rural_construction"] += [code.replace(".", "__") for code in codes]
    assert {name: list(columns) for name, columns in found.items()} == wanted
    assert [c for columns in found.values() for c, texts in columns.items() if not all(map(chinese, texts))] == []


def test_a_mart_with_households_is_in_the_full_database_only(chapters: dict[str, Chapter]) -> None:
    facts = {entry.name: entry.facts for entry in chapters["数据集市"].entries}
    assert facts["marts.household_risk_flags"][:2] == ("shouwang.duckdb", "逐户(只用代码)")
    assert facts["marts_open.risk_overview"][:2] == ("shouwang_open.duckdb", "汇总")
    assert facts["marts.dim_indicator"][:2] == ("shouwang_open.duckdb、shouwang.duckdb", "汇总")
    assert [name for name, of in facts.items() if of[1] != "汇总" and of[0] != "shouwang.duckdb"] == []


def test_every_rule_indicator_and_parameter_is_in_words(chapters: dict[str, Chapter]) -> None:
    found = rows_of(chapters["规则与指标"], "编码", "名称", "口径", "所需数据表", "责任部门")
    for name, column in (("risk_rules", "rule_code"), ("conflict_rules", "rule_code"), ("indicators", "code")):
        assert list(found[name]) == [row[column] for row in catalogues.seed(name)]
    words = [texts for entry in found.values() for texts in entry.values()]
    assert [text for texts in words for text in texts if not chinese(text) or re.search(r"[a-z]{3}", text)] == []
    names = {row["parameter"] for row in catalogues.seed("policy_parameters")}
    assert names == set(catalogues.PARAMETERS)
    sources = rows_of(chapters["参数"], "代码", "名称", "依据")
    assert [row for entry in sources.values() for row in entry.values() if not all(map(chinese, row))] == []


def test_every_word_has_its_place_in_a_catalogue() -> None:
    for word in catalogues.words():
        rows = seeds.rows_of(word["catalogue"])
        keys = catalogues._KEYS[word["catalogue"]]
        assert word["key"] in {"/".join(row[key] for key in keys) for row in rows}, word
        assert word["column"] in rows[0], word


def test_every_expectation_and_data_test_is_in_words(chapters: dict[str, Chapter]) -> None:
    found = rows_of(chapters["检查"], "代码", "内容", "不符合时")
    for dataset in load_contracts().datasets:
        declared = {e.name for e in gate.expectations_of(dataset)}
        assert set(found[f"{dataset.department}/{dataset.name}"]) == declared
    tests = [n for n in manifest.load()["nodes"].values() if n["resource_type"] == "test"]
    rows = [row for entry in chapters["检查"].entries for row in entry.rows if row[0] == "数据检验"]
    assert len(rows) == len(tests)
    assert [row for entry in found.values() for row in entry.values() if not all(map(chinese, row))] == []


class Outside(HTMLParser):
    """Addresses that the page fetches, and what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.fetched += [str(v) for k, v in attrs if k == "src" or (k == "href" and tag == "link")]
        self.ids += [str(given["id"])] if "id" in given else []


def test_the_page_has_everything_and_fetches_nothing(chapters: dict[str, Chapter]) -> None:
    text = page.html(chapters.values())
    seen = Outside()
    seen.feed(text)
    assert seen.fetched == []
    assert not re.search(r"https?://|@import|url\(", text)
    assert len(seen.ids) == len(set(seen.ids))
    assert {f"{c.title}/{e.name}" for c in chapters.values() for e in c.entries} <= set(seen.ids)
    assert "$" not in text.replace("${found}", "")


def test_texts_are_escaped_and_no_formula_is_written(tmp_path: Path) -> None:
    text = "=1+1<script>"
    chapters = [Chapter("章", "说明", ("事实",), ("列",), (Entry("a", "表", text, (text,), ((text,), ("",))),))]
    assert text not in page.html(chapters)
    assert "&lt;script&gt;" in page.html(chapters)
    workbook.write(tmp_path / "book.xlsx", chapters)
    cells = [c for row in openpyxl.load_workbook(tmp_path / "book.xlsx")["章"].iter_rows() for c in row]
    assert {c.value for c in cells} == {"名称", "对象代码", "说明", "事实", "列", "表", "a", f"'{text}", ""}
    assert {c.data_type for c in cells if c.value} <= {"s", "inlineStr"}


def test_one_command_writes_all_files_for_everybody_and_the_same_ones_again(tmp_path: Path) -> None:
    started = time.process_time()
    for name in ("first", "second"):
        os.umask(0o077)
        result = CliRunner().invoke(app, ["docs", "--out", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
    assert (time.process_time() - started) / 2 < SECONDS
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("first", "second"))
    assert set(first) == {"index.html", "data-dictionary.xlsx", "dbt.html"}
    assert first == second
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "first").iterdir()} == {0o644}
    assert stat.S_IMODE((tmp_path / "first").stat().st_mode) == 0o755
    assert not any(str(ROOT).encode() in content for content in first.values())
    sheets = openpyxl.load_workbook(tmp_path / "first" / "data-dictionary.xlsx", read_only=True)
    rows = {sheet.title: sheet.max_row for sheet in sheets}
    assert rows.pop("目录")
    assert rows == {chapter.title: chapter.rows + 1 for chapter in docs.chapters(load_contracts())}


def test_dbt_documentation_has_every_model_with_types() -> None:
    text = dbt_page.html(manifest.load())
    assert "INLINE DATA" not in text
    start = text.index('"catalog": ') if '"catalog": ' in text else text.index('{"errors": null')
    document, _ = json.JSONDecoder().raw_decode(text[text.index("{", start) :].replace("<\\/", "</"))
    assert document["nodes"]["model.shouwang.risk_screening"]["columns"]["month"]["type"] == "date"
    assert document["nodes"]["seed.shouwang.indicators"]["columns"]["decimals"]["type"] == "integer"


def test_a_dbt_page_that_cannot_be_filled_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "index.html"
    other.write_text("<html></html>", encoding="utf-8")
    monkeypatch.setattr(dbt_page, "_template", lambda: other)
    with pytest.raises(dbt_page.NoDbtPageError, match="dbt-core"):
        dbt_page.html(manifest.load())
