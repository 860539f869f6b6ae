"""Turn the marks of figures in a Word document into endnotes, which Word numbers and links.

Belongs here: the XML of endnotes. Does not belong here: their texts (``notes``), filling templates in (``word``).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

from reports.words import NOTE, NOTE_END

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
_MARK = re.compile(f"{NOTE}([^{NOTE_END}]*){NOTE_END}")
_SEPARATORS = "".join(
    f'<w:endnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{tag}/></w:r></w:p></w:endnote>'
    for number, kind, tag in ((-1, "separator", "separator"), (0, "continuationSeparator", "continuationSeparator"))
)
_SIZE = "18"
"""Half points of the text of a note."""


def add_endnotes(document: Document, texts: Mapping[str, str]) -> None:
    """Replace the first mark of each figure by an endnote with its text, and remove all other marks."""
    endnotes = _part(document)
    root = parse_xml(endnotes.blob)
    number = max([0, *(int(note.get(qn("w:id"), "0")) for note in root)])
    seen: set[str] = set()
    for text in list(_marked(document)):
        for code in _split(text, {c for c in texts if c not in seen}):
            number += 1
            seen.add(code)
            root.append(_note(number, texts[code]))
            _reference_of(document, code, number)
    _number_with_figures(document)
    endnotes._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _marked(document: Document) -> Iterator[Any]:
    """Yield the texts with marks, in the order of the document."""
    for text in document.element.body.iter(qn("w:t")):
        if NOTE in (text.text or ""):
            yield text


def _split(text: Any, wanted: set[str]) -> list[str]:
    """Cut a run at its marks, with an empty run in place of each mark that becomes a note; return their codes."""
    run, found = text.getparent(), []
    pieces = _MARK.split(text.text)
    text.text = pieces[0]
    text.set(qn("xml:space"), "preserve")
    place = run
    for code, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        if code in wanted and code not in found:
            found.append(code)
            place = _after(place, _run(run, [_placeholder(code)]))
        if rest:
            place = _after(place, _run(run, [_text(rest)]))
    return found


def _placeholder(code: str) -> Any:
    mark = OxmlElement("w:endnoteReference")
    mark.set("code", code)
    return mark


def _reference_of(document: Document, code: str, number: int) -> None:
    """Give the reference of a figure its number, and raise it above the line."""
    for mark in document.element.body.iter(qn("w:endnoteReference")):
        if mark.get("code") == code:
            del mark.attrib["code"]
            mark.set(qn("w:id"), str(number))
            _raise(mark.getparent())


def _after(place: Any, run: Any) -> Any:
    place.addnext(run)
    return run


def _run(like: Any, content: list[Any]) -> Any:
    """Make a run with the looks of another one."""
    run = OxmlElement("w:r")
    if (looks := like.find(qn("w:rPr"))) is not None:
        run.append(copy.deepcopy(looks))
    run.extend(content)
    return run


def _text(text: str) -> Any:
    element = OxmlElement("w:t")
    element.text = text
    element.set(qn("xml:space"), "preserve")
    return element


def _raise(run: Any) -> None:
    looks = run.get_or_add_rPr()
    for former in looks.findall(qn("w:vertAlign")):
        looks.remove(former)
    raised = OxmlElement("w:vertAlign")
    raised.set(qn("w:val"), "superscript")
    looks.append(raised)


def _note(number: int, text: str) -> Any:
    looks = f'<w:rPr><w:rFonts w:eastAsia="仿宋"/><w:sz w:val="{_SIZE}"/>'
    note = parse_xml(
        f'<w:endnote {nsdecls("w")} w:id="{number}"><w:p><w:pPr>'
        '<w:spacing w:before="0" w:after="40" w:line="280" w:lineRule="exact"/></w:pPr>'
        f'<w:r>{looks}<w:vertAlign w:val="superscript"/></w:rPr><w:endnoteRef/></w:r>'
        f'<w:r>{looks}</w:rPr><w:t xml:space="preserve"> </w:t></w:r></w:p></w:endnote>'
    )
    note.find(f".//{qn('w:t')}").text = f" {text}"
    return note


def _part(document: Document) -> Any:
    """Return the part with the endnotes of a document, which is added if there is none."""
    part = document.part
    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.ENDNOTES:
            return relation.target_part
    blob = f"<w:endnotes {nsdecls('w')}>{_SEPARATORS}</w:endnotes>".encode()
    added = Part(PackURI("/word/endnotes.xml"), _CONTENT_TYPE, blob, part.package)
    part.relate_to(added, RELATIONSHIP_TYPE.ENDNOTES)
    return added


def _number_with_figures(document: Document) -> None:
    """Have endnotes numbered 1, 2, 3: Word numbers them i, ii, iii by itself."""
    for section in document.element.body.iter(qn("w:sectPr")):
        for former in section.findall(qn("w:endnotePr")):
            section.remove(former)
        about = parse_xml(f'<w:endnotePr {nsdecls("w")}><w:numFmt w:val="decimal"/></w:endnotePr>')
        heads = [e for e in section if e.tag in (qn("w:headerReference"), qn("w:footerReference"), qn("w:footnotePr"))]
        section.insert(len(heads), about)
