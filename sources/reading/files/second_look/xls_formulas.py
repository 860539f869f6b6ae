"""Write the formula of an xls record as text ([MS-XLS] 2.5.198, Rgce).

Belongs here: the part of the language that ``formulas`` computes. Does not belong here: computing it.
"""

from __future__ import annotations

import struct

from sources.reading.files.package import column_letters

_SIGNS = {3: "+", 4: "-", 5: "*", 6: "/", 8: "&", 9: "<", 10: "<=", 11: "=", 12: ">=", 13: ">", 14: "<>"}
_PLUS, _MINUS, _PERCENT, _PARENTHESES = 0x12, 0x13, 0x14, 0x15
_TEXT, _ATTRIBUTE, _BOOLEAN, _WHOLE, _REAL = 0x17, 0x19, 0x1D, 0x1E, 0x1F
_CALL, _CALL_OF_ANY, _REFERENCE, _RANGE = 0x21, 0x22, 0x24, 0x25
_IS_SUM, _IS_CHOICE = 0x10, 0x04
_NAMES = {1: "IF", 4: "SUM", 5: "AVERAGE", 6: "MIN", 7: "MAX", 24: "ABS", 27: "ROUND", 31: "MID", 115: "LEFT"} | {
    116: "RIGHT", 183: "PRODUCT", 212: "ROUNDUP", 213: "ROUNDDOWN", 336: "CONCATENATE",
}  # fmt: skip
_ARGUMENTS = {24: 1, 27: 2, 31: 3, 212: 2, 213: 2}
"""Numbers of arguments of the functions that have always as many."""


def infix(raw: bytes) -> str:
    """Return a formula without its equals sign; empty if it has anything that is not known here."""
    try:
        return _infix(raw)
    except (IndexError, KeyError, ValueError, struct.error, UnicodeDecodeError):
        return ""


def _infix(raw: bytes) -> str:
    stack: list[str] = []
    at = 0
    while at < len(raw):
        token = raw[at]
        # Operands come in three classes, which say how a function takes them.
        token = token if token < 0x20 else (token & 0x1F) | 0x20
        at += 1
        if token in _SIGNS:
            right, left = stack.pop(), stack.pop()
            stack.append(f"({left}{_SIGNS[token]}{right})")
        elif token in (_PLUS, _MINUS):
            stack.append(f"({'-' if token == _MINUS else '+'}{stack.pop()})")
        elif token == _PERCENT:
            stack.append(f"({stack.pop()}%)")
        elif token != _PARENTHESES:
            at = _operand(token, raw, at, stack)
    (formula,) = stack
    return formula


def _operand(token: int, raw: bytes, at: int, stack: list[str]) -> int:
    """Put an operand or a call on the stack, and return the position behind it; any other token raises ValueError."""
    if token == _WHOLE:
        stack.append(str(struct.unpack_from("<H", raw, at)[0]))
        return at + 2
    if token == _REAL:
        stack.append(f"{struct.unpack_from('<d', raw, at)[0]:.17g}")
        return at + 8
    if token == _BOOLEAN:
        stack.append("TRUE" if raw[at] else "FALSE")
        return at + 1
    if token == _TEXT:
        count, is_wide = raw[at], raw[at + 1] & 1
        end = at + 2 + count * (1 + is_wide)
        text = raw[at + 2 : end].decode("utf-16-le" if is_wide else "latin-1")
        stack.append('"' + text.replace('"', '""') + '"')
        return end
    if token == _ATTRIBUTE:
        if raw[at] & _IS_CHOICE:
            raise ValueError
        if raw[at] & _IS_SUM:
            stack.append(f"SUM({stack.pop()})")
        return at + 3
    if token == _REFERENCE:
        stack.append(_cell(*struct.unpack_from("<HH", raw, at)))
        return at + 4
    if token == _RANGE:
        top, bottom, left, right = struct.unpack_from("<HHHH", raw, at)
        stack.append(f"{_cell(top, left)}:{_cell(bottom, right)}")
        return at + 8
    if token in (_CALL, _CALL_OF_ANY):
        return _called(token, raw, at, stack)
    raise ValueError(token)


def _called(token: int, raw: bytes, at: int, stack: list[str]) -> int:
    is_fixed = token == _CALL
    number = struct.unpack_from("<H", raw, at if is_fixed else at + 1)[0]
    count = _ARGUMENTS[number] if is_fixed else raw[at]
    if count > len(stack):
        raise ValueError
    arguments = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    stack.append(f"{_NAMES[number]}({','.join(arguments)})")
    return at + (2 if is_fixed else 3)


def _cell(row: int, column: int) -> str:
    return f"{column_letters((column & 0x3FFF) + 1)}{row + 1}"
