"""The dictionary as one page that needs nothing else: no script, font or picture from anywhere.

Belongs here: filling ``page.html`` in. Does not belong here: contents.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from orchestration.dictionary.chapter import Chapter, Entry

_PAGE = Path(__file__).with_name("page.html")
CODES = ("代码", "编码", "接收后的列")
"""Heads of columns with technical names."""


def html(chapters: Iterable[Chapter]) -> str:
    """Return the page; every text is escaped."""
    chapters = tuple(chapters)
    navigation = "".join(f'<a href="#{escape(c.title)}">{escape(c.title)}</a>' for c in chapters)
    # The script has templates of its own, with a brace behind the sign: only the two names are replaced.
    page = Template(_PAGE.read_text(encoding="utf-8"))
    return page.safe_substitute(NAVIGATION=navigation, CHAPTERS="".join(map(_chapter, chapters)))


def _chapter(chapter: Chapter) -> str:
    entries = "\n".join(_entry(chapter, entry) for entry in chapter.entries)
    title = escape(chapter.title)
    return f'<section>\n<h2 id="{title}">{title}</h2>\n<p>{escape(chapter.about)}</p>\n{entries}\n</section>\n'


def _entry(chapter: Chapter, entry: Entry) -> str:
    facts = [("说明", entry.about), *zip(chapter.facts, entry.facts, strict=False)]
    shown = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts if v)
    heads = "".join(f"<th>{escape(head)}</th>" for head in chapter.heads)
    rows = "".join(f"<tr>{_cells(chapter.heads, row)}</tr>\n" for row in entry.rows)
    name = escape(entry.name)
    return (
        f'<details id="{escape(chapter.title)}/{name}"><summary><b>{escape(entry.title)}</b><code>{name}</code>'
        f"<span>{len(entry.rows)} 行</span></summary>\n<dl>{shown}</dl>\n"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div></details>'
    )


def _cells(heads: tuple[str, ...], row: tuple[str, ...]) -> str:
    cells = ((head, escape(text)) for head, text in zip(heads, row, strict=True))
    return "".join(f"<td><code>{text}</code></td>" if head in CODES else f"<td>{text}</td>" for head, text in cells)
