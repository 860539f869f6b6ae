"""The county of a data home, for commands and runs.

Belongs here: its errors as those of this program. Does not belong here: reading the folder (``sources.county``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.runtime.errors import ShouwangError
from sources.county.folder import County, CountyError, county_of

if TYPE_CHECKING:
    import polars as pl


class CountyFolderError(ShouwangError):
    """The folder of the county cannot be used."""


def county(home: Path) -> County:
    """Return the county that a data home serves. Raises CountyFolderError, which names every problem of its folder."""
    try:
        return county_of(home)
    except CountyError as error:
        raise CountyFolderError(str(error)) from None


def divisions(home: Path) -> pl.DataFrame:
    """Return all vintages of the home's county. Raises CountyFolderError."""
    # Those who only ask for the county do not wait for polars.
    from sources.county.divisions import divisions_of

    try:
        return divisions_of(county(home))
    except CountyError as error:
        raise CountyFolderError(str(error)) from None
