"""Add drop-down lists and input checks to the cells that people fill in.

Belongs here: the checks that a spreadsheet makes on input, derived from the contract's column.
Does not belong here: the checks of the intake (``sources.conforming``). The intake reads more forms, so an input check
only warns, except for lists and verification dates.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sources.conforming.dates import EARLIEST
from sources.contracts.model import Column
from sources.months import Month

YES_NO = ("是", "否")
_MAX_LIST = 255
_MAX_TITLE, _MAX_MESSAGE = 32, 255


def validate(
    sheet: Any, rows: tuple[int, int], index: int, column: Column, month: Month | None, hint: str = ""
) -> None:
    """Add the check of a contract's column to the cells of a sheet's column between two rows.

    A list offers the words of the month, or of any month. ``hint`` is displayed when such a cell is selected.
    """
    rule = _rule(column, month)
    if hint:
        rule |= {"input_title": column.label[:_MAX_TITLE], "input_message": hint[:_MAX_MESSAGE]}
    sheet.data_validation(rows[0], index, rows[1], index, rule)


def _rule(column: Column, month: Month | None) -> dict[str, Any]:
    words = YES_NO if column.kind == "yes_or_no" else (*column.options_in(month), *column.other_words)
    if words and len(",".join(words)) <= _MAX_LIST:
        return {
            "validate": "list",
            "source": list(words),
            "error_title": "请从列表中选择",
            "error_message": f"“{column.label}”只能填列表中的内容。",
        }
    if column.kind == "date":
        return _warning(
            {"validate": "date", "criteria": ">=", "value": EARLIEST},
            f"“{column.label}”看起来不是完整日期,例如 2021-06-15。确定要保留吗?",
        )
    if column.kind in ("number", "integer"):
        return _number(column)
    if column.kind == "resident_id":
        return _warning(
            {"validate": "length", "criteria": "between", "minimum": 15, "maximum": 18},
            "身份证号应为18位(旧号15位)。确定要保留吗?",
        )
    if column.kind == "certificate":
        return _warning({"validate": "length", "criteria": "==", "value": 20}, "残疾证号应为20位。确定要保留吗?")
    return {"validate": "any"}


def _number(column: Column) -> dict[str, Any]:
    kind = {"validate": "integer" if column.kind == "integer" else "decimal"}
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        limits: dict[str, Any] = {"criteria": "between", "minimum": low, "maximum": high}
    elif low is not None:
        limits = {"criteria": ">=", "value": low}
    else:
        limits = {"criteria": "between", "minimum": -1e14, "maximum": 1e14 if high is None else high}
    return _warning(
        kind | limits, f"“{column.label}”应为{'整数' if column.kind == 'integer' else '数字'}。确定要保留吗?"
    )


def _warning(rule: dict[str, Any], message: str) -> dict[str, Any]:
    """Turn a check into a warning that the user can dismiss: the intake reads more forms than a check can list."""
    return rule | {"error_type": "warning", "error_title": "请核对", "error_message": message}


def past_date_check(earliest: date, column: Column, hint: str) -> dict[str, Any]:
    """Build a check that a date is between ``earliest`` and the day of input; it refuses other dates.

    ``hint`` is displayed when such a cell is selected.
    """
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": earliest,
        "maximum": "=TODAY()",
        "error_title": "日期不对",
        "error_message": f"“{column.label}”应为 {earliest} 至今天之间的日期,例如 {earliest}。",
        "input_title": column.label[:_MAX_TITLE],
        "input_message": hint,
    }
