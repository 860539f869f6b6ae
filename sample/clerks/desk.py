"""Turn a tidy frame into files.

Belongs here: the steps from frame to files, and the count of the mistakes in them.
Does not belong here: selecting the tables that are due (``delivery``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from sample.chance import Chance
from sample.clerks.cells import NUMBER, TEXT, Cells, Hand, type_cells
from sample.clerks.extras import IDENTITIES, extra_cells
from sample.clerks.heading import Heading, heading_of
from sample.clerks.sheets import Grid, Words, notes_of, sheet_of
from sample.clerks.spoil import Mistake, apply_mistakes, marked, mistakes_of
from sample.clerks.style import Style
from sample.clerks.writers import file_bytes, is_in_memory, zip_bytes
from sample.names import full_names
from sources.contracts.model import Dataset
from sources.months import Month

_NOTES = (
    "填报说明",
    "1. 本表由各镇(街道)逐户填报,数据截至月末。",
    "2. 身份证号按文本格式填写。",
    "3. 如有疑问请与区级主管部门联系。",
)
_LAST_MONTHS = "上月底稿"


@dataclass(frozen=True)
class Paper:
    """A file, or a member of an archive, and the counts that an intake must find in it."""

    path: str
    dataset: str
    rows: int
    duplicates: int = 0
    quarantined: int = 0
    mistakes: dict[str, int] = field(default_factory=dict)
    """Number of wrong cells by error code; ``duplicate_key`` counts rows."""


@dataclass(frozen=True)
class Bundle:
    """Files by name, with their papers, identities and names of people."""

    files: dict[str, bytes]
    papers: tuple[Paper, ...]
    identities: tuple[pl.Series, ...] = ()
    names: tuple[pl.Series, ...] = ()


@dataclass(frozen=True)
class Desk:
    """A clerk's work on one table of one month."""

    dataset: Dataset
    month: Month
    is_last: bool
    chance: Chance
    places: pl.DataFrame
    department: str
    """Name of the department as printed on its files."""

    def draw_up(self, frame: pl.DataFrame, styles: Sequence[Style], is_broken: bool = False) -> Bundle:
        """Write a tidy frame in several styles; if ``is_broken``, every id was stored as an Excel number."""
        rng = self.chance.of("desk", self.dataset.name, self.month, styles[0].file)
        if "_luck" not in frame.columns:
            frame = frame.with_columns(_luck=pl.Series(rng.random(frame.height)), _kept=pl.lit(False))
        sound = [s for s in styles if s.spoiled]
        mistakes = mistakes_of(self.dataset, frame.columns, styles) if sound and not is_broken else []
        frame = marked(frame, self.dataset, mistakes, styles)
        members: dict[str, dict[str, bytes]] = {}
        files: dict[str, bytes] = {}
        papers = []
        for style in styles:
            rows = frame if style.rows is None else frame.filter(style.rows)
            if not rows.height and len(styles) > 1:
                continue
            name, content = self._file(rows, style, mistakes, rng, is_broken)
            archive = self._named(style.archive) if style.archive else None
            (members.setdefault(archive, {}) if archive else files)[name] = content
            papers.append(self._paper(f"{archive}/{name}" if archive else name, rows, mistakes))
        files |= {archive: zip_bytes(inside) for archive, inside in members.items()}
        return Bundle(files, tuple(papers), *self._identities(frame, styles))

    def _named(self, pattern: str) -> str:
        month = f"{self.month.year}年{self.month.number}月"
        return pattern.format(label=self.dataset.label, month=month, number=self.month.number)

    def _file(
        self, rows: pl.DataFrame, style: Style, mistakes: Sequence[Mistake], rng: np.random.Generator, is_broken: bool
    ) -> tuple[str, bytes]:
        name = self._named(style.last_file if self.is_last and style.last_file else style.file)
        cells = apply_mistakes(type_cells(rows, self.dataset, Hand(style, rng, self.places)), rows, mistakes)
        if is_broken:
            cells = self._with_ids_as_numbers(cells, rows)
        heading = heading_of(self.dataset, cells.texts.columns, style, rng)
        style = style if self.is_last else replace(style, wrong_total=False)
        grids = self._grids(rows, cells, heading, style, rng)
        return name, file_bytes(name, grids, style.encoding, is_in_memory(rows.height))

    def _grids(
        self, rows: pl.DataFrame, cells: Cells, heading: Heading, style: Style, rng: np.random.Generator
    ) -> list[Grid]:
        extra = extra_cells(rows, style.extras, self.places)
        zeros = extra.with_columns(pl.lit(TEXT, dtype=pl.UInt8).alias(n) for n in extra.columns)
        texts = pl.concat([cells.texts, extra], how="horizontal").select(heading.order)
        forms = pl.concat([cells.forms, zeros], how="horizontal").select(heading.order)
        may_merge = style.format == "xls" or (style.format == "xlsx" and is_in_memory(rows.height))
        words = self._words(style, rng)
        parts = self._parts(rows, style)
        grids = [
            sheet_of(
                name, Cells(texts[at], forms[at]), rows[at], self.dataset, heading, style, words, may_merge
            )
            for name, at in parts
        ]  # fmt: skip
        if style.notes_sheet:
            grids.insert(0, notes_of("说明", _NOTES))
        if style.hidden_sheet:
            first = grids[-1]
            grids.append(
                replace(
                    first,
                    name=_LAST_MONTHS,
                    texts=first.texts.head(12),
                    forms=first.forms.head(12),
                    merges=[],
                    is_hidden=True,
                )
            )
        return grids

    def _parts(self, rows: pl.DataFrame, style: Style) -> list[tuple[str, pl.Series]]:
        """List sheet names and the positions of their rows."""
        everything = pl.int_range(rows.height, eager=True)
        if not style.by_town or not rows.height:
            return [("Sheet1", everything)]
        names = dict(self.places.select("town_code", "town_name").unique().rows())
        towns = rows["town_name"].unique().sort()
        return [(names[town], everything.filter(rows["town_name"] == town)) for town in towns]

    def _words(self, style: Style, rng: np.random.Generator) -> Words:
        month = f"{self.month.year}年{self.month.number}月"
        one, two = full_names(rng, np.array([True, False]))
        unit = f"    单位:{style.unit_line}" if style.unit_line else ""
        filed, district = self.month.shift(1), self.places["district_name"][0]
        return Words(
            title=f"{district}{self.dataset.label}({month})",
            lines=(f"填报单位:{district}{self.department}{unit}    填报日期:{filed.year}年{filed.number}月2日",),
            footers=(f"填表人：{one}", f"审核人：{two}"),
        )

    def _with_ids_as_numbers(self, cells: Cells, rows: pl.DataFrame) -> Cells:
        """Convert ids to Excel numbers: X becomes 0, and a float keeps only about sixteen digits."""
        texts, forms = cells.texts, cells.forms
        for column in self.dataset.id_columns:
            own = rows[column.name].str.replace("X$", "0")
            texts = texts.with_columns(own.alias(column.name))
            forms = forms.with_columns(pl.lit(NUMBER, dtype=pl.UInt8).alias(column.name))
        return Cells(texts, forms)

    def _paper(self, path: str, rows: pl.DataFrame, mistakes: Sequence[Mistake]) -> Paper:
        marks = Counter(rows["_mistake"].drop_nulls().to_list())
        codes = Counter[str]()
        for number, count in marks.items():
            codes[mistakes[number].code] += count
        same, other = (int((rows["_twin"] == kind).sum()) for kind in ("same", "other"))
        if other:
            codes["duplicate_key"] = other
        bad = sum(count for number, count in marks.items() if mistakes[number].is_required)
        return Paper(path, self.dataset.name, rows.height, same, bad + other, dict(codes))

    def _identities(
        self, frame: pl.DataFrame, styles: Sequence[Style]
    ) -> tuple[tuple[pl.Series, ...], tuple[pl.Series, ...]]:
        """Collect the identities in the files (ids, codes, numbers, addresses) and, separately, the names of people."""
        restricted = [c for c in self.dataset.columns if c.is_identity and c.name in frame.columns]
        extras = tuple({e for s in styles for e in s.extras if e in IDENTITIES})
        numbers = [frame[c.name] for c in restricted if c.semantic != "person_name"]
        added = extra_cells(frame, extras, self.places).get_columns() if extras else []
        names = [frame[c.name] for c in restricted if c.semantic == "person_name"]
        return tuple(s.drop_nulls().unique() for s in [*numbers, *added]), tuple(s.drop_nulls().unique() for s in names)
