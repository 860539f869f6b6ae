"""Compute the formulas of a workbook that no program has computed, as far as that is safe.

Belongs here: a small part of Excel's language, exact in decimals.
Does not belong here: finding formulas (``walked_cells``), the contents of cells (``computed``).

Safe are numbers, texts, references, + - * / & and comparisons, and the functions of ``_FUNCTIONS``. Anything else, also
an error of Excel, raises ``NotComputableError``: a value that is not known is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, DecimalException
from itertools import chain

from sources.reading.files.package import place

Value = Decimal | str | bool | None
"""Content of a cell; None if it is empty. Dates are their serial numbers."""
Cell = tuple[str | None, int, int]
"""Sheet (None for the formula's own), row and column, zero based."""

LONGEST = 1000
"""Characters of a formula; longer ones are not computed."""
MOST_CELLS = 100_000
"""Cells of one range."""
_EXACT = Context(prec=28)
_EXCEL = Context(prec=15)
"""Excel keeps 15 digits of a result."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![A-Za-z0-9_.(])|"(?P<text>(?:[^"]|"")*)"
    |(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<cell>\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?![\w(.!])
    |(?P<name>[A-Za-z]+)(?=\()|(?P<word>TRUE|FALSE)(?!\w)|(?P<sign><=|>=|<>|[-+*/&=<>(),:%]))\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"))
"""Signs between two values, those that bind least first."""
_DEEPEST = 50


class NotComputableError(Exception):
    """A formula goes beyond what is computed here; the text says nothing about its content."""


@dataclass(frozen=True)
class _Range:
    """The cells of a rectangle, which only functions take."""

    values: tuple[Value, ...]


_Result = Decimal | str | bool | None | _Range
_Lazy = Callable[[], _Result]


def compute(formula: str, cell: Callable[[Cell], Value]) -> Value:
    """Compute a formula, without its equals sign; ``cell`` returns the content of another cell.

    Raises NotComputableError.
    """
    if len(formula) > LONGEST:
        raise NotComputableError
    try:
        parser = _Parser(tuple(_tokens(formula)), cell)
        result = _single(parser.whole()())
    except (DecimalException, ArithmeticError, IndexError, ValueError, RecursionError):
        raise NotComputableError from None
    # An empty cell that a formula names is 0 to Excel.
    return _EXCEL.plus(result) if isinstance(result, Decimal) else Decimal(0) if result is None else result


def _tokens(formula: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(formula):
        token = _TOKEN.match(formula, position)
        if token is None:
            raise NotComputableError
        yield token
        position = token.end()


class _Parser:
    """Turn tokens into a function without arguments, so that a branch that IF does not take is not computed."""

    def __init__(self, tokens: tuple[re.Match[str], ...], cell: Callable[[Cell], Value]) -> None:
        self._tokens, self._cell, self._at, self._depth = tokens, cell, 0, 0

    def whole(self) -> _Lazy:
        """Parse all tokens."""
        found = self._binary(0)
        if self._at < len(self._tokens):
            raise NotComputableError
        return found

    def _take(self, *signs: str) -> str | None:
        """Pass over one of the signs, if it is the next token."""
        sign = self._tokens[self._at]["sign"] if self._at < len(self._tokens) else None
        if sign not in signs:
            return None
        self._at += 1
        return sign

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise NotComputableError

    def _binary(self, level: int) -> _Lazy:
        self._depth += 1
        if self._depth > _DEEPEST * len(_LEVELS):
            raise NotComputableError
        left = self._binary(level + 1) if level + 1 < len(_LEVELS) else self._signed()
        while sign := self._take(*_LEVELS[level]):
            right = self._binary(level + 1) if level + 1 < len(_LEVELS) else self._signed()
            left = _operation(sign, left, right)
        self._depth -= 1
        return left

    def _signed(self) -> _Lazy:
        if self._take("+"):
            return self._signed()
        if self._take("-"):
            operand = self._signed()
            return lambda: -_number(operand())
        found = self._atom()
        while self._take("%"):
            found = _operation("/", found, lambda: Decimal(100))
        return found

    def _atom(self) -> _Lazy:
        if self._take("("):
            inner = self._binary(0)
            self._expect(")")
            return inner
        token = self._tokens[self._at]
        self._at += 1
        if token["number"]:
            number = Decimal(token["number"])
            return lambda: number
        if token["text"] is not None:
            text = token["text"].replace('""', '"')
            return lambda: text
        if token["word"]:
            is_true = token["word"].upper() == "TRUE"
            return lambda: is_true
        if token["cell"]:
            return self._reference(token)
        return self._call(token["name"])

    def _reference(self, token: re.Match[str]) -> _Lazy:
        sheet = token["sheet"][:-1].strip("'").replace("''", "'") if token["sheet"] else None
        row, column = _place(token)
        if not self._take(":"):
            return lambda: self._cell((sheet, row, column))
        last = self._tokens[self._at]
        self._at += 1
        if not last["cell"] or last["sheet"]:
            raise NotComputableError
        rows, columns = (sorted(pair) for pair in zip((row, column), _place(last), strict=True))
        if (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) > MOST_CELLS:
            raise NotComputableError
        return lambda: _Range(
            tuple(
                self._cell((sheet, r, c))
                for r in range(rows[0], rows[1] + 1)
                for c in range(columns[0], columns[1] + 1)
            )
        )

    def _call(self, name: str | None) -> _Lazy:
        function = _FUNCTIONS.get((name or "").upper(), _unknown)
        self._expect("(")
        arguments = [self._binary(0)] if not self._take(")") else []
        while arguments and not self._take(")"):
            self._expect(",")
            arguments.append(self._binary(0))
        return lambda: function(arguments)


def _place(token: re.Match[str]) -> tuple[int, int]:
    found = place(token["cell"].replace("$", ""))
    if found is None:
        raise NotComputableError
    return found


def _single(value: _Result) -> Value:
    if isinstance(value, _Range):
        raise NotComputableError
    return value


def _number(value: _Result) -> Decimal:
    """Take a number as Excel does in arithmetic: an empty cell is 0, a text is not taken for a number."""
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    raise NotComputableError


def text_of(value: _Result) -> str:
    """Write a value as Excel joins it to a text."""
    if isinstance(value, Decimal):
        text = f"{_EXCEL.plus(value):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if value is None or isinstance(value, str):
        return value or ""
    raise NotComputableError


def _operation(sign: str, left: _Lazy, right: _Lazy) -> _Lazy:
    if sign == "&":
        return lambda: text_of(left()) + text_of(right())
    if sign in _COMPARISONS:
        return lambda: _COMPARISONS[sign](*_comparable(left(), right()))
    return lambda: _ARITHMETIC[sign](_number(left()), _number(right()))


def _comparable(left: _Result, right: _Result) -> tuple[Decimal | str, Decimal | str]:
    """Return two numbers or two texts in small letters; an empty cell is like the other one."""
    for one, other in ((left, right), (right, left)):
        if one is None and isinstance(other, str):
            return (text_of(left).casefold(), text_of(right).casefold())
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold(), right.casefold()
    return _EXCEL.plus(_number(left)), _EXCEL.plus(_number(right))


_ARITHMETIC = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "/": _EXACT.divide}
_COMPARISONS: dict[str, Callable[..., bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _numbers(arguments: list[_Lazy]) -> list[Decimal]:
    """Collect numbers as SUM does: in a range texts and empty cells are passed over."""
    values = (argument() for argument in arguments)
    lists = ([v for v in x.values if isinstance(v, Decimal)] if isinstance(x, _Range) else [_number(x)] for x in values)
    return list(chain.from_iterable(lists))


def _sum(arguments: list[_Lazy]) -> Decimal:
    total = Decimal(0)
    for number in _numbers(arguments):
        total = _EXACT.add(total, number)
    return total


def _product(arguments: list[_Lazy]) -> Decimal:
    numbers = _numbers(arguments)
    total = Decimal(1 if numbers else 0)
    for number in numbers:
        total = _EXACT.multiply(total, number)
    return total


def _average(arguments: list[_Lazy]) -> Decimal:
    return _EXACT.divide(_sum(arguments), Decimal(len(_numbers(arguments))))


def _rounding(mode: str) -> Callable[[list[_Lazy]], Decimal]:
    def rounded(arguments: list[_Lazy]) -> Decimal:
        number, places = (_number(argument()) for argument in arguments) if len(arguments) == 2 else _refuse()
        # Excel rounds the 15 digits that it shows.
        return _EXCEL.plus(number).quantize(Decimal(1).scaleb(-int(places)), mode, _EXACT)

    return rounded


def _unknown(_: list[_Lazy]) -> _Result:
    raise NotComputableError


def _refuse() -> tuple[Decimal, Decimal]:
    raise NotComputableError


def _if(arguments: list[_Lazy]) -> _Result:
    if len(arguments) not in (2, 3):
        raise NotComputableError
    condition = arguments[0]()
    is_met = condition if isinstance(condition, bool) else _number(condition) != 0
    return arguments[1]() if is_met else arguments[2]() if len(arguments) == 3 else False


def _part(arguments: list[_Lazy]) -> str:
    """Cut a text as MID does: LEFT and RIGHT are its cases."""
    text, start, length = arguments
    first, count = int(_number(start())), int(_number(length()))
    if first < 1 or count < 0:
        raise NotComputableError
    return text_of(text())[first - 1 : first - 1 + count]


def _end(arguments: list[_Lazy]) -> str:
    text, length = text_of(arguments[0]()), int(_number(arguments[1]()))
    return text[max(0, len(text) - length) :]


def _absolute(arguments: list[_Lazy]) -> Decimal:
    return abs(_number(arguments[0]()))


_FUNCTIONS: dict[str, Callable[[list[_Lazy]], _Result]] = {
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
