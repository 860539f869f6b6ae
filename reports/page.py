"""Write the report as one page that needs nothing else, from the Word document: the wording is in one place.

Belongs here: from a document to a page. Does not belong here: what the document says (its template), the map (``map``).
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from reports.charts import Chart

_PAGE = Path(__file__).with_name("page.html")
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='Caption'] => p.caption:fresh
p[style-name='图'] => p.picture:fresh
p[style-name='注释'] => p.small:fresh
p[style-name='落款'] => p.signed:fresh
p[style-name='表格'] => p.center:fresh
p[style-name='表格文字'] => p:fresh
p[style-name='表头'] => p.center:fresh
r[style-name='未达标'] => span.bad
r[style-name='变好'] => span.good
"""
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_BEHIND = re.compile(r'<h2>附件|<ol><li id="endnote-')
_MARKUP = re.compile(r"<[^>]+>")


def html(document: bytes, title: str, charts: Iterable[Chart | None], maps: str) -> str:
    """Convert the report to a page; ``maps`` is a section of its own, in front of the annexes."""
    import mammoth

    drawn = {chart.png: chart for chart in charts if chart}
    converted = mammoth.convert_to_html(
        io.BytesIO(document), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda i: _image(i, drawn))
    )
    body, contents = _with_places(_with_maps(converted.value, maps))
    page = Template(_PAGE.read_text(encoding="utf-8"))
    return page.substitute(TITLE=escape(title), CONTENTS=contents, BODY=body)


def _image(image: Any, drawn: dict[bytes, Chart]) -> dict[str, str]:
    """Show a chart as SVG, any other picture of the template as it is."""
    with image.open() as file:
        content = file.read()
    chart = drawn.get(content)
    kind = "image/svg+xml" if chart else image.content_type
    encoded = base64.b64encode(chart.svg.encode() if chart else content).decode("ascii")
    return {"src": f"data:{kind};base64,{encoded}", "alt": chart.title if chart else image.alt_text or ""}


def _with_maps(body: str, maps: str) -> str:
    """Place the maps in front of the annexes, else of the notes, else at the end."""
    found = _BEHIND.search(body)
    place = found.start() if found else len(body)
    return body[:place] + maps + body[place:]


def _with_places(body: str) -> tuple[str, str]:
    """Give each heading a place, and list them as links."""
    titles: list[str] = []

    def placed(found: re.Match[str]) -> str:
        titles.append(_MARKUP.sub("", found[1]))
        return f'<h2 id="part{len(titles)}">{found[1]}</h2>'

    body = _HEADING.sub(placed, body)
    return body, "".join(f'<a href="#part{n}">{title}</a>' for n, title in enumerate(titles, 1))
