"""Folders of counties, written for a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

YANGSHAN = "441823"
HEAD = "parameter,division_prefix,valid_from,valid_to,value,unit,source\n"


def write(folder: Path, toml: str = f'code = "{YANGSHAN}"\n', **files: str) -> Path:
    """Write a folder: ``county.toml``, and files by their name without ending."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "county.toml").write_text(toml, "utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


OWN_HEAD = "code,name_zh,form,unit,decimals,numerator,denominator,levels,better,about\n"


def write_own(folder: Path, selects: Mapping[str, str], rows: str | None = None) -> Path:
    """Write a folder with own indicators: the SQL of each by its code; counts of things unless ``rows`` say more."""
    write(folder)
    (folder / "dbt").mkdir(exist_ok=True)
    for code, text in selects.items():
        (folder / "dbt" / f"{code}.sql").write_text(text, "utf-8")
    plain = "".join(f"{code},{code},count,个,0,计入的行,,DTV,neutral,things\n" for code in selects)
    (folder / "dbt" / "indicators.csv").write_text(OWN_HEAD + (plain if rows is None else rows), "utf-8")
    return folder
