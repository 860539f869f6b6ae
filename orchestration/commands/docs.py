"""Write the documentation of the data: the dictionary as a page and a workbook, and dbt's page.

Belongs here: which files, their modes. Does not belong here: their contents (``orchestration.dictionary``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.dbt import manifest
from orchestration.dictionary import (
    analyst_views,
    catalogues,
    checks,
    dbt_page,
    department_tables,
    marts,
    page,
    workbook,
)
from orchestration.dictionary.chapter import Chapter
from sources.contracts.model import Contracts
from sources.home import replacing

PAGE, WORKBOOK, DBT_PAGE = "index.html", "data-dictionary.xlsx", "dbt.html"
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644
"""For everybody: the documentation holds no data and no settings, so that any web server may show it."""


def chapters(contracts: Contracts) -> tuple[Chapter, ...]:
    """Collect the dictionary, in the words of these contracts.

    Raises ManifestError if the dbt project cannot be parsed.
    """
    parsed = manifest.load()
    return (
        department_tables.chapter(contracts),
        analyst_views.chapter(contracts, parsed),
        marts.chapter(parsed),
        catalogues.figures(contracts),
        catalogues.parameters(),
        checks.chapter(contracts, parsed),
    )


def write_docs(folder: Path, contracts: Contracts) -> list[Path]:
    """Write the documentation into a folder, in the words of these contracts, and return the paths.

    Each file is written in one step. Raises OSError if it cannot be written, ManifestError if the dbt project cannot be
    parsed.
    """
    found = chapters(contracts)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    contents: dict[str, Callable[[Path], object]] = {
        PAGE: lambda path: path.write_text(page.html(found), encoding="utf-8"),
        WORKBOOK: lambda path: workbook.write(path, found),
        DBT_PAGE: lambda path: path.write_text(dbt_page.html(manifest.load()), encoding="utf-8"),
    }
    for name, write in contents.items():
        with replacing(folder / name, lambda written: written.chmod(_FILE_MODE)) as temporary:
            write(temporary)
    return [folder / name for name in contents]
