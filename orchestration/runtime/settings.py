"""Settings: everything that differs from one office to the next, in one place.

Belongs here: the ``SHOUWANG_*`` environment variables, the optional file ``settings.toml`` in the data home, defaults.
Does not belong here: thresholds and parameters (dated rows of the catalogues), what the settings are used for.

An example of ``settings.toml``; relative paths start at the data home::

    secret_file = "/etc/shouwang/secret"
    readers_group = "bi"
    office_group = "office"
    backup_key_file = "/etc/shouwang/backup.key"

    ui_names = ["shouwang.example.gov.cn"]
    ui_token_file = "restricted/ui-token"

    [locations]
    health = "/mnt/exchange/health"

    [locations.civil_affairs]
    url = "sftp://files.example.gov.cn/extracts"
    user = "shouwang"
    key_file = "/etc/shouwang/civil_affairs.key"

    [alerts.office]
    address_file = "/etc/shouwang/office-robot"

    [postgres]
    url = "postgresql://db.example.gov.cn:5432/shouwang"
    user = "shouwang"
    password_file = "/etc/shouwang/postgres.password"

An environment variable wins over the file. Loading reads nothing but that file and never creates anything.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tomllib
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, SkipValidation, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings import SettingsError as UnreadableError

from orchestration.runtime.alert_channels import AlertChannel
from orchestration.runtime.dagster_database import DagsterDatabase
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.postgres_server import PostgresServer
from sources.home import Home
from sources.landing.transport import Location, fields_of, location_of
from sources.months import Month

PROJECT_DIR = Path(__file__).resolve().parents[2]
"""The folder that holds the packages and the dbt project: the checkout, or ``site-packages`` of an installed wheel."""
IS_CHECKOUT = not any(PROJECT_DIR.glob("shouwang-*.dist-info"))
"""False for an installed wheel, whose metadata is in the same folder as the packages."""

DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
DBT_CITY_DIR = PROJECT_DIR / "dbt_city"
"""The dbt project of a city's own marts, over what its counties have published."""
DBT_PARSED = str(Path(sys.executable).with_name("shouwang-dbt"))
"""dbt over the parsed project, in the folder of the running Python, so that no environment has to be activated."""
DEFAULT_HOME = (PROJECT_DIR if IS_CHECKOUT else Path.cwd()) / "data"
"""The data home without ``SHOUWANG_HOME``: in the checkout, or in the current folder where a wheel is installed."""


def in_cache(folder: Path) -> Path:
    """Return the path of what the user's cache keeps for a folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "shouwang" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def parsed_dir(project: Path) -> Path:
    """Return the folder of a parsed dbt project: in the checkout, or a user's cache per installed wheel.

    The folder of an installed wheel may be read-only, and Dagster loads the definitions without a data home.
    """
    return project / "target" if IS_CHECKOUT else in_cache(project)


PARSED_DIR = parsed_dir(DBT_PROJECT_DIR)

SETTINGS_FILE = "settings.toml"
EARLIEST_MONTH = Month(2020, 1)
"""The first month that can run at all: semantics start in 2021, and look-backs need the year before."""
_UNUSABLE = re.compile(r"[?\\\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}")
"""Signs in the path of a home that DuckDB takes for parameters or folders, and Dagster's SQLite for codes."""

_STAGED = ("restricted", "rotation", "home")
"""End of the path of a home that ``shouwang rotate-key`` builds."""

_KINDS = {
    "path_type": "应为加引号的路径",
    "string_type": "应为加引号的文字",
    "model_type": "应写成一节设置",
    "dict_type": "应为一组“部门 = 文件夹”,写在 [locations] 之下",
    "dict_attributes_type": "应为一组“部门 = 文件夹”,写在 [locations] 之下",
    "tuple_type": "应为写在方括号中的一组值,文字要加引号",
    "float_type": "应为不小于 0 的数字",
    "float_parsing": "应为不小于 0 的数字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "greater_than_equal": "应为不小于 {ge:g} 的数字",
    "less_than_equal": "应为不大于 {le:g} 的数字",
    "ip_any_address": "应为加引号的 IP 地址",
    "ip_v4_address": "应为加引号的 IP 地址",
    "ip_v6_address": "应为加引号的 IP 地址",
}


Section = TypeVar("Section", bound=BaseModel)

_FILES = (
    "secret_file", "next_secret_file", "ui_token_file", "backup_key_file", "report_template", "agenda_template", "map",
)  # fmt: skip
"""Settings that name a file, whose relative paths start at the data home."""


class SettingsError(ShouwangError):
    """The settings cannot be used."""


def _location(key: str, entry: object, home: Path) -> Location | Path:
    """Read one location. Raises ValueError that names it and each wrong field."""
    try:
        location = location_of(entry, home)
    except ValidationError as error:
        wrong = ";".join(dict.fromkeys(in_words(e, fields_of(entry)) for e in error.errors()))
        raise ValueError(f"[locations.{key}] 中 {wrong}") from None
    except ValueError as error:
        raise ValueError(f"[locations] 中 {key}:{error}") from None
    if "/" in key and isinstance(location, Path):
        return location_of({"url": str(location)}, home)
    return location


def _section(kind: type[Section], key: str, entry: object, home: Path) -> Section:
    """Read a section of the settings. Raises ValueError that names it and each wrong field."""
    try:
        return kind.model_validate(entry, context={"home": home})
    except ValidationError as error:
        wrong = ";".join(dict.fromkeys(in_words(e, kind.model_fields) for e in error.errors()))
        raise ValueError(f"[{key}] 中 {wrong}") from None


def in_words(error: ErrorDetails, known: Iterable[str] | None = None) -> str:
    """Say which setting is wrong, and how to write it."""
    # The place of a setting that may be of several kinds ends with the kind, in words of pydantic.
    name = ".".join(part for part in map(str, error["loc"]) if part.isidentifier())
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"没有名为 {name} 的设置项;可用:{'、'.join(known or Settings.model_fields)}"
    context = error.get("ctx", {})
    if kind == "value_error":
        return f"{name}:{context['error']}" if name else str(context["error"])
    choices = f",可用:{context['expected']}" if "expected" in context else ""
    return f"{name} 的值{_KINDS.get(kind, '不合要求').format(**context)}{choices}"


class Settings(BaseSettings):
    """The settings of one data home."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path = DEFAULT_HOME
    """The folder of everything that Shouwang keeps; only as ``SHOUWANG_HOME``, because it holds the settings file."""
    secret_file: Path | None = None
    """The secret behind the pseudonyms; None: made on first use in the restricted zone."""
    next_secret_file: Path | None = None
    """The secret that ``shouwang rotate-key`` changes to; None: it makes one, which is kept in the restricted zone."""
    target: Literal["duckdb"] = "duckdb"
    """The dbt target."""
    first_month: SkipValidation[Month | None] = None
    """The first month that can run; None: the first with data in the home (``orchestration.partitions``)."""
    last_month: SkipValidation[Month | None] = None
    """The last month that can run, of a home that takes in no further ones; None: the last finished one."""
    locations: dict[str, SkipValidation[Location | Path]] = {}
    """Where departments, or single tables (``department/table``), keep their extracts; the inbox without an entry.

    A folder with the layout of the inbox is read in place; everything else is pulled (docs/locations.md).
    """
    alerts: dict[str, SkipValidation[AlertChannel]] = {}
    """Channels that are told what went wrong, by a name of the office's own (docs/alerts.md)."""
    dagster_database: SkipValidation[DagsterDatabase | None] = None
    """Database of Dagster's records; None: files of SQLite in the data home (docs/deploy.md)."""
    postgres: SkipValidation[PostgresServer | None] = None
    """Database that gets a copy of every published version (docs/postgres.md); None: none."""
    ui_address: str | None = None
    """Address by which people open the web interface, for links in alerts."""
    ui_host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    """Address on which the web interface listens; beyond this machine only with ``ui_token_file``."""
    ui_names: tuple[str, ...] = ()
    """Host names, besides 127.0.0.1, localhost and [::1], by which browsers reach the web interface."""
    ui_token_file: Path | None = None
    """Fixed token of the web interface, at least 16 characters; None: a new one for every start, which prints it."""

    readers_group: str | None = None
    """Group whose members may read the open marts, ``published/open.duckdb``; None: the owner's group."""
    office_group: str | None = None
    """Group whose members may read the full marts too, ``published/marts.duckdb``; None: their owner only."""

    backup_key_file: Path | None = None
    """Key that encrypts backups, in the format of age; None: backups are plain."""

    keep_originals_months: int | None = Field(default=None, ge=1)
    """How many months before the current one keep their originals; None: all. ``shouwang tidy`` removes the others."""
    keep_quarantine_months: int | None = Field(default=None, ge=1)
    """How many months before the current one keep the text of their rows that were not accepted; None: all."""
    keep_errors_months: int | None = Field(default=None, ge=1)
    """How many months the texts of unexpected errors are kept; None: for ever."""
    keep_runs_months: int | None = Field(default=None, ge=1)
    """How many months the logs of runs are kept; None: for ever. Their check results and materializations stay."""

    report_template: Path | None = None
    """Word template of the month's report (docs/report.md); None: that of the program."""
    agenda_template: Path | None = None
    """Word template of the agenda of the joint meeting; None: that of the program."""
    map: Path | None = None
    """GeoJSON with the outlines of towns and villages, for the maps of the report; None: a grid by town."""

    office_phone: str = Field(default="", max_length=40, pattern=r"^[0-9()(),,、/ +-]*$")
    """Phone of the office that villages post with their lists; empty: none. People's own phones do not belong there."""

    settle_seconds: float = Field(default=60.0, ge=0.0)
    """How long a file must have been unchanged before a run takes it, in seconds; a slow share needs more."""
    look_every_seconds: int = Field(default=60, ge=10)
    """How often the sensor of new deliveries looks at inbox and locations, in seconds; a slow server needs more."""
    pull_again_seconds: tuple[Annotated[float, Field(ge=0.0, le=3600.0)], ...] = (30.0, 120.0, 480.0)
    """Pauses of a run before it asks a location again that did not answer, in seconds; as many tries as pauses.

    A server that restarts answers after half a minute, a broken line after some minutes. What is down for longer than
    ten is down for the night: the month goes on without it.
    """

    def __init__(self, **values: Any) -> None:
        """Load the settings; ``values`` win. Raises SettingsError in the words of ``settings.toml``."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError("设置有误:" + ";".join(dict.fromkeys(map(in_words, error.errors())))) from None
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            line = f"第 {where[1]} 行" if where else "末尾"
            raise SettingsError(f"设置文件 {SETTINGS_FILE} {line}的写法有误(TOML 格式,文字要加引号)。") from None
        except (UnreadableError, UnicodeDecodeError):
            raise SettingsError(f"设置文件 {SETTINGS_FILE} 或环境变量 SHOUWANG_* 的内容无法解析。") from None

    @model_validator(mode="before")
    @classmethod
    def _no_database_of_another_home(cls, values: Any) -> Any:
        """Let a home that a rotation builds beside its own keep its records in itself, and publish to no server."""
        if Path(str(values.get("home"))).parts[-len(_STAGED) :] == _STAGED:
            return {name: value for name, value in values.items() if name not in ("dagster_database", "postgres")}
        return values

    @field_validator("home")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        path = path.expanduser().absolute()
        if found := _UNUSABLE.search(str(path)):
            raise ValueError(
                f"数据目录的路径不能含有“{found[0].encode('unicode_escape').decode()}”:数据库打不开这样的路径"
            )
        return path

    @field_validator(*_FILES)
    @classmethod
    def _file_below_home(cls, path: Path | None, info: Any) -> Path | None:
        return path and info.data["home"] / path.expanduser()

    @field_validator("first_month", "last_month", mode="before")
    @classmethod
    def _month(cls, value: object) -> Month | None:
        if value is None or isinstance(value, Month):
            return value
        try:
            month = Month.parse(str(value))
        except ValueError:
            raise ValueError('应为加引号的年月,例如 "2024-01"') from None
        if month < EARLIEST_MONTH:
            raise ValueError(f"最早为 {EARLIEST_MONTH}")
        return month

    @field_validator("readers_group", "office_group")
    @classmethod
    def _existing_group(cls, name: str | None) -> str | None:
        if name is not None:
            # Windows has no such module; no data home is there.
            import grp

            try:
                grp.getgrnam(name)
            except KeyError:
                raise ValueError(f"本机没有名为 {name} 的用户组") from None
        return name

    @field_validator("locations", mode="before")
    @classmethod
    def _read_locations(cls, entries: Any, info: Any) -> Any:
        if not isinstance(entries, dict):
            return entries
        return {str(key): _location(str(key), entry, info.data["home"]) for key, entry in entries.items()}

    @field_validator("alerts", mode="before")
    @classmethod
    def _read_alerts(cls, entries: Any, info: Any) -> Any:
        if not isinstance(entries, dict):
            return entries
        return {
            key: _section(AlertChannel, f"alerts.{key}", entry, info.data["home"]) for key, entry in entries.items()
        }

    @field_validator("dagster_database", mode="before")
    @classmethod
    def _read_dagster_database(cls, entry: Any, info: Any) -> Any:
        return _section(DagsterDatabase, "dagster_database", entry, info.data["home"]) if entry is not None else None

    @field_validator("postgres", mode="before")
    @classmethod
    def _read_postgres(cls, entry: Any, info: Any) -> Any:
        if entry is None or isinstance(entry, PostgresServer):
            return entry
        return _section(PostgresServer, "postgres", entry, info.data["home"])

    @field_validator("ui_address")
    @classmethod
    def _web_address(cls, address: str | None) -> str | None:
        if address is not None and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", address):
            raise ValueError("应为浏览器打开界面的地址,例如 https://shouwang.example.gov.cn")
        return address

    @model_validator(mode="after")
    def _months_in_order(self) -> Self:
        if self.first_month and self.last_month and self.last_month < self.first_month:
            raise ValueError(f"last_month {self.last_month} 早于 first_month {self.first_month}")
        return self

    @model_validator(mode="after")
    def _no_open_door(self) -> Self:
        if self.office_group and self.office_group == self.readers_group:
            raise ValueError("office_group 不能与 readers_group 相同:看板的读者不得读取农户明细")
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
        return Home(self.home, self.readers_group, self.office_group)

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
