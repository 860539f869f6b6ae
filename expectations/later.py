"""Import packages that Great Expectations imports and this gate never uses only if something asks them for a name.

Belongs here: one stand-in for a module. Does not belong here: Great Expectations (``gx_adapter``).
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """A module that is imported at the first use of one of its names.

    ``importlib.util.LazyLoader`` imports at once here: the import statement itself asks a module for its ``__spec__``.
    """

    def __getattr__(self, name: str) -> Any:
        """Import the module and return one of its names. Raises AttributeError if it has none of that name."""
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_later(name: str) -> None:
    """Put a module off until it is used, unless it was imported before."""
    spec = find_spec(name)
    if spec and name not in sys.modules:
        sys.modules[name] = later = Later(name)
        later.__spec__ = spec
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, later)
