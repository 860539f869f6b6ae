"""The engine behind templates: a template is a file from outside, and can do nothing but show values.

Belongs here: what a template may call. Does not belong here: Word.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_FILTERS = ("default", "d", "length", "count", "join", "first", "last", "sort", "sum", "round", "abs", "int", "float",
            "list", "reverse", "selectattr", "rejectattr", "map", "unique", "min", "max", "e", "escape")  # fmt: skip


class UnknownVariableError(Exception):
    """A template names a value that does not exist."""

    def __init__(self, name: str, options: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.options = name, options


class Missing(StrictUndefined):
    """Stands for a value that does not exist, and fails wherever it is used."""

    def _fail_with_undefined_error(self, *args: Any, **kwargs: Any) -> NoReturn:
        if issubclass(self._undefined_exception, SecurityError):
            raise SecurityError
        name = str(self._undefined_name)
        known = self._undefined_obj
        raise UnknownVariableError(name, tuple(known) if isinstance(known, dict) else ())

    __iter__ = __str__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = _fail_with_undefined_error
    __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __le__ = __gt__ = __ge__ = _fail_with_undefined_error
    __contains__ = __getitem__ = __call__ = _fail_with_undefined_error

    def __getattr__(self, name: str) -> Any:
        """Fail for any attribute but those of Python itself."""
        if name.startswith("__"):
            raise AttributeError(name)
        self._fail_with_undefined_error()


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment without functions, without methods of texts, and without products, which could fill the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=Missing, autoescape=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Allow a product of numbers only."""
        if operator == "*" and all(isinstance(n, int | float) for n in (left, right)):
            return left * right
        raise SecurityError(f"算式中不能用 {operator}")

    def wrap_str_format(self, value: Any) -> None:
        """Give no template the formatting of texts, whose widths have no limit."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow values of dictionaries and of loops, no methods."""
        return not callable(value) and super().is_safe_attribute(obj, attr, value)
