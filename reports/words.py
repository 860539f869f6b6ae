"""The values that templates show: dictionaries with Chinese names, some of which have a text of their own.

Belongs here: the types. Does not belong here: contents.
"""

from __future__ import annotations

import unicodedata
from typing import Any

NOTE, NOTE_END = "\ue000", "\ue001"
"""Signs of the private use area around the code of a figure, where a document has its note."""


class Words(dict[str, Any]):
    """Values by Chinese name; in a template ``名称.值`` finds one, and the whole shows its text."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(values)
        self._text = text

    def __missing__(self, name: str) -> Any:
        """Find a name that is written with full-width signs, as Word corrects them."""
        plain = unicodedata.normalize("NFKC", name)
        if plain == name or plain not in self:
            raise KeyError(name)
        return self[plain]

    def __str__(self) -> str:
        return self._text


def noted(text: str, code: str) -> str:
    """Mark a text as that of a figure, whose note follows."""
    return f"{text}{NOTE}{code}{NOTE_END}"
