"""The county of a data home, for commands and runs.

Belongs here: its errors as those of this program. Does not belong here: reading the folder (``sources.county``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.runtime.errors import ShouwangError
from orchestration.working_days import Own, own_days_of
from sources.contracts.model import Contracts, load_contracts
from sources.county.contracts import contracts_of
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


def contracts(home: Path) -> Contracts:
    """Return the contracts with the words of the home's county. Raises CountyFolderError."""
    try:
        return contracts_of(county(home))
    except CountyError as error:
        raise CountyFolderError(str(error)) from None


def contracts_here(home: Path) -> Contracts:
    """Return the contracts as ``contracts`` does; those of the product if the folder of the county is wrong.

    Such a folder stops runs, and the doctor names it; definitions, schedules and alerts go on.
    """
    try:
        return contracts(home)
    except CountyFolderError:
        return load_contracts()


def own_days(home: Path) -> Own:
    """Return the days of which the home's county says itself whether they are working days; none if it cannot be read.

    A folder that is wrong stops runs, and the doctor names it; schedules and sensors go on.
    """
    try:
        return own_days_of(county_of(home))
    except CountyError:
        return {}


def divisions(home: Path) -> pl.DataFrame:
    """Return all vintages of the home's county. Raises CountyFolderError."""
    # Those who only ask for the county do not wait for polars.
    from sources.county.divisions import divisions_of

    try:
        return divisions_of(county(home))
    except CountyError as error:
        raise CountyFolderError(str(error)) from None
