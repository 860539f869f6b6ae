"""Settings: everything that differs from one office to the next, in one place.

Belongs here: the ``SHOUWANG_*`` environment variables, the optional file ``settings.toml`` in the data home, defaults.
Does not belong here: thresholds and parameters (dated rows of the catalogues), what the settings are used for.

An example of ``settings.toml``; relative paths start at the data home::

    secret_file = "/etc/shouwang/secret"
    readers_group = "bi"

    ui_names = ["shouwang.example.gov.cn"]
    ui_token_file = "restricted/ui-token"

    [locations]
    health = "/mnt/exchange/health"

An environment variable wins over the file. Loading reads nothing but that file and never creates anything.
"""

from __future__ import annotations

import grp
import hashlib
import os
import sys
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from sources.home import Home

PROJECT_DIR = Path(__file__).resolve().parents[2]
"""The folder that holds the packages and the dbt project: the checkout, or ``site-packages`` of an installed wheel."""
IS_CHECKOUT = not any(PROJECT_DIR.glob("shouwang-*.dist-info"))
"""False for an installed wheel, whose metadata is in the same folder as the packages."""

DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
DIVISIONS_CSV = DBT_PROJECT_DIR / "seeds" / "division_vintages.csv"
DBT_PARSED = str(Path(sys.executable).with_name("shouwang-dbt"))
"""dbt over the parsed project, in the folder of the running Python, so that no environment has to be activated."""
DEFAULT_HOME = (PROJECT_DIR if IS_CHECKOUT else Path.cwd()) / "data"
"""The data home without ``SHOUWANG_HOME``: in the checkout, or in the current folder where a wheel is installed."""


def _parsed_dir() -> Path:
    """Return the folder of the parsed dbt project: in the checkout, or a user's cache per installed wheel.

    The folder of an installed wheel may be read-only, and Dagster loads the definitions without a data home.
    """
    if IS_CHECKOUT:
        return DBT_PROJECT_DIR / "target"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "shouwang" / hashlib.sha256(os.fsencode(DBT_PROJECT_DIR)).hexdigest()[:12]


PARSED_DIR = _parsed_dir()

SETTINGS_FILE = "settings.toml"


class Settings(BaseSettings):
    """The settings of one data home."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path = DEFAULT_HOME
    """The folder of everything that Shouwang keeps; only as ``SHOUWANG_HOME``, because it holds the settings file."""
    secret_file: Path | None = None
    """The secret behind the pseudonyms; None: made on first use in the restricted zone."""
    target: Literal["duckdb"] = "duckdb"
    """The dbt target."""
    locations: dict[str, Path] = {}
    """Folder of month folders per department; a department that is not named delivers into its inbox folder."""
    ui_host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    """Address on which the web interface listens; beyond this machine only with ``ui_token_file``."""
    ui_names: tuple[str, ...] = ()
    """Host names, besides 127.0.0.1, localhost and [::1], by which browsers reach the web interface."""
    ui_token_file: Path | None = None
    """Fixed token of the web interface, at least 16 characters; None: a new one for every start, which prints it."""

    readers_group: str | None = None
    """Group whose members may read ``published``; None: the owner's group."""

    settle_seconds: float = Field(default=60.0, ge=0.0)
    """How long a file must have been unchanged before a run takes it, in seconds; a slow share needs more."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("secret_file", "ui_token_file")
    @classmethod
    def _file_below_home(cls, path: Path | None, info: Any) -> Path | None:
        return path and info.data["home"] / path.expanduser()

    @field_validator("readers_group")
    @classmethod
    def _existing_group(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                grp.getgrnam(name)
            except KeyError:
                raise ValueError(f"本机没有名为 {name} 的用户组") from None
        return name

    @field_validator("locations")
    @classmethod
    def _locations_below_home(cls, locations: dict[str, Path], info: Any) -> dict[str, Path]:
        return {name: info.data["home"] / path.expanduser() for name, path in locations.items()}

    @model_validator(mode="after")
    def _no_open_door(self) -> Self:
        if not self.ui_host.is_loopback and not self.ui_token_file:
            raise ValueError("设置 ui_host 使界面对外开放,须同时设置口令文件 ui_token_file")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file of that home."""
        given = init_settings().get("home") or env_settings().get("home") or cls.model_fields["home"].default
        file = Path(str(given)).expanduser() / SETTINGS_FILE
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))

    @property
    def paths(self) -> Home:
        """The folders of the data home."""
        return Home(self.home, self.readers_group)

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage; no identities."""
        return self.paths.dagster

    @property
    def dbt_dir(self) -> Path:
        """The files of dbt itself: the parsed project, and the compiled SQL of the newest run."""
        return self.paths.dbt

    @property
    def warehouse_file(self) -> Path:
        """The dbt warehouse; only the dbt step writes it."""
        return self.paths.warehouse / "warehouse.duckdb"
