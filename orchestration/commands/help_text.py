"""Write the help of the command line in Chinese.

Belongs here: the words that typer itself writes around ours. Does not belong here: the help of a command (``cli``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# Typer has no public way to choose the formatter; its version is pinned by the lock.
from typer._click.core import Context
from typer._click.formatting import HelpFormatter

_HEADINGS = {"Arguments": "参数", "Options": "选项", "Commands": "命令"}
_WORDS = (
    ("Show this message and exit.", "显示本说明。"),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]...", "命令 [参数]..."),
    (r"\[required\]", "[必填]"),
    (r"\[default: ([^\]]*)\]", r"[默认 \1]"),
    (r"; required\]", ";必填]"),
    (r"<(int|int range|integer range)>", "<整数>"),
    (r"<(path|list\[Path\])>", "<路径>"),
    (r"<(str|text|list\[str\])>", "<文字>"),
    (r"<Month>", "<月份>"),
)
_LITERAL = 3
"""The first words are texts, the others patterns."""


def in_chinese(text: str) -> str:
    """Replace the words of typer in a text by Chinese ones."""
    for english, chinese in _WORDS[:_LITERAL]:
        text = text.replace(english, chinese)
    for pattern, chinese in _WORDS[_LITERAL:]:
        text = re.sub(pattern, chinese, text)
    return text


class ChineseHelp(HelpFormatter):
    """Formats help as typer does, in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(prog, in_chinese(args), prefix or "用法:")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with their meanings."""
        super().write_dl([(in_chinese(name), in_chinese(text)) for name, text in rows], col_max, col_spacing)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Write a heading, and indent the block."""
        with super().section(_HEADINGS.get(name, name)):
            yield


def speak_chinese() -> None:
    """Let every command of this process write its help in Chinese."""
    Context.formatter_class = ChineseHelp
