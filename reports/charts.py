"""Draw the charts of a report: the same figures give the same bytes.

Belongs here: charts from rows, as PNG for Word and SVG for pages. Does not belong here: which figures (``report``).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.fonts import chinese_font
from reports.marts import Row
from reports.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GOOD, BAD, PLAIN, PALE = "#2E75B6", "#C00000", "#1F3864", "#BFBFBF"
"""Red is for what is bad, and for nothing else."""
LEVELS = {"red": ("红色", "#C00000"), "orange": ("橙色", "#ED7D31"), "yellow": ("黄色", "#FFD966")}
_WIDTH = 6.1
"""Width in inches of the text of a page."""
_DPI = 200


@dataclass(frozen=True)
class Chart:
    """A picture with its title; ``svg`` and ``png`` show the same."""

    title: str
    svg: str
    png: bytes
    width: float = _WIDTH
    """Width in inches."""


def levels_by_month(rows: Sequence[Row]) -> Chart | None:
    """Draw the flagged households of the district by level and month, as stacked bars; None without rows."""

    def draw(axes: Axes) -> None:
        months = [f"{row['month'].year}年{row['month'].month}月" for row in rows]
        bottoms = [0.0] * len(rows)
        for column, (label, color) in LEVELS.items():
            heights = [float(row[column] or 0) for row in rows]
            bars = axes.bar(months, heights, 0.5, bottom=bottoms, color=color, label=label)
            texts, ink = [number(h) if h else "" for h in heights], "white" if column == "red" else "black"
            axes.bar_label(bars, texts, label_type="center", fontsize=8, color=ink)
            bottoms = [b + h for b, h in zip(bottoms, heights, strict=True)]
        axes.set_ylabel("户")
        # Whole households only, also where there are none.
        axes.set_ylim(0, max([4.0, *bottoms]) * 1.25)
        axes.locator_params(axis="y", integer=True)
        axes.legend(ncols=3, frameon=False, loc="upper left", fontsize=8)

    return _chart("各月预警户数(按风险等级)", draw, 2.6) if rows else None


def scores(names: Sequence[str], values: Sequence[float | None]) -> Chart | None:
    """Draw the scores of towns as bars, best on top; None if nobody has a score."""
    shown = [(name, value) for name, value in zip(names, values, strict=True) if value is not None][::-1]

    def draw(axes: Axes) -> None:
        bars = axes.barh([name for name, _ in shown], [value for _, value in shown], 0.6, color=GOOD)
        axes.bar_label(bars, [number(value, 1) for _, value in shown], padding=3, fontsize=8)
        axes.set_xlim(0, 108)
        axes.set_xlabel("得分")

    return _chart("各镇街考核得分", draw, 0.6 + 0.28 * len(shown)) if shown else None


def against_targets(rows: Sequence[Row]) -> Chart | None:
    """Draw indicators in % against their targets, red where a target is missed; None without rows."""
    rows = rows[::-1]

    def draw(axes: Axes) -> None:
        from reports.figures import MISSED, standing

        colors = [BAD if standing(row) == MISSED else GOOD for row in rows]
        heights = list(range(len(rows)))
        bars = axes.barh(heights, [row["value"] for row in rows], 0.6, color=colors)
        axes.scatter([row["target"] for row in rows], heights, marker="|", s=140, color=PLAIN, zorder=3)
        texts = [f"{number(row['value'], row['decimals'])}(目标{number(row['target'], 2)})" for row in rows]
        axes.bar_label(bars, texts, padding=6, fontsize=7)
        axes.set_yticks(heights, [row["name_zh"] for row in rows])
        axes.set_xlim(0, 135)
        axes.set_xlabel("%(竖线为目标;红色为未达标)")

    return _chart("乡村建设指标与目标", draw, 0.7 + 0.25 * len(rows)) if rows else None


def funds(rows: Sequence[Row]) -> Chart | None:
    """Draw allocated and spent funds by fund year; None without rows."""

    def draw(axes: Axes) -> None:
        places = range(len(rows))
        for shift, column, label, color in ((-0.2, "allocated", "下达", PALE), (0.2, "spent", "支出", GOOD)):
            heights = [row[column] for row in rows]
            bars = axes.bar([p + shift for p in places], heights, 0.38, color=color, label=label)
            axes.bar_label(bars, [number(h, 1) for h in heights], fontsize=7, padding=2)
        axes.set_xticks(list(places), [f"{row['fund_year']}年" for row in rows])
        axes.set_ylabel("万元")
        axes.margins(y=0.2)
        axes.legend(ncols=2, frameon=False, loc="upper left", fontsize=8)

    return _chart("专项资金下达与支出", draw, 2.6) if rows else None


def _chart(title: str, draw: Callable[[Axes], None], height: float) -> Chart:
    """Draw a chart on a figure of its own: nothing of matplotlib's global state is used."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Without a salt, the ids in an SVG would be random. Texts stay texts: the reader's computer has Chinese fonts.
    style: Any = {
        "font.family": chinese_font(), "font.size": 9, "axes.unicode_minus": False, "svg.hashsalt": title,
        "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    with rc_context(style):
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.add_subplot())
        png, svg = io.BytesIO(), io.StringIO()
        figure.savefig(png, format="png", metadata={"Software": None})
        # The layout is found; the second picture shall not look for it again.
        figure.set_layout_engine("none")
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(title, _for_any_reader(svg.getvalue()), png.getvalue())


def _for_any_reader(svg: str) -> str:
    """Name the fonts of other computers after that of this one."""
    return svg.replace(f"'{chinese_font()}'", f"'{chinese_font()}', 'Microsoft YaHei', 'PingFang SC', sans-serif")
