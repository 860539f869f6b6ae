"""Compute the formulas of a workbook that no program has computed, as far as that is safe.

Belongs here: a small part of Excel's language, exact in decimals.
Does not belong here: finding formulas (``walked_cells``), the contents of cells (``computed``), functions
(``formula_functions``).

Safe are numbers, texts, references, + - * / & and comparisons, and the functions of ``FUNCTIONS``. Anything else, also
an error of Excel, raises ``NotComputableError``: a value that is not known is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, DecimalException

from sources.reading.files.package import place
from sources.reading.files.second_look.formula_functions import (
    EXCEL,
    FUNCTIONS,
    Lazy,
    NotComputableError,
    Range,
    Value,
    number_of,
    operation,
    single,
    unknown,
)

Cell = tuple[str | None, int, int]
"""Sheet (None for the formula's own), row and column, zero based."""

LONGEST = 1000
"""Characters of a formula; longer ones are not computed."""
MOST_CELLS = 100_000
"""Cells of one range."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![A-Za-z0-9_.(])|"(?P<text>(?:[^"]|"")*)"
    |(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<cell>\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?![\w(.!])
    |(?P<name>[A-Za-z]+)(?=\()|(?P<word>TRUE|FALSE)(?!\w)|(?P<sign><=|>=|<>|[-+*/&=<>(),:%]))\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"))
"""Signs between two values, those that bind least first."""
_DEEPEST = 50


def compute(formula: str, cell: Callable[[Cell], Value]) -> Value:
    """Compute a formula, without its equals sign; ``cell`` returns the content of another cell.

    Raises NotComputableError.
    """
    if len(formula) > LONGEST:
        raise NotComputableError
    try:
        parser = _Parser(tuple(_tokens(formula)), cell)
        result = single(parser.whole()())
    except (DecimalException, ArithmeticError, IndexError, ValueError, RecursionError):
        raise NotComputableError from None
    # An empty cell that a formula names is 0 to Excel.
    return EXCEL.plus(result) if isinstance(result, Decimal) else Decimal(0) if result is None else result


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

    def whole(self) -> Lazy:
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

    def _binary(self, level: int) -> Lazy:
        self._depth += 1
        if self._depth > _DEEPEST * len(_LEVELS):
            raise NotComputableError
        left = self._binary(level + 1) if level + 1 < len(_LEVELS) else self._signed()
        while sign := self._take(*_LEVELS[level]):
            right = self._binary(level + 1) if level + 1 < len(_LEVELS) else self._signed()
            left = operation(sign, left, right)
        self._depth -= 1
        return left

    def _signed(self) -> Lazy:
        if self._take("+"):
            return self._signed()
        if self._take("-"):
            operand = self._signed()
            return lambda: -number_of(operand())
        found = self._atom()
        while self._take("%"):
            found = operation("/", found, lambda: Decimal(100))
        return found

    def _atom(self) -> Lazy:
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

    def _reference(self, token: re.Match[str]) -> Lazy:
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
        return lambda: Range(
            tuple(
                self._cell((sheet, r, c))
                for r in range(rows[0], rows[1] + 1)
                for c in range(columns[0], columns[1] + 1)
            )
        )

    def _call(self, name: str | None) -> Lazy:
        function = FUNCTIONS.get((name or "").upper(), unknown)
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
