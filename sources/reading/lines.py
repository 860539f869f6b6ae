"""Tell the rows of a list that are no data: totals in words, notes, signatures, footers and headings (semantics §2).

Belongs here: the words, and what shows that a row with such words is data all the same.
Does not belong here: the labels of totals (``totals``), rows about the columns (``about_columns``).

Only a row without a key may be such a line; few rows of a list are, so that they are looked at one by one.
In doubt a row is data: an error that names the row does less harm than the loss of a household.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from sources.contracts.model import Column, Dataset
from sources.reading.header import Header
from sources.reading.totals import COUNT, NO_SUM, PART, TOTAL_WORDS, WHOLE, total_kind

NOTHING = ("-", "—", "/")
"""Marks that people type into a cell to leave it empty."""
_WIDE = 4
"""Fewest columns of a table in which one filled cell is a heading."""
_SHORTEST_FIELD = 2
"""Length of the words (时间, 电话) that may be a person's name, in characters."""
_LONGEST_VALUE = 12
"""Longest value beside a field but a note, in characters."""
_LONGEST_NAME = 4
"""Longest name of a person that may end like that of a place, in characters."""
_CHINESE = "[\u4e00-\u9fff]"
_DAY = r"(?:19|20)[0-9]{2}[年/.-][0-9]{1,2}(?:[月/.-](?:[0-9]{1,2}日?)?)?"
_PHONE = r"(?:0[0-9]{2,3}-?[0-9]{7,8}|1[0-9]{10})"
_WHO = "填[表报]|审[核批]|复核|制表|经办|校对|批准|报送|核实|调查"
_FIELD = (
    f"(?:(?:{_WHO}|负责|联系|主管|分管|单位|部门|村|镇|街道)?(?:单位|部门)?"
    "(?:负责人|领导|人|电话|方式|日期|时间|签[字名章]|盖章|公章|手机|意见)|(?:报送|填报|审核|审批)单位)"
)
_REMARK = "(?:注|备注|附注?|说明|填[表报]说明)"
_ENDS_IN_A_COLON = re.compile(rf"(?:{_FIELD}|{_WHO})(?:\(.*\))?[::].*|{_REMARK}[::].+")
_SURELY = re.compile(
    rf"{_FIELD}(?:\(.*\))?(?:{_DAY})?|\(?(?:盖章|公章|签[字名章])\)?|[-—(]*以下(?:空白|无正文|为空)[-—)]*"
    r"|\(?[0-9一二三四五六七八九十]{1,2}[.、)](?![0-9]).{4,}[。;;]"
)
_PERHAPS = re.compile(
    rf"{_REMARK}(?:[::0-9].*)?|(?:填表人|审核人|制表人?).{{0,12}}|(?:{_WHO})|.{{1,12}}[::].*|{_DAY}|年?月?日"
    r"|.{2,}(?:局|办公室|政府|街道办事处)(?:\(.*\))?|.{8,}。|第?[0-9]+页.*|-[0-9]+-"
)
"""Lines too, but in a column of names (注, 制表) or as a name with a mark they may be a person's."""
_LABEL = re.compile(rf"(?:({_FIELD}|{_WHO})|{_REMARK})(?:\(.*\))?[::]?")
_COUNTS = re.compile(rf"\(?共?(?:{COUNT})++\)?|[一二三四五六七八九十]{{1,3}}")
_NUMBER = re.compile(r"[-+¥]?[0-9][0-9,.]*+(?:[万千]|(?:[万千]?[元米]|公里).*)?")
_ID = re.compile("[0-9]{6}[0-9Xx*]{2,}")
_OF_PLACES = re.compile(
    r".*(?:街道|社区|村委|委会)|.{4,}(?:[镇乡村组区县局委办处所站部类户]|中心|对象|人员|名单)"
    r"|.*。|[0-9一二三四五六七八九十]{1,2}[.、)].+"
)
_NO_KEY = (
    rf"{TOTAL_WORDS}|{_CHINESE}[::]|^{_DAY}$|^0[0-9]{{2,3}}-[0-9]{{7,8}}$|盖章|签[字名章]|以下空白"
    rf"|^(?:{_FIELD}|{_WHO})$|^[0-9]{{1,6}}(?:户|人|个.*|[名条次件村])$"
)
_IN_CODES = re.compile("[0-9]{3,}(?!年)")
_SMALL = "^[0-9]{1,4}$"
_ODD = rf"{_CHINESE}|^{_DAY}$|^-[0-9]+-$|(?i:total)"


@dataclass(frozen=True)
class Columns:
    """What the columns of a table hold, by index; it tells the lines of one table from its data."""

    header: Header
    dataset: Dataset

    def _where(self, *kinds: str) -> frozenset[int]:
        return frozenset(i for name, i in self.header.columns.items() if self.dataset[name].kind in kinds)

    @cached_property
    def names(self) -> frozenset[int]:
        """Columns of people's names."""
        return frozenset(
            i for name, i in self.header.columns.items() if self.dataset[name].semantic == "person_name"
        )  # fmt: skip

    @cached_property
    def codes(self) -> frozenset[int]:
        """Columns of keys that are codes."""
        columns = self.header.columns
        return frozenset(columns[n] for n in self.dataset.key if n in columns and self.dataset[n].kind == "text")

    @cached_property
    def free(self) -> frozenset[int]:
        """Columns of other texts."""
        return self._where("text") - self.names - self.codes

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Columns that can be summed."""
        return self._where("number", "integer")

    @cached_property
    def units(self) -> dict[int, str]:
        """The contract's units of columns that can be summed."""
        return {i: self.dataset[name].unit or "?" for name, i in self.header.columns.items() if i in self.numbers}

    @cached_property
    def ids(self) -> frozenset[int]:
        """Columns of ids and certificates."""
        return self._where("resident_id", "certificate")

    @cached_property
    def days(self) -> frozenset[int]:
        """Columns of dates that a row cannot do without."""
        required = {self.header.columns[c.name] for c in self.dataset.required if c.name in self.header.columns}
        return self._where("date", "month") & required

    @cached_property
    def words(self) -> dict[int, frozenset[str]]:
        """The words of columns that hold one of a list."""
        columns = ((i, self.dataset[name]) for name, i in self.header.columns.items())
        return {i: frozenset(c.words) or frozenset("是否") for i, c in columns if c.kind in ("list", "yes_or_no")}

    def is_data(self, index: int, text: str) -> bool:
        """Check whether a cell shows that its row is data: an amount, an id, a word or day that its column asks for."""
        return (
            (index in self.numbers and _NUMBER.fullmatch(text) is not None)
            or (index in self.ids and is_id(text))
            or text in self.words.get(index, ())
            or (index in self.days and re.fullmatch(_DAY, text) is not None)
        )


def is_id(text: str) -> bool:
    """Check whether a cell of ids holds one, right or wrong, and no telephone number with its label."""
    return _ID.search(text) is not None and not _ENDS_IN_A_COLON.fullmatch(text)


def keyless_rows(cells: pl.DataFrame, header: Header, dataset: Dataset) -> pl.Series:
    """Match the rows without a key, which may be lines; a total's label or count in the place of a key is no key."""
    first = pl.coalesce(pl.all())
    keys = [(dataset[n], pl.col(f"c{header.columns[n]}")) for n in dataset.key if n in header.columns]
    has = [~_is_no_key(column, key, first) for column, key in keys]
    codes = [h for h, (column, _) in zip(has, keys, strict=True) if column.kind not in ("town", "village", "integer")]
    names_total = _any([key.str.contains(TOTAL_WORDS) for _, key in keys])
    found = cells.select(
        keyless=first.is_not_null() & (~_any(has) | (names_total & ~_any(codes))),
        is_counted=_any([key.str.contains(_SMALL) for _, key in keys]),
    )
    keyless = found["keyless"]
    rows = (keyless & found["is_counted"]).arg_true()
    if len(rows):
        counted = cells[rows].select(worded=_any([pl.all().str.contains(TOTAL_WORDS)]))["worded"]
        keyless = keyless.scatter(rows, counted)
    rows = keyless.arg_true()
    return keyless.scatter(rows, ~_have_plain_amounts(cells[rows], Columns(header, dataset))) if len(rows) else keyless


def _have_plain_amounts(cells: pl.DataFrame, columns: Columns) -> pl.Series:
    """Match rows that need no look: they have a number, and no word with which it may be a total or a telephone."""
    has_number = _any([pl.col(f"c{i}").str.contains(r"^[-+¥]?[0-9][0-9,.]*$") for i in columns.numbers])
    has_word = _any(
        [pl.all().str.contains(rf"{TOTAL_WORDS}|共|电话|方式|手机|日期|时间|[0-9][户人]|^(?:[户人个条座处次]|公里)$")]
    )
    return cells.select(found=has_number & ~has_word)["found"]


def _any(matches: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(*matches).fill_null(False) if matches else pl.lit(False)


def _is_no_key(column: Column, key: pl.Expr, first: pl.Expr) -> pl.Expr:
    """Match cells that are no key of their row; small numbers may count the rows of a total."""
    no_key = key.is_in(NOTHING) | ((key == first) & key.str.contains(_ODD)) | key.str.contains(f"{_NO_KEY}|{_SMALL}")
    if column.kind == "resident_id":
        no_key |= key.str.contains(rf"{_CHINESE}|^{_PHONE}$|^[0-9]{{1,6}}$")
    elif column.semantic == "household_code":
        no_key |= key.str.contains(rf"^[()、,{_CHINESE[1:-1]}]+$")
    return key.is_null() | no_key.fill_null(False)


def line_role(cells: tuple[str | None, ...], is_merged: bool, columns: Columns) -> tuple[str, str | None]:
    """Return the role of a row without a key (data, total or note) and the kind of a total.

    ``is_merged`` says that its first cell reaches over half of the table. A name alone may be a person whose row was
    not filled in, so it is data.
    """
    filled = {i: text for i, text in enumerate(cells) if text and text not in NOTHING}
    if not filled:
        return "data", None
    if kind := _total_of(filled, columns):
        return ("note", None) if kind == NO_SUM else ("total", kind)
    return ("note", None) if _is_note(filled, is_merged, columns) else ("data", None)


def _total_of(filled: dict[int, str], columns: Columns) -> str | None:
    """Return the kind of a printed total, told by a label before the first number, or by the only text of a row."""
    if any(i in columns.ids and is_id(text) for i, text in filled.items()):
        return None
    left = min(columns.header.columns.values())
    texts = {i: text for i, text in filled.items() if i >= left or not text.isdecimal()}
    amount = next((n for n, text in enumerate(texts.values()) if _NUMBER.fullmatch(text)), len(texts))
    leading = dict(list(texts.items())[:amount])
    words = [(i, text) for i, text in texts.items() if not _NUMBER.fullmatch(text)]
    for n, (i, text) in enumerate(leading.items() if leading else words if len(words) == 1 else ()):
        kind = total_kind(text, i in columns.codes)
        if kind is None:
            continue
        is_person = i in columns.names and any(
            j not in columns.numbers and columns.is_data(j, t) for j, t in filled.items()
        )
        return None if is_person else PART if n and kind == WHOLE else kind
    return None


def _is_note(filled: dict[int, str], is_merged: bool, columns: Columns) -> bool:
    rest = _unlabelled(filled, columns)
    if any(columns.is_data(i, text) for i, text in rest.items()):
        return False
    if all(_is_line(i, text, columns) for i, text in rest.items()):
        return True
    texts = {i: text for i, text in filled.items() if len(filled) == 1 or not _COUNTS.fullmatch(text)}
    return len(texts) == 1 and _is_heading(*next(iter(texts.items())), is_merged, columns)


def _is_line(index: int, text: str, columns: Columns) -> bool:
    if _ENDS_IN_A_COLON.fullmatch(text):
        return True
    is_name = index in columns.names
    if _SURELY.fullmatch(text):
        return not is_name or len(text) > _SHORTEST_FIELD
    return not is_name and _PERHAPS.fullmatch(text) is not None


def _unlabelled(filled: dict[int, str], columns: Columns) -> dict[int, str]:
    """Leave out fields with their values in the cell behind (填表人: | 张三)."""
    rest, label, has_field = dict[int, str](), -1, False
    for i, text in filled.items():
        field = _LABEL.fullmatch(rest.get(label, ""))
        if field and _is_value(i, text, field, columns):
            del rest[label]
            label, has_field = -1, True
            continue
        is_sure = i not in columns.names or len(text) > _SHORTEST_FIELD or has_field
        label = i if is_sure else -1
        rest[i] = text
    return rest


def _is_value(index: int, text: str, field: re.Match[str], columns: Columns) -> bool:
    if _LABEL.fullmatch(text):
        return False
    if re.fullmatch(_PHONE, text):
        return "电话" in field[0] or "方式" in field[0] or "手机" in field[0] or not columns.is_data(index, text)
    if re.fullmatch(_DAY, text):
        return "日期" in field[0] or "时间" in field[0]
    is_short = len(text) <= _LONGEST_VALUE or field[1] is None
    return is_short and re.search(_CHINESE, text) is not None and not columns.is_data(index, text)


def _is_heading(index: int, text: str, is_merged: bool, columns: Columns) -> bool:
    """Check whether the only text of a row is a heading."""
    if text in columns.header.labels or not re.search(_CHINESE, text):
        return bool(re.fullmatch(r"-[0-9]+-|[0-9]+/[0-9]+", text)) and index not in columns.numbers
    if is_merged:
        return True
    if (index in columns.numbers and _COUNTS.fullmatch(text)) or (index in columns.codes and _IN_CODES.search(text)):
        return False
    if len(columns.header.columns) < _WIDE and index not in columns.names:
        return False
    if index in columns.names:
        return bool(_OF_PLACES.fullmatch(re.sub(r"\(.*\)", "", text)))
    return index not in columns.free or len(text) > _LONGEST_NAME
