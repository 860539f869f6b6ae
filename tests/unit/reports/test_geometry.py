"""Test maps: outlines of a county's file, colours, the grid, and files that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports import geometry
from reports.geometry import GeometryError, read_sheet
from reports.maps import GREEN, GREY, REDS, color, maps
from reports.marts import opened
from tests.unit.reports.builder import MONTH, TOWNS, district, figure, new_indicator

SQUARE = [[113.0, 23.6], [113.1, 23.6], [113.1, 23.7], [113.0, 23.7], [113.0, 23.6]]


def feature(code: object, ring: object = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    rings = [ring] if kind == "Polygon" else [[ring]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": rings}}


def write(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "县界.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_outlines_are_found_by_code(tmp_path: Path) -> None:
    moved = [[x + 0.1, y] for x, y in SQUARE]
    sheet = read_sheet(
        write(tmp_path, feature("441802103000"), feature(441802106, moved, "MultiPolygon"), feature("x"))
    )
    assert set(sheet.outlines) == {"441802103", "441802106"}
    assert sheet.outlines["441802103"].path.startswith("M12,")
    # As far north to south as a degree of latitude is longer than one of longitude.
    assert sheet.height == pytest.approx(24 + 976 / 2 / 0.916, abs=3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "不是 UTF-8 的 GeoJSON"),
        (b"[" * 200_000, "嵌套过深"),
        (b"[]", "FeatureCollection"),
        (b'{"features": [{"properties": {"code": "441802103"}, "geometry": null}]}', "没有带区划代码"),
        (json.dumps({"features": [feature("441802103", [[1, 2], [3]])]}).encode(), "第 1 个图形的坐标有误"),
        (json.dumps({"features": [feature("441802103", "abc")]}).encode(), "第 1 个图形的坐标有误"),
        (json.dumps({"features": [feature("441802103", [[[[1]]]])]}).encode(), "第 1 个图形的坐标有误"),
        (json.dumps({"features": [feature("441802103", [[5e5, 2], [5e5, 3], [5e5, 4]])]}).encode(), "不是经纬度"),
        (b'{"features": [], "bbox": [NaN]}', "不是 UTF-8 的 GeoJSON"),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "县界.geojson"
    path.write_bytes(content)
    with pytest.raises(GeometryError, match=f"县界.geojson.*{said}"):
        read_sheet(path)


def test_limits_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, feature("441802103"))
    monkeypatch.setattr(geometry, "MAX_POINTS", 4)
    with pytest.raises(GeometryError, match="坐标点"):
        read_sheet(path)
    monkeypatch.setattr(geometry, "MAX_BYTES", 10)
    with pytest.raises(GeometryError, match="请先简化边界"):
        read_sheet(path)
    with pytest.raises(GeometryError, match="读不到文件"):
        read_sheet(tmp_path / "没有.geojson")


@pytest.mark.parametrize(
    ("value", "better", "wanted"),
    [(90, "higher", GREEN), (89, "higher", REDS[0][1]), (80, "higher", REDS[1][1]), (50, "higher", REDS[2][1]),
     (89, "lower", GREEN), (100, "lower", REDS[1][1]), (None, "higher", GREY)],
)  # fmt: skip
def test_red_is_bad(value: float | None, better: str, wanted: str) -> None:
    assert color({"value": value, "target": 90, "better": better}) == wanted


def test_without_geometry_there_is_a_tile_per_town(tmp_path: Path) -> None:
    published = district(tmp_path)
    new_indicator(published, "sewage.new", "治理率<b>", "%", value=85.0, target=80.0)
    for town, value in zip(TOWNS, (90.0, 70.0), strict=True):
        figure(published, "sewage.new", town, value=value, target=80.0)
    with opened(published.open, MONTH) as marts:
        grid = maps(marts, None)
        drawn = maps(marts, write(tmp_path, feature("441802103"), feature("441802106202")))
    assert "治理率&lt;b&gt;" in grid
    assert grid.count("<rect") == 2
    assert GREEN in grid.partition("<svg")[2]
    assert REDS[1][1] in grid.partition("<svg")[2]
    assert "<title>源潭镇:90</title>" in drawn
    # A village without a value of its own is grey, whatever its town is.
    assert f'fill="{GREY}"' in drawn
