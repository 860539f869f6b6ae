"""The divisions of all counties of China, from provinces to villages, in dated vintages.

Belongs here: the list as files (README.md has source and licence), a county's part of it, kinds of villages by code.
Does not belong here: the names that offices write (``divisions``), making a vintage file (``national.add``).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sources import parquet
from sources.refusal import RefusedError

FOLDER = Path(__file__).parent
LEVELS = {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}
"""Digits of the code of each level (GB/T 2260, GB/T 10114, and the statistics bureau's rule for villages)."""
COLUMNS = ("vintage_cutoff", "town_code", "town_name", "village_code", "village_name", "kind")
_VILLAGERS = "(?:村委会|村民委员会|村民委会|嘎查|村)$"


def vintage_files(folder: Path = FOLDER) -> list[Path]:
    """List the vintage files in order; each is named after its cut-off day."""
    return sorted(folder.glob("[0-9]*.parquet"))


def list_of(cutoff: str, prefix: str = "", folder: Path = FOLDER) -> pl.DataFrame:
    """Return code and name of every division whose code begins with ``prefix``, as of a cut-off day, sorted by code.

    A vintage file has the divisions that differ from the vintage before; a division without a name has ended.
    """
    files = [path for path in vintage_files(folder) if path.stem <= cutoff]
    changes = pl.concat([parquet.scan(path).filter(pl.col("code").str.starts_with(prefix)) for path in files])
    newest = changes.collect().unique("code", keep="last", maintain_order=True)
    return newest.drop_nulls("name").sort("code")


def counties(cutoff: str | None = None, folder: Path = FOLDER) -> pl.DataFrame:
    """List district_code and district_name of every county, as of the newest or another vintage."""
    found = list_of(cutoff or vintage_files(folder)[-1].stem, folder=folder)
    return found.filter(_is("county")).select(district_code="code", district_name="name")


def county(code: str, folder: Path = FOLDER) -> pl.DataFrame:
    """Return every vintage of a county in the columns of ``COLUMNS``, with the district's code and name.

    Raises RefusedError if no vintage has villages of a county with this code.
    """
    frames = (
        [villages(path.stem, code, folder) for path in vintage_files(folder)] if len(code) == LEVELS["county"] else []
    )
    if not any(len(frame) for frame in frames):
        raise RefusedError(f"全国区划表中没有代码为{code}的县(6位代码,如 441823)。")
    return pl.concat(frames)


def villages(cutoff: str, prefix: str = "", folder: Path = FOLDER) -> pl.DataFrame:
    """Return the villages whose code begins with ``prefix``, with their towns and counties, as of a cut-off day."""
    divisions = list_of(cutoff, prefix, folder)
    towns = divisions.filter(_is("town")).select(town_code="code", town_name="name")
    districts = divisions.filter(_is("county")).select(district_code="code", district_name="name")
    code = pl.col("village_code")
    found = divisions.filter(_is("village")).select(
        vintage_cutoff=pl.lit(cutoff),
        town_code=pl.col("code").str.head(LEVELS["town"]),
        village_code="code",
        village_name="name",
        district_code=pl.col("code").str.head(LEVELS["county"]),
    )
    found = found.join(towns, on="town_code", maintain_order="left").with_columns(kind=kind_of_village(code))
    found = found.join(districts, on="district_code", maintain_order="left")
    return found.select(*COLUMNS, "district_code", "district_name")


def kind_of_village(code: pl.Expr, name: pl.Expr | None = None) -> pl.Expr:
    """Return the kind of a village by digits 10 to 12 of its code, and by its name where they leave it open.

    001-199 are residents' committees, 200-399 villagers' committees. 400-599 are what resembles one, in farms and
    parks: virtual if the bureau calls it so, a village if it has a villagers' committee, otherwise a community.
    """
    digit, name = code.str.slice(LEVELS["town"], 1), pl.col("village_name") if name is None else name
    return (
        pl.when(digit.is_in(["0", "1"])).then(pl.lit("community"))
        .when(digit.is_in(["2", "3"])).then(pl.lit("village"))
        .when(name.str.contains("虚拟")).then(pl.lit("virtual"))
        .when(name.str.contains(_VILLAGERS)).then(pl.lit("village"))
        .otherwise(pl.lit("community"))
    )  # fmt: skip


def _is(level: str) -> pl.Expr:
    return pl.col("code").str.len_chars() == LEVELS[level]
