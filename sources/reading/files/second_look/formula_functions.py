"""Compute with the contents of cells as Excel does: numbers, texts, comparisons, functions.

Belongs here: what an operation or a function gives. Does not belong here: the grammar of formulas (``formulas``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from itertools import chain

Value = Decimal | str | bool | None
"""Content of a cell; None if it is empty. Dates are their serial numbers."""
_EXACT = Context(prec=28)
EXCEL = Context(prec=15)
"""Excel keeps 15 digits of a result."""


class NotComputableError(Exception):
    """A formula goes beyond what is computed here; the text says nothing about its content."""


@dataclass(frozen=True)
class Range:
    """The cells of a rectangle, which only functions take."""

    values: tuple[Value, ...]


Result = Decimal | str | bool | None | Range
Lazy = Callable[[], Result]
"""Computes a value when it is needed: a branch that IF does not take is not computed."""


def single(value: Result) -> Value:
    """Return the content of one cell. Raises NotComputableError for a range."""
    if isinstance(value, Range):
        raise NotComputableError
    return value


def number_of(value: Result) -> Decimal:
    """Take a number as Excel does in arithmetic: an empty cell is 0, a text is not taken for a number."""
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    raise NotComputableError


def text_of(value: Result) -> str:
    """Write a value as Excel joins it to a text."""
    if isinstance(value, Decimal):
        text = f"{EXCEL.plus(value):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if value is None or isinstance(value, str):
        return value or ""
    raise NotComputableError


def operation(sign: str, left: Lazy, right: Lazy) -> Lazy:
    """Return the operation of a sign on two values, which may raise NotComputableError or an error of decimals."""
    if sign == "&":
        return lambda: text_of(left()) + text_of(right())
    if sign in _COMPARISONS:
        return lambda: _COMPARISONS[sign](*_comparable(left(), right()))
    return lambda: _ARITHMETIC[sign](number_of(left()), number_of(right()))


def _comparable(left: Result, right: Result) -> tuple[Decimal | str, Decimal | str]:
    """Return two numbers or two texts in small letters; an empty cell is like the other one."""
    for one, other in ((left, right), (right, left)):
        if one is None and isinstance(other, str):
            return (text_of(left).casefold(), text_of(right).casefold())
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold(), right.casefold()
    return EXCEL.plus(number_of(left)), EXCEL.plus(number_of(right))


_ARITHMETIC = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "/": _EXACT.divide}
_COMPARISONS: dict[str, Callable[..., bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _numbers(arguments: list[Lazy]) -> list[Decimal]:
    """Collect numbers as SUM does: in a range texts and empty cells are passed over."""
    values = (argument() for argument in arguments)
    lists = (
        [v for v in x.values if isinstance(v, Decimal)] if isinstance(x, Range) else [number_of(x)] for x in values
    )
    return list(chain.from_iterable(lists))


def _sum(arguments: list[Lazy]) -> Decimal:
    total = Decimal(0)
    for number in _numbers(arguments):
        total = _EXACT.add(total, number)
    return total


def _product(arguments: list[Lazy]) -> Decimal:
    numbers = _numbers(arguments)
    total = Decimal(1 if numbers else 0)
    for number in numbers:
        total = _EXACT.multiply(total, number)
    return total


def _average(arguments: list[Lazy]) -> Decimal:
    return _EXACT.divide(_sum(arguments), Decimal(len(_numbers(arguments))))


def _rounding(mode: str) -> Callable[[list[Lazy]], Decimal]:
    def rounded(arguments: list[Lazy]) -> Decimal:
        number, places = (number_of(argument()) for argument in arguments) if len(arguments) == 2 else _refuse()
        # Excel rounds the 15 digits that it shows.
        return EXCEL.plus(number).quantize(Decimal(1).scaleb(-int(places)), mode, _EXACT)

    return rounded


def unknown(_: list[Lazy]) -> Result:
    """Raise NotComputableError, as a function that is not known here."""
    raise NotComputableError


def _refuse() -> tuple[Decimal, Decimal]:
    raise NotComputableError


def _if(arguments: list[Lazy]) -> Result:
    if len(arguments) not in (2, 3):
        raise NotComputableError
    condition = arguments[0]()
    is_met = condition if isinstance(condition, bool) else number_of(condition) != 0
    return arguments[1]() if is_met else arguments[2]() if len(arguments) == 3 else False


def _part(arguments: list[Lazy]) -> str:
    """Cut a text as MID does: LEFT and RIGHT are its cases."""
    text, start, length = arguments
    first, count = int(number_of(start())), int(number_of(length()))
    if first < 1 or count < 0:
        raise NotComputableError
    return text_of(text())[first - 1 : first - 1 + count]


def _end(arguments: list[Lazy]) -> str:
    text, length = text_of(arguments[0]()), int(number_of(arguments[1]()))
    return text[max(0, len(text) - length) :]


def _absolute(arguments: list[Lazy]) -> Decimal:
    return abs(number_of(arguments[0]()))


FUNCTIONS: dict[str, Callable[[list[Lazy]], Result]] = {
    "SUM": _sum,
    "PRODUCT": _product,
    "AVERAGE": _average,
    "MAX": lambda a: max(_numbers(a), default=Decimal(0)),
    "MIN": lambda a: min(_numbers(a), default=Decimal(0)),
    "ABS": _absolute,
    "ROUND": _rounding(ROUND_HALF_UP),
    "ROUNDUP": _rounding(ROUND_UP),
    "ROUNDDOWN": _rounding(ROUND_DOWN),
    "IF": _if,
    "MID": _part,
    "LEFT": lambda a: _part([a[0], lambda: Decimal(1), a[1]]),
    "RIGHT": _end,
    "CONCATENATE": lambda a: "".join(text_of(x()) for x in a),
}
"""Functions that lists of offices are made with; SUM of a text, or of a truth, is not computed."""
