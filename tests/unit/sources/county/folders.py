"""Folders of counties, written for a test."""

from __future__ import annotations

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
