"""Word for the people of a department the error in a cell and the expected content.

Belongs here: one message per error code of the cell conventions (semantics §3), built from the contract's column.
Does not belong here: finding errors (``sources.conforming``), results about a whole delivery (``expectations``).
"""

from __future__ import annotations

from sources.conforming.dates import latest_day
from sources.contracts.model import Column, Dataset, RowRule
from sources.months import Month
from workbooks.remedies import remedy

PROBLEMS = {
    "required_missing": "必填项没有填写",
    "id_stored_as_number": "身份证号是按数值保存的,末几位已经丢失",
    "id_length": "身份证号的位数不对",
    "id_placeholder": "身份证号是占位号码(同一个数字重复)",
    "id_birth_date": "身份证号中的出生日期不存在,或晚于数据月份",
    "id_check_digit": "身份证号的校验位不对,号码中有数字写错",
    "certificate_invalid": "残疾证号不正确",
    "date_invalid": "不是可以识别的日期",
    "date_incomplete": "日期不完整,只有年月没有日",
    "date_out_of_range": "日期超出合理范围",
    "before_other_date": "日期早于同一行中不应晚于它的日期",
    "month_invalid": "不是可以识别的年月",
    "number_invalid": "不是可以识别的数字,或数字后的单位无法换算",
    "out_of_range": "数字超出允许范围",
    "above_other_number": "数字大于同一行中应包含它的数字",
    "not_yes_or_no": "没有按“是/否”填写",
    "not_in_list": "不在规定选项之内",
    "division_unknown": "在本月行政区划中找不到这个地名或代码",
    "division_ambiguous": "这个简称对应多个村(社区),无法确定是哪一个",
    "not_text": "应为文字,单元格却是日期、小数或其他类型",
    "text_damaged": (
        "文字中有残缺的字符(显示为菱形里的问号)或编号外多余的引号,是导出时造成的;请从原系统重新导出,或改正这一格"
    ),
    "total_as_key": "编号一格写的是“合计”“小计”“平均”一类的字,像是合计行,不是一户或一笔",
    "cell_error": "单元格里是错误值(如#N/A、#REF!、####),没有内容",
    "formula_uncomputed": "单元格是公式,文件里没有它的计算结果",
    "format_misleading": "单元格的数字格式隐藏或改变了数值(如缩小到千分之一、万分之一却没有写单位),无法确定以哪个为准",
    "sex_contradicts_id": "性别与身份证号第17位不一致",
    "birth_contradicts_id": "出生年月与身份证号不一致",
    "certificate_contradicts_id": "残疾证号前18位与本人身份证号不一致",
    "lead_unknown": "线索编号不在已下发的线索中",
    "verified_in_future": "核实日期晚于文件报送日期",
    "duplicate_key": "主键与前面某行相同,但内容不同",
}
"""Description of the error, by error code."""

SHEETS_ARE_COUNTED = "工作表从左到右数,隐藏的也算"
"""What the number of a sheet means; a feedback has no names of sheets, which may name people."""
DUPLICATE_KEY, REQUIRED_MISSING = "duplicate_key", "required_missing"
_ADVISED = ("cell_error", "formula_uncomputed", "total_as_key", "format_misleading")
"""Errors that no content of the cell explains: the steps about them come first."""
_NOTES = {
    "sex_contradicts_id": "请核对性别和身份证号;这里只作提示,数据已按原样接收。",
    "birth_contradicts_id": "请核对出生年月和身份证号;这里只作提示,数据已按原样接收。",
    "certificate_contradicts_id": "请核对残疾证号和身份证号;这里只作提示,数据已按原样接收。",
    "lead_unknown": "请对照下发的清单检查编号是否被改动;编号不改正,这条核实结果无法计入。",
    "verified_in_future": "请改为实际入户核实的日期。",
}
_EXAMPLE = Month(2021, 6)
_ID_ADVICE = "应为18位居民身份证号(旧15位号码可自动升位);请把该列设为“文本”格式,从原系统重新导出或重新录入。"


def problem(code: str) -> str:
    """Describe an error code; an unknown code is shown as it is."""
    return PROBLEMS.get(code, f"有误({code})")


def expectation(column: Column, month: Month | None = None) -> str:
    """Describe the expected content of the column's cells, in that month or in any month, and beside other cells."""
    return _alone(column, month) + "".join(map(_beside, column.row_rules))


def _alone(column: Column, month: Month | None) -> str:
    example = month or _EXAMPLE
    match column.kind:
        case "resident_id":
            return _ID_ADVICE
        case "certificate":
            return "应为20位残疾人证号:18位身份证号 + 1位残疾类别(1-7)+ 1位残疾等级(1-4)。"
        case "date":
            is_known = month or column.may_be_future
            latest = latest_day(column, example.last_day) if is_known else "数据月份月末后31天"
            return f"应为完整日期,例如 {example}-15 或 {example.year}年{example.number}月15日,不晚于 {latest}。"
        case "month":
            return f"应为年月,例如 {example} 或 {example.year}年{example.number}月;请设为“文本”格式。"
        case "number" | "integer":
            return _number(column)
        case "yes_or_no":
            return "应填“是”或“否”。"
        case "list":
            return f"应为以下之一:{column.shown_values(month)}。"
        case "town":
            return "应为本县区镇(街道)的规范名称或9位代码。"
        case "village":
            return "应为该镇(街道)所辖村(社区)的规范全称或12位代码;简称重复时请写全称。"
        case _:
            return "应为文字;编号类请设为“文本”格式。"


def _beside(rule: RowRule) -> str:
    match rule.rule:
        case "notBefore":
            return f"不早于同一行的“{rule.label}”。"
        case "notAbove":
            return f"不大于同一行的“{rule.label}”。"
        case _:
            return f"“{rule.label}”为“{rule.value}”时必填。"


def _number(column: Column) -> str:
    kind = "整数" if column.kind == "integer" else "数字"
    unit = f",单位为{column.unit}(若用其他单位,请写在数字后面或列名中)" if column.unit else ""
    low, high = column.minimum, column.maximum
    limits = [f"不小于{low:g}" if low is not None else "", f"不大于{high:g}" if high is not None else ""]
    limit = "、".join(text for text in limits if text)
    return f"应为{kind}{',' + limit if limit else ''}{unit}。"


def advice(column: Column, code: str, month: Month) -> str:
    """Word the advice on an error code in a column."""
    if code in _ADVISED:
        return f"{remedy(code)}{expectation(column, month)}"
    return _NOTES.get(code) or expectation(column, month)


def comment(column: Column, code: str, month: Month) -> str:
    """Word the comment on a bad cell: the error and the expected content."""
    is_kept = not column.required and code not in (*_NOTES, REQUIRED_MISSING)
    cleared = f"\n(选填项:{_without_it(column)}本行已接收,只清空了这一格)" if is_kept else ""
    return f"【{column.label}】{problem(code)}。\n{advice(column, code, month)}{cleared}"


def _without_it(column: Column) -> str:
    """Word the rows that cannot do without the cell; empty if all can."""
    cases = [f"“{r.label}”为“{r.value}”" for r in column.row_rules if r.rule == "filledWhen"]
    return f"{'或'.join(cases)}的行被隔离;其他情况下," if cases else ""


def duplicate_key(dataset: Dataset) -> str:
    """Word the comment on a row whose key occurs earlier with other values."""
    labels = "、".join(dataset[name].label for name in dataset.key)
    return f"“{labels}”与前面某行相同,但其他内容不同,无法判断以哪行为准。\n请核对后只保留正确的一行。"
