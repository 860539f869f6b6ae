"""Fill a Word template in: values, pictures, endnotes; the same values give the same bytes.

Belongs here: the file of a template, its limits and errors, writing the document.
Does not belong here: the values (``report``, ``agenda``), what a template may do (``sandbox``).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError

from reports.charts import Chart
from reports.sandbox import Sandbox, UnknownVariableError
from reports.template_error import TemplateError
from reports.typeset import typeset

MAX_FILE, MAX_UNPACKED, MAX_PARTS = 20 * 2**20, 100 * 2**20, 2_000
"""Limits of a template: bytes of the file and of its parts, number of parts."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every part in the zip: the only one that does not depend on the clock."""
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Filling:
    """What a template is filled in with."""

    values: dict[str, Any]
    charts: Mapping[str, Chart | None]
    """Charts by the name under which ``图`` has them; None if there is nothing to draw."""
    notes: Mapping[str, str]
    """Notes by the code of their figure."""
    made_at: datetime
    """Shown in the properties of the document."""


def write_document(template: Path, filling: Filling) -> bytes:
    """Fill a template in and return the document.

    Raises TemplateError if the template cannot be read, breaks a limit, or names a value that does not exist.
    """
    from docxtpl import DocxTemplate

    document = DocxTemplate(io.BytesIO(_read(template)))
    try:
        document.init_docx()
        document.render(filling.values | _pictures(document, filling.charts), Sandbox())
    except UnknownVariableError as error:
        raise TemplateError(template, _unknown(error, document)) from error
    except SecurityError as error:
        raise TemplateError(template, f"不允许这样写:{_chinese(error)}。") from error
    except TemplateSyntaxError as error:
        raise TemplateError(template, _syntax(error)) from error
    except JinjaError as error:
        raise TemplateError(template, f"填写时出错({type(error).__name__})。") from error
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise TemplateError(template, f"不是能填写的 Word 文档(.docx)({type(error).__name__})。") from error
    return _finish(document, filling)


def _read(template: Path) -> bytes:
    """Read a template within its limits."""
    try:
        content = template.read_bytes() if template.stat().st_size <= MAX_FILE else b""
    except OSError as error:
        raise TemplateError(template, f"读不到文件({template})。") from error
    if not content:
        raise TemplateError(template, f"文件是空的,或超过 {MAX_FILE // 2**20} MiB。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
    except zipfile.BadZipFile as error:
        raise TemplateError(template, "不是 Word 文档(.docx);请用 Word 或 WPS 另存为 .docx。") from error
    if sum(sizes) > MAX_UNPACKED or len(sizes) > MAX_PARTS:
        raise TemplateError(template, f"解压后超过 {MAX_UNPACKED // 2**20} MiB,或内含文件过多。")
    return content


def _pictures(document: Any, charts: Mapping[str, Chart | None]) -> dict[str, Any]:
    from docx.shared import Inches
    from docxtpl import InlineImage

    def picture(chart: Chart | None) -> Any:
        return chart and InlineImage(document, io.BytesIO(chart.png), width=Inches(chart.width))

    titles = {name: chart.title if chart else "" for name, chart in charts.items()}
    return {"图": {name: picture(chart) for name, chart in charts.items()}, "图题": titles}


def _unknown(error: UnknownVariableError, document: Any) -> str:
    """Say which variable does not exist, where the template names it, and which names are close to it."""
    from difflib import get_close_matches

    tags = [_MARKUP.sub("", tag) for tag in _TAG.findall(document.get_xml())]
    used = next((tag for tag in tags if error.name in tag), "")
    close = get_close_matches(error.name, error.options, 3, 0.5)
    where = f"(出现在“{used}”)" if used else ""
    return f"没有名为“{error.name}”的变量{where}" + (f",是不是“{'”“'.join(close)}”?" if close else "。")


def _syntax(error: TemplateSyntaxError) -> str:
    """Say near which text a tag is written wrongly."""
    lines = [line.strip() for line in getattr(error, "docx_context", ()) if line.strip()]
    near = next((line for line in lines if "{" in line), "")
    what = {"Unexpected end of template": "缺少结束的 {%p endif %} 或 {%p endfor %}"}
    said = next((chinese for english, chinese in what.items() if english in str(error)), "标记的写法有误")
    return f"{said}" + (f",在“{near[:120]}”附近。" if near else "。")


def _chinese(error: Exception) -> str:
    return str(error) if re.search("[\u4e00-\u9fff]", str(error)) else "模板只能显示变量,不能调用函数"


def _finish(template: Any, filling: Filling) -> bytes:
    """Add the endnotes and properties, describe the pictures, and pack the document."""
    from docx.oxml.ns import qn

    from reports.endnotes import add_endnotes

    document = template.docx
    for text in document.element.body.iter(qn("w:t")):
        text.text = typeset(text.text or "")
    add_endnotes(document, {code: typeset(text) for code, text in filling.notes.items()})
    titles = {chart.png: chart.title for chart in filling.charts.values() if chart}
    for picture in document.element.body.iter(qn("wp:inline")):
        [fill] = picture.iter(qn("a:blip"))
        title = titles.get(document.part.related_parts[fill.get(qn("r:embed"))].blob)
        if title:
            about = picture.find(qn("wp:docPr"))
            about.set("descr", title)
            about.set("name", title)
    properties = document.core_properties
    properties.created = properties.modified = filling.made_at
    properties.last_modified_by, properties.revision = "守望", 1
    packed = io.BytesIO()
    document.save(packed)
    return _packed(packed.getvalue())


def _packed(content: bytes) -> bytes:
    """Pack the parts of a document again, without the time of day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for name in parts.namelist():
            written.writestr(zipfile.ZipInfo(name, _LONG_AGO), parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
