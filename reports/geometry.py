"""Read the outlines of towns and villages from a GeoJSON file of the county, which is a file from outside.

Belongs here: limits, codes, outlines on a sheet of fixed width. Does not belong here: colours (``maps``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

MAX_BYTES, MAX_FEATURES, MAX_POINTS = 20 * 2**20, 20_000, 1_000_000
"""Limits of a file: parsing takes about twenty times its size."""
CODES = ("区划代码", "代码", "division_code", "code", "adcode", "id")
"""Properties that may hold the code of a division, the best first."""
WIDTH = 1000
"""Width of the sheet; points closer than one unit fall together."""
_POLYGONS = {"Polygon": 1, "MultiPolygon": 2}
"""Depth of the rings in the coordinates, by type."""
_TOWN, _VILLAGE = 9, 12
_MARGIN = 12


class GeometryError(RuntimeError):
    """A map cannot be used; the message is Chinese, and quotes nothing of the file."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"地图文件 {file.name} 不能用:{problem}")


@dataclass(frozen=True)
class Outline:
    """A division on the sheet: its path as in SVG, and the middle of its largest ring."""

    path: str
    middle: tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """The outlines of a map by division code, and the height of the sheet."""

    outlines: dict[str, Outline]
    height: int


Rings = list[NDArray[np.float64]]


def read_sheet(file: Path) -> Sheet:
    """Read the outlines of a file. Raises GeometryError, also for a file beyond the limits."""
    rings = {code: found for code, found in _features(file) if found}
    if not rings:
        codes = "、".join(CODES[:2])
        raise GeometryError(file, f"没有带区划代码(属性 {codes})的面(Polygon、MultiPolygon)。")
    points = np.concatenate([ring for found in rings.values() for ring in found])
    if len(points) > MAX_POINTS:
        raise GeometryError(file, f"超过 {MAX_POINTS:,} 个坐标点,请先简化边界。")
    if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
        raise GeometryError(file, "坐标不是经纬度;请转换为 CGCS2000 或 WGS84 经纬度。")
    west, north = points[:, 0].min(), points[:, 1].max()
    # A degree of longitude is shorter than one of latitude.
    shrink = np.cos(np.radians(points[:, 1].mean()))
    spread = max(np.ptp(points[:, 0]) * shrink, np.ptp(points[:, 1]) / 1.2, 1e-9)
    scale = (WIDTH - 2 * _MARGIN) / spread

    def placed(ring: NDArray[np.float64]) -> NDArray[np.int64]:
        x, y = (ring[:, 0] - west) * shrink * scale, (north - ring[:, 1]) * scale
        points_on_sheet: NDArray[np.int64] = np.rint(np.column_stack([x, y])).astype(np.int64) + _MARGIN
        return points_on_sheet

    height = int(np.ptp(points[:, 1]) * scale) + 2 * _MARGIN
    return Sheet({code: _outline([placed(ring) for ring in found]) for code, found in rings.items()}, height)


def _features(file: Path) -> Iterator[tuple[str, Rings]]:
    """Yield code and rings of each feature that has both."""
    found = _parsed(file)
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or len(features) > MAX_FEATURES:
        raise GeometryError(file, f"不是 GeoJSON 的 FeatureCollection,或超过 {MAX_FEATURES:,} 个图形。")
    together: dict[str, Rings] = {}
    for number, feature in enumerate(features, 1):
        if code := _code(feature):
            try:
                together.setdefault(code, []).extend(_rings(feature.get("geometry")))
            except (TypeError, ValueError, OverflowError, RecursionError):
                raise GeometryError(file, f"第 {number} 个图形的坐标有误。") from None
    yield from together.items()


def _parsed(file: Path) -> Any:
    def refuse(_: str) -> NoReturn:
        raise ValueError

    try:
        if file.stat().st_size > MAX_BYTES:
            raise GeometryError(file, f"超过 {MAX_BYTES // 2**20} MiB,请先简化边界。")
        return json.loads(file.read_text("utf-8-sig"), parse_constant=refuse)
    except OSError:
        raise GeometryError(file, "读不到文件。") from None
    except (ValueError, RecursionError):
        raise GeometryError(file, "不是 UTF-8 的 GeoJSON 文件,或嵌套过深。") from None


def _code(feature: Any) -> str:
    """Return the code of a town (9 digits) or village (12 digits); empty if a feature has none."""
    if not isinstance(feature, dict):
        return ""
    properties = feature.get("properties")
    given = [properties.get(name) for name in CODES] if isinstance(properties, dict) else []
    for value in (*given, feature.get("id")):
        text = str(value) if isinstance(value, int | str) else ""
        if text.isascii() and text.isdigit() and len(text) in (_TOWN, _VILLAGE):
            return text[:_TOWN] if text.endswith("000") else text
    return ""


def _rings(geometry: Any) -> Rings:
    """Return the rings of a polygon, each with a row (longitude, latitude) per point; none of any other geometry.

    Raises TypeError or ValueError if the coordinates are of another form.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in _POLYGONS:
        return []
    rings: Any = geometry.get("coordinates")
    for _ in range(_POLYGONS[geometry["type"]] - 1):
        rings = [ring for polygon in rings for ring in polygon]
    arrays = [np.asarray(ring, dtype=np.float64) for ring in rings]
    if any(array.ndim != 2 or array.shape[0] < 3 or array.shape[1] < 2 for array in arrays):
        raise ValueError
    return [array[:, :2] for array in arrays]


def _outline(rings: list[NDArray[np.int64]]) -> Outline:
    thinned = [_thinned(ring) for ring in rings]
    path = "".join("M" + "L".join(f"{x},{y}" for x, y in ring.tolist()) + "Z" for ring in thinned)
    largest = max(thinned, key=lambda ring: int(np.ptp(ring, axis=0).prod()))
    x, y = (largest.min(axis=0) + largest.max(axis=0)) // 2
    return Outline(path, (int(x), int(y)))


def _thinned(ring: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out points that fall together with the one before."""
    moved = np.any(np.diff(ring, axis=0) != 0, axis=1)
    kept: NDArray[np.int64] = ring[np.concatenate([[True], moved])]
    return kept
