"""A second look finds the part of each sheet and walks its elements, whoever wrote the workbook."""

from __future__ import annotations

from sources.reading.files.package import column_letters, column_number, opened, place, sheet_paths, walk
from tests.unit.sources.builder import xlsx_file, zip_file

WORKBOOK = b"""<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="b" sheetId="9" r:id="rId7"/>
<x:sheet name="a" sheetId="1" r:id="rId2"/><x:sheet name="c" sheetId="3" r:id="rId3"/></x:sheets></x:workbook>"""
RELATIONSHIPS = b"""<Relationships><Relationship Id="rId2" Target="worksheets/one.xml"/>
<Relationship Id="rId7" Target="/xl/worksheets/Two.xml"/></Relationships>"""


def test_sheets_are_numbered_by_their_position_and_found_by_their_relationships() -> None:
    parts = {"xl/Workbook.xml": WORKBOOK, "xl/_rels/workbook.xml.rels": RELATIONSHIPS}
    with opened(zip_file(parts)) as archive:
        assert sheet_paths(archive) == {1: "xl/worksheets/Two.xml", 2: "xl/worksheets/one.xml"}
    with opened(xlsx_file({"甲": [[1]], "乙": [[2]]})) as archive:
        assert sheet_paths(archive) == {1: "xl/worksheets/sheet1.xml", 2: "xl/worksheets/sheet2.xml"}


def test_elements_are_walked_without_their_prefix_up_to_where_a_part_breaks() -> None:
    seen: list[str] = []
    with opened(zip_file({"a\\B.xml": b"<x:c r='A1'><x:v>1&amp;2</x:v></x:c><broken"})) as archive:
        walk(archive, "a/b.xml", lambda tag, at: seen.append(f"<{tag} {at}"), lambda tag: seen.append(tag), seen.append)
        walk(archive, "missing.xml", lambda tag, _: seen.append(tag))
    assert seen == ["<c {'r': 'A1'}", "<v {}", "1&2", "v", "c"]


def test_places_and_letters_of_columns() -> None:
    assert place("AB12") == (11, 27)
    assert place("a1") == (0, 0)
    assert [place(text) for text in (None, "", "12", "A", "A1:B2")] == [None] * 5
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(n)) == n for n in range(1, 16_385))
