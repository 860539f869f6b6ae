"""The questions of every month, answered from the views for analysts.

    python -m orchestration.publishing.bi.questions PUBLISHED MONTH

Belongs here: the questions (``questions.yml``), their answers, and the document that shows both.
Does not belong here: the views (``view``), the workbook of the month (``workbooks``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import yaml

from orchestration.publishing.content import CONFIG
from orchestration.publishing.version import FULL, OPEN, Edition
from sources.months import Month

QUESTIONS = Path(__file__).with_name("questions.yml")
DOCUMENT = "questions.md"
ROWS_SHOWN = 10
_HEAD = """\
# 每月问答

办公室每个月要问的问题,每个问题一条 SQL,只读 `bi` 里的一个视图,不用连接别的表。
例子的答案来自演示数据(`make demo`),最多列十行;换一个日期就是别的月份。
演示数据是2021年的,还没有项目库、政策文件目录等2026年起的表,有关问题的答案是“没有”。

- “公开”的问题在公开数据库里问,所有看板都能回答;小于 5 的人数和户数为空。
- “办公室”的问题要精确的小数目,在办公室数据库里问。
- 本文由程序写成,不要手改:`python -m orchestration.publishing.bi.questions data/published 2021-06`。
"""
EDITIONS = {OPEN: "公开", FULL: "办公室"}


@dataclass(frozen=True)
class Question:
    """A question, the sheet that answers it, the narrowest database that can answer it, and its query."""

    sheet: str
    asks: str
    edition: Edition
    template: str

    def sql(self, month: Month) -> str:
        """Return the query for a month."""
        return self.template.replace("{month}", f"date '{month.first_day}'")


@dataclass(frozen=True)
class Answer:
    """The columns of an answer with their types in SQL, and its rows."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def questions() -> tuple[Question, ...]:
    """Read the questions in the order in which the office asks them."""
    raw = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    editions = {"open": OPEN, "full": FULL}
    return tuple(Question(q["sheet"], q["asks"], editions[q["edition"]], q["sql"].strip()) for q in raw)


def answer(connection: duckdb.DuckDBPyConnection, question: Question, month: Month) -> Answer:
    """Ask a published database. Raises duckdb.Error if it cannot be read."""
    found = connection.execute(question.sql(month))
    described = found.description or []
    types = tuple(str(column[1]) for column in described)
    return Answer(tuple(str(column[0]) for column in described), types, tuple(found.fetchall()))


def document(published: Path, month: Month) -> str:
    """Return the document of all questions with their answers. Raises duckdb.Error if a database cannot be read."""
    with (
        duckdb.connect(str(published / FULL.link), read_only=True, config=CONFIG) as full,
        duckdb.connect(str(published / OPEN.link), read_only=True, config=CONFIG) as opened,
    ):
        by_edition = {FULL: full, OPEN: opened}
        parts = [
            _part(number, question, answer(by_edition[question.edition], question, month), month)
            for number, question in enumerate(questions(), 1)
        ]
    return "\n".join([_HEAD, *parts])


def _part(number: int, question: Question, found: Answer, month: Month) -> str:
    head = f"## {number} {question.asks}\n\n{EDITIONS[question.edition]}\n\n```sql\n{question.sql(month)};\n```\n"
    return f"{head}\n" + "".join(f"{line}\n" for line in _table(found))


def _table(found: Answer) -> Iterator[str]:
    if not found.rows:
        yield "没有。"
        return
    yield _line(found.columns)
    yield _line("---" for _ in found.columns)
    yield from (_line(map(shown, row)) for row in found.rows[:ROWS_SHOWN])
    if len(found.rows) > ROWS_SHOWN:
        yield f"\n共 {len(found.rows)} 行。"


def _line(cells: Sequence[str] | Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def shown(cell: object) -> str:
    """Return a cell as people read it."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float():
            return f"{cell:.10g}"
        case date():
            return cell.isoformat()[:10]
    return str(cell)


def main() -> None:
    """Write the document of the questions about a month of a published folder to the standard output."""
    published, month = sys.argv[1:]
    sys.stdout.write(document(Path(published), Month.parse(month)))


if __name__ == "__main__":
    main()
