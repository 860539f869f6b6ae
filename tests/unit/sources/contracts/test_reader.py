"""A contract that says anything unknown, unclear or contradictory is refused, and the error names the place.

Belongs here: one change of a sound contract at a time. Does not belong here: the standard's own schema.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.contracts.model import CONTRACTS_DIR, load_contracts
from sources.contracts.problem import ContractError
from sources.contracts.reader import read_contracts
from sources.contracts.synonyms import FILE as SYNONYMS

FILE = "agriculture.odcs.yaml"
WHOLE = yaml.safe_load((CONTRACTS_DIR / FILE).read_text("utf-8"))
TABLES = (
    "household_register",
    "household_income",
    "verification_returns",
    "support_funds",
    "rural_roads",
    "joint_meetings",
)
"""Tables that hold every key that contracts use."""
SOUND = {**WHOLE, "schema": [t for t in WHOLE["schema"] if t["name"] in TABLES]}

Way = tuple[str | int, ...]


def write(directory: Path, contract: Any, file: str = FILE) -> Path:
    (directory / file).write_text(yaml.dump(contract, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    return directory


def refused(directory: Path, contract: Any) -> str:
    """The first line of the error, as an engineer reads it."""
    with pytest.raises(ContractError) as error:
        read_contracts(write(directory, contract))
    return str(error.value).splitlines()[0]


def at(contract: Any, way: Way) -> Any:
    for step in way:
        contract = contract[step]
    return contract


def mappings(node: Any, way: Way = ()) -> Iterator[tuple[Way, dict[str, Any]]]:
    if isinstance(node, dict):
        yield way, node
    for step, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from mappings(child, (*way, step))


def first_of_each_level() -> dict[str, tuple[Way, str]]:
    """One way per level and key of the contract, such as ``schema.properties.synonyms.synonym``."""
    found: dict[str, tuple[Way, str]] = {}
    for way, node in mappings(SOUND):
        for key in node:
            found.setdefault(".".join([*[s for s in way if isinstance(s, str)], key]), (way, key))
    return found


KEYS = first_of_each_level()


def place(way: Way) -> list[str]:
    """The words that name the place: the table and the column on the way."""
    words = [FILE]
    for level, name in ((2, "table"), (4, "column")):
        if len(way) >= level and way[0] == "schema" and (level == 2 or way[2] == "properties"):
            words.append(f"{name} {at(SOUND, way[:level])['name']}")
    return words


@pytest.mark.parametrize("level", KEYS)
def test_a_misspelt_key_is_refused_at_every_level(level: str, tmp_path: Path) -> None:
    way, key = KEYS[level]
    contract = copy.deepcopy(SOUND)
    node = at(contract, way)
    node[f"{key}x"] = node.pop(key)
    line = refused(tmp_path, contract)
    # A name that is misspelt cannot be named.
    named = place(way) if key != "name" else place(way)[:-1]
    assert all(word in line for word in named), line
    assert f"{key}x" in line, line


@pytest.mark.parametrize("level", KEYS)
def test_a_value_of_another_type_is_refused_at_every_level(level: str, tmp_path: Path) -> None:
    way, key = KEYS[level]
    contract = copy.deepcopy(SOUND)
    at(contract, way)[key] = {"wrong": "type"}
    line = refused(tmp_path, contract)
    named = place(way) if key != "name" else place(way)[:-1]
    assert all(word in line for word in named), line


Change = Callable[[dict[str, Any]], Any]


def table_of(contract: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in contract["schema"] if t["name"] == name)


def column_of(contract: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    return next(c for c in table_of(contract, table)["properties"] if c["name"] == name)


def in_table(name: str, /, **changed: Any) -> Change:
    """Replace fields of a table; a custom property if it has one of that name; None leaves the field out."""
    return lambda contract: _set(table_of(contract, name), changed)


def in_column(name: str, table: str = "household_register", /, **changed: Any) -> Change:
    return lambda contract: _set(column_of(contract, table, name), changed)


def custom(name: str, /, **changed: Any) -> Change:
    """Give a column of the register custom properties beside its own."""
    return custom_of("household_register", name, **changed)


def custom_of(table: str, name: str, /, **changed: Any) -> Change:
    added = [{"property": key, "value": value} for key, value in changed.items()]
    return lambda contract: column_of(contract, table, name).setdefault("customProperties", []).extend(added)


def _set(node: dict[str, Any], changed: dict[str, Any]) -> None:
    properties = {p["property"]: p for p in node.get("customProperties", [])}
    for key, value in changed.items():
        if value is None and key in properties:
            node["customProperties"].remove(properties[key])
        elif value is None:
            del node[key]
        elif key in properties:
            properties[key]["value"] = value
        else:
            node[key] = value


def level(name: str, **changed: Any) -> Change:
    return lambda contract: next(p for p in contract["slaProperties"] if p["property"] == name).update(changed)


def ignoring(*headers: str, pattern: str = "[0-9]+") -> Change:
    """Declare ignored headers, instead of those of the contract."""
    entries = [{"header": header, "pattern": pattern, "reason": "不比对"} for header in headers]
    return lambda contract: contract.update(customProperties=[{"property": "ignoredHeaders", "value": entries}])


REGISTER, HEAD = "table household_register", "table household_register, column"
WRONG_VALUES: dict[str, tuple[Change, list[str]]] = {
    "classification": (
        in_column("town_name", classification="intrenal"),
        [f"{HEAD} town_name, field classification: found 'intrenal'", "'internal', 'confidential' or 'restricted'"],
    ),
    "no classification": (
        in_column("town_name", classification=None),
        [f"{HEAD} town_name, field classification: found nothing", "'internal', 'confidential', 'restricted'"],
    ),
    "required": (in_column("town_name", required="true"), [f"{HEAD} town_name, field required: found 'true'"]),
    "not said whether required": (
        in_column("town_name", required=None),
        [f"{HEAD} town_name, field required: found nothing", "True, False"],
    ),
    "no name": (in_column("town_name", name=None), [f"{REGISTER}, column 1, field name: found nothing"]),
    "no label": (in_column("town_name", businessName=None), [f"{HEAD} town_name, field businessName: found nothing"]),
    "empty label": (in_column("town_name", businessName=" "), [f"{HEAD} town_name, field businessName: found ' '"]),
    "name": (in_column("town_name", name="town name"), [f"{HEAD} town name, field name: found 'town name'"]),
    "logical type": (
        in_column("town_name", logicalType="text"),
        [f"{HEAD} town_name, field logicalType: found 'text'", "'string', 'date', 'number', 'integer' or 'boolean'"],
    ),
    "semantic": (
        in_column("town_name", semantic="town"),
        [f"{HEAD} town_name, field customProperties.semantic: found 'town'", "'town_name'"],
    ),
    "unit": (
        in_column("wage_income", "household_income", unit="万圆"),
        ["table household_income, column wage_income, field customProperties.unit: found '万圆'", "万元", "公里", "户"],
    ),
    "period": (
        custom("relation_to_head", period="月"),
        [f"{HEAD} relation_to_head, field customProperties.period: found '月'", "'month'", "'year'"],
    ),
    "published": (
        custom("relation_to_head", published="yes"),
        [f"{HEAD} relation_to_head, field customProperties.published: found 'yes'"],
    ),
    "option": (
        in_column("wage_income", "household_income", logicalTypeOptions={"minimum": "0"}),
        ["column wage_income, field logicalTypeOptions.minimum: found '0'"],
    ),
    "unknown option": (
        in_column("wage_income", "household_income", logicalTypeOptions={"exclusiveMinimum": 0}),
        ["column wage_income, field logicalTypeOptions.exclusiveMinimum: found an unknown key", "minimum, maximum"],
    ),
    "a key of the standard without effect": (
        in_column("town_name", unique=True),
        [f"{HEAD} town_name, field unique: found an unknown key", "Allowed keys: name, businessName"],
    ),
    "value of a list": (
        in_column("household_type", enum=[{"value": 1}]),
        [f"{HEAD} household_type, field enum.0.value: found 1"],
    ),
    "synonym": (
        in_column("town_name", synonyms=["镇"]),
        [f"{HEAD} town_name, field synonyms.0: found '镇'"],
    ),
    "property twice": (
        custom("town_name", semantic="village_name"),
        [f"{HEAD} town_name, field customProperties.semantic: found two entries"],
    ),
    "cadence": (
        in_table("household_register", cadence="weekly"),
        [f"{REGISTER}, field customProperties.cadence: found 'weekly'", "'monthly', 'quarterly' or 'annual'"],
    ),
    "extract mode": (
        in_table("household_register", extractMode="full"),
        [f"{REGISTER}, field customProperties.extractMode: found 'full'", "'snapshot' or 'increment'"],
    ),
    "core": (in_table("household_register", core="true"), [f"{REGISTER}, field customProperties.core: found 'true'"]),
    "keywords": (
        in_table("household_register", fileKeywords=[]),
        [f"{REGISTER}, field customProperties.fileKeywords: found []"],
    ),
    "due day": (level("dueDay", value=31), [f"{FILE}: field slaProperties.dueDay.value: found 31", "28"]),
    "unit of the due day": (
        level("dueDay", unit="working day"),
        [f"{FILE}: field slaProperties.dueDay.unit: found 'working day'", "'day of the following month'"],
    ),
    "frequency": (level("frequency", value=3), [f"{FILE}: field slaProperties.frequency.value: found 3"]),
    "version of the standard": (
        lambda contract: contract.update(apiVersion="v3.1.0"),
        [f"{FILE}: field apiVersion: found 'v3.1.0'", "'v3.2.0'"],
    ),
    "pattern that looks around": (
        ignoring("序号", pattern="(?=1)"),
        [f"{FILE}: field customProperties.ignoredHeaders.0.pattern: found '(?=1)'", "without look-around"],
    ),
    "no ignored headers": (ignoring(), [f"{FILE}: field customProperties.ignoredHeaders: found []"]),
    "status": (lambda contract: contract.update(status="draft"), [f"{FILE}: field status: found 'draft'", "'active'"]),
}

NUMBER = "table household_income, column wage_income"
CONTRADICTIONS: dict[str, tuple[Change, list[str]]] = {
    "department": (
        lambda contract: contract.update(domain="fishery"),
        [f"{FILE}: field domain: found 'fishery'", "'agriculture'"],
    ),
    "table twice": (
        lambda contract: contract["schema"].append(contract["schema"][0]),
        [f"{REGISTER}, field name: found 'household_register' twice"],
    ),
    "keyword of two tables": (
        in_table("household_register", fileKeywords=["收入监测"]),
        ["table household_register and household_income, field customProperties.fileKeywords: found '收入监测'"],
    ),
    "ignored header twice": (
        ignoring("序号", "序 号"),
        [f"{FILE}: field customProperties.ignoredHeaders: found '序号' twice"],
    ),
    "ignored header that a column reads": (
        ignoring("序号", "户 编号"),
        [f"{REGISTER}, field customProperties.ignoredHeaders: found '户编号'", "household_code"],
    ),
    "column twice": (
        in_column("village_name", name="town_name"),
        [f"{HEAD} town_name, field name: found 'town_name' twice"],
    ),
    "label twice": (
        in_column("household_type", businessName="与户主关系"),
        [f"{HEAD} household_type, field businessName: found '与户主关系'", "relation_to_head"],
    ),
    "synonym that another column has, in other forms of the same characters": (
        in_column("household_type", synonyms=[{"synonym": "与 户主关系"}]),
        [f"{HEAD} household_type, field synonyms: found '与 户主关系'", "relation_to_head"],
    ),
    "synonym twice": (
        in_column("household_type", synonyms=[{"synonym": "类型"}, {"synonym": "类型"}]),
        [f"{HEAD} household_type, field synonyms: found '类型'", "household_type"],
    ),
    "value twice": (
        in_column("household_type", enum=[{"value": "一般户"}, {"value": "一般户"}]),
        [f"{HEAD} household_type, field enum: found '一般户' twice"],
    ),
    "no primary key": (
        in_column("segment_no", "rural_roads", primaryKey=None, primaryKeyPosition=None),
        ["table rural_roads, field primaryKeyPosition: found []", "primary key"],
    ),
    "positions with a gap": (
        in_column("segment_no", "rural_roads", primaryKeyPosition=2),
        ["table rural_roads, field primaryKeyPosition: found [2]"],
    ),
    "primary key without a position": (
        in_column("town_name", primaryKey=True),
        [f"{HEAD} town_name, field primaryKeyPosition: found None"],
    ),
    "primary key that may be missing": (
        in_column("resident_id", required=False),
        [f"{HEAD} resident_id, field required: found False", "True"],
    ),
    "people without a word on the register": (
        in_table("household_register", matchedToRegister=None),
        [f"{REGISTER}, field customProperties.matchedToRegister: found None", "True or False"],
    ),
    "register without people": (
        lambda contract: table_of(contract, "rural_roads")["customProperties"].append(
            {"property": "matchedToRegister", "value": True}
        ),
        ["table rural_roads, field customProperties.matchedToRegister: found True"],
    ),
    "identity that is not restricted": (
        in_column("person_name", classification="internal"),
        [f"{HEAD} person_name, field classification: found 'internal'", "'restricted'"],
    ),
    "resident id that is not declared as one": (
        in_column("resident_id", semantic=None),
        [f"{HEAD} resident_id, field customProperties.semantic: found None", "'resident_id'"],
    ),
    "published identity": (
        custom("person_name", published="text"),
        [f"{HEAD} person_name, field customProperties.published: found 'text'"],
    ),
    "key whose masked texts would be equal": (
        in_column("document_no", "support_funds", published="text"),
        ["table support_funds, column document_no, field customProperties.published: found 'text'", "'number'"],
    ),
    "future of a text": (
        custom("relation_to_head", future=True),
        [f"{HEAD} relation_to_head, field customProperties.future: found True", "dates only"],
    ),
    "late rows of a snapshot": (
        lambda contract: table_of(contract, "rural_roads")["customProperties"].append(
            {"property": "lateRowsOnly", "value": True}
        ),
        ["table rural_roads, field customProperties.lateRowsOnly: found True", "increment"],
    ),
    "row rule about no column": (
        custom("policy_status", rowRules=[{"rule": "filledWhen", "column": "nothing", "value": "是"}]),
        [f"{HEAD} policy_status, field customProperties.rowRules: found 'nothing'"],
    ),
    "row rule about a later column": (
        custom_of("support_funds", "allocated", rowRules=[{"rule": "notAbove", "column": "spent"}]),
        ["table support_funds, column allocated, field customProperties.rowRules: found 'spent'", "earlier"],
    ),
    "number beside a text": (
        custom_of("support_funds", "spent", rowRules=[{"rule": "notAbove", "column": "fund_level"}]),
        ["table support_funds, column spent, field customProperties.rowRules: found 'notAbove'", "numbers"],
    ),
    "date beside a number": (
        custom_of("verification_returns", "enrolled_on", rowRules=[{"rule": "notBefore", "column": "result"}]),
        ["column enrolled_on, field customProperties.rowRules: found 'notBefore'", "dates"],
    ),
    "row rule that lacks its value": (
        custom("policy_status", rowRules=[{"rule": "filledWhen", "column": "household_type"}]),
        [f"{HEAD} policy_status, field customProperties.rowRules: found 'filledWhen'", "A value is required"],
    ),
    "row rule about a value that no cell has": (
        custom("policy_status", rowRules=[{"rule": "filledWhen", "column": "household_type", "value": "富户"}]),
        [f"{HEAD} policy_status, field customProperties.rowRules: found 'filledWhen'", "household_type has no value"],
    ),
    "condition of a column that every row needs": (
        custom("housing_grade", rowRules=[{"rule": "filledWhen", "column": "household_type", "value": "脱贫户"}]),
        [f"{HEAD} housing_grade, field customProperties.rowRules: found 'filledWhen'", "any row"],
    ),
    "semantic of a number": (
        in_column("town_name", logicalType="integer"),
        [f"{HEAD} town_name, field logicalType: found 'integer'", "'string'"],
    ),
    "unit of a text": (
        custom("relation_to_head", unit="元"),
        [f"{HEAD} relation_to_head, field customProperties.unit: found '元'"],
    ),
    "period without a unit": (
        custom("relation_to_head", period="month"),
        [f"{HEAD} relation_to_head, field customProperties.period: found 'month'"],
    ),
    "bounds of a text": (
        in_column("relation_to_head", logicalTypeOptions={"minimum": 0}),
        [f"{HEAD} relation_to_head, field logicalTypeOptions: found 'string'"],
    ),
    "bounds that exclude everything": (
        in_column("wage_income", "household_income", logicalTypeOptions={"minimum": 1, "maximum": 0}),
        [f"{NUMBER}, field logicalTypeOptions.minimum: found 1", "maximum, 0"],
    ),
    "values of a number": (
        in_column("wage_income", "household_income", enum=[{"value": "多"}]),
        [f"{NUMBER}, field enum: found ['多']"],
    ),
    "values of a boolean": (
        in_column("has_safe_water", enum=[{"value": "有"}, {"value": "无"}]),
        [f"{HEAD} has_safe_water, field enum: found ['有', '无']", "['是', '否']"],
    ),
    "two columns with one name in accepted rows": (
        lambda contract: _set(column_of(contract, "household_register", "relation_to_head"), {"name": "row_number"}),
        [f"{HEAD} row_number, field name: found 'row_number'", "accepted rows"],
    ),
}


@pytest.mark.parametrize("kind", WRONG_VALUES)
def test_a_wrong_value_is_refused(kind: str, tmp_path: Path) -> None:
    change, words = WRONG_VALUES[kind]
    contract = copy.deepcopy(SOUND)
    change(contract)
    line = refused(tmp_path, contract)
    assert line.startswith(FILE)
    assert all(word in line for word in words), line


@pytest.mark.parametrize("kind", CONTRADICTIONS)
def test_a_contradiction_is_refused(kind: str, tmp_path: Path) -> None:
    change, words = CONTRADICTIONS[kind]
    contract = copy.deepcopy(SOUND)
    change(contract)
    line = refused(tmp_path, contract)
    assert line.startswith(FILE)
    assert all(word in line for word in words), line


def test_a_table_belongs_to_one_department(tmp_path: Path) -> None:
    other = copy.deepcopy(SOUND) | {"domain": "fishery"}
    other["schema"] = other["schema"][:1]
    write(tmp_path, other, "fishery.odcs.yaml")
    with pytest.raises(ContractError, match=r"^fishery.*table household_register, field name: .* agriculture already"):
        read_contracts(write(tmp_path, SOUND))


def test_a_key_that_is_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    text = (CONTRACTS_DIR / FILE).read_text("utf-8")
    once = "    classification: restricted\n"
    (tmp_path / FILE).write_text(text.replace(once, f"{once}    classification: internal\n", 1), "utf-8")
    line = text[: text.index(once)].count("\n") + 2
    with pytest.raises(ContractError, match=rf"(?s)^{FILE}: key 'classification' is given twice.*line {line}"):
        read_contracts(tmp_path)


@pytest.mark.parametrize("text", ["", "- a list", "schema: [", "a: &a [*a]"])
def test_what_is_no_contract_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(ContractError, match=f"^{FILE}: "):
        read_contracts(tmp_path)


def test_every_problem_of_a_contract_is_named_at_once(tmp_path: Path) -> None:
    contract = copy.deepcopy(SOUND)
    in_column("town_name", classification="intrenal")(contract)
    in_column("person_name", required="yes")(contract)
    with pytest.raises(ContractError) as error:
        read_contracts(write(tmp_path, contract))
    assert [line.split(": ")[1].split("column ")[1] for line in str(error.value).splitlines()] == [
        "town_name, field classification",
        "person_name, field required",
    ]


def test_a_sound_copy_is_read_as_the_original(tmp_path: Path) -> None:
    assert {key for _, node in mappings(WHOLE) for key in node} == {key for _, key in KEYS.values()}
    shutil.copy(CONTRACTS_DIR / SYNONYMS, tmp_path)
    assert read_contracts(write(tmp_path, WHOLE))["agriculture"] == load_contracts()["agriculture"]


def test_a_directory_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="odcs"):
        read_contracts(tmp_path)
