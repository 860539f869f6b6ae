"""Read ``city.toml`` in the home of a city: its counties, and where each one publishes.

Belongs here: the file, its faults in words. Does not belong here: the settings that every home has
(``runtime.settings``), what a county has published (``taking``).

An example; a relative path starts at the city's home::

    name = "清远市"

    [[counties]]
    code = "441802"
    name = "清城区"
    published = "/mnt/counties/441802/published"
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from orchestration.runtime.city import FILE, CityError
from orchestration.runtime.settings import in_words
from sources.landing.transport.s3 import S3Location

_CODE = r"^[0-9]{6}$"
_PLAIN = r"^[^'\"`*?{}\[\]\\\x00-\x1f]+$"
"""A path that SQL and the patterns of DuckDB and Spark take as it is."""


class County(BaseModel):
    """A county of the city, and the folder in which it publishes: a local one, or one that is mounted here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=_CODE)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    published: Path


class City(BaseModel):
    """A city with its counties, in the order of the file.

    ``storage`` is where the union lies as Parquet, for a province that is too large for one database;
    ``object_store`` is where each union is copied to.
    ``max_database_mb`` bounds each database that is copied from a county, in MB of a million bytes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=40)]
    storage: Annotated[str, Field(pattern=_PLAIN)] | None = None
    object_store: S3Location | None = None
    max_database_mb: Annotated[int, Field(ge=1)] = 4000
    counties: Annotated[tuple[County, ...], Field(min_length=1)]

    def sharing_a_code(self, code: str) -> tuple[County, ...]:
        """Return the counties with this code, if they are several: nobody can tell whose figures are meant."""
        found = tuple(county for county in self.counties if county.code == code)
        return found if len(found) > 1 else ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the counties, each once."""
        return tuple(dict.fromkeys(county.code for county in self.counties))


def load_city(home: Path) -> City:
    """Read the file of a city's home. Raises CityError that names what is missing or wrong, and how to write it."""
    file = home / FILE
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise CityError(f"{home} 不是市级数据目录:没有 {FILE}。请执行 shouwang city init,再填写各区县。") from None
    except tomllib.TOMLDecodeError as error:
        raise CityError(f"{file} 的写法有误(TOML 格式,文字要加引号):{error}。") from None
    except (OSError, UnicodeDecodeError):
        raise CityError(f"{file} 不可读:请检查权限,并存为 UTF-8。") from None
    try:
        city = City.model_validate(raw, context={"home": home})
    except ValidationError as error:
        wrong = ";".join(dict.fromkeys(map(_in_words, error.errors())))
        raise CityError(f"{file} 有误:{wrong}。") from None
    if city.object_store and not city.storage:
        raise CityError(
            f'{file} 有误:有 [object_store] 时还要写 storage,即在本机生成汇总的文件夹,例如 storage = "union"。'
        )
    placed = [c.model_copy(update={"published": home / c.published.expanduser()}) for c in city.counties]
    storage = str(home.absolute() / Path(city.storage).expanduser()) if city.storage else None
    return city.model_copy(update={"counties": tuple(placed), "storage": storage})


def _in_words(error: ErrorDetails) -> str:
    """Say which entry is wrong: the county by its place in the file, and the setting."""
    section, *rest = error["loc"]
    which, fields = "", City.model_fields
    if rest and section == "counties":
        which, fields = f"第 {int(rest[0]) + 1} 个 [[counties]] 的 ", County.model_fields
    elif rest:
        which, fields = f"[{section}] 的 ", S3Location.model_fields
    name, kind = (rest or [section])[-1], error["type"]
    if kind == "missing":
        return f"{which}{name} 没有写" + (";至少要有一节 [[counties]]" if name == "counties" else "")
    if name == "storage" and kind == "string_pattern_mismatch":
        return "storage 的路径不能有引号、反斜杠和 * ? { } [ ]"
    if kind == "string_pattern_mismatch":
        return f"{which}{name} 应为 6 位区县代码,例如 441802"
    if kind in ("too_short", "string_too_short", "string_too_long"):
        return f"{which}{name} 是空的或太长"
    return which + in_words(error, fields)
