"""Take the published version of a county into the city's home, whole and verified, or say why not.

Belongs here: looking at a county's folder, copying the newest version, what is wrong with it.
Does not belong here: which counties there are (``counties``), uniting (``uniting``).

A published version never changes, so the city keeps a copy, ``warehouse/counties/<code>/<stem>``, with the link
``current`` as in ``published``. Where the newest version cannot be taken, for instance because the storage is away,
the copy taken before stays: what a county has published once does not vanish from the city. Only the two databases and
their description are copied. The county's folder is another office's: its links are not followed beyond the version.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.city import reaching
from orchestration.city.counties import City
from orchestration.publishing import version as versions
from orchestration.publishing.content import CONFIG, MARTS, Mart, measure
from orchestration.publishing.version import EDITIONS, FULL, MAJOR, Edition, Version
from orchestration.runtime.city import FILE as CITY_FILE
from orchestration.runtime.errors import cause
from sources.home import CURRENT, Home, point, sync
from sources.months import Month

FOLDER = "counties"
"""Folder of the copies, below ``warehouse``."""
_APART = {**CONFIG, "enable_external_access": False}
"""A view of another office's database reads no file of this machine."""
_DISTRICTS = f"select distinct division_code from {MARTS}.dim_division where level = 'district' order by 1"


class _RefusedError(Exception):
    """A version cannot be taken; the message is Chinese: what was found, what was expected, what to do."""


@dataclass(frozen=True)
class Taken:
    """What the city has of a county: a version, if it ever took one, and what is wrong with the county now.

    ``folder`` holds the copy. ``problem`` is Chinese and without paths, ``where`` the path that it is about; both are
    empty if the newest version was taken.
    """

    code: str
    name: str
    version: Version | None
    folder: Path
    checksum: str = ""
    problem: str = ""
    where: str = ""

    def told(self, month: Month) -> str:
        """Say in Chinese what is wrong with the county in a month, where, and what is united; empty if nothing is.

        The sentence names the county, the month and the path.
        """
        lacks = self.version is not None and str(month) not in self.version.months
        kept = self.version and f"沿用此前取得的版本 {self.version.number}({self.version.created_at[:16]})"
        if self.problem:
            rest = f"{kept}{f',其中没有 {month}' if lacks else ''}" if kept else f"{month} 不含这个区县"
            return f"{self.name}({self.code}){month}:{self.problem};位置 {self.where}。{rest},其他区县照常汇总。"
        if lacks and self.version:
            there = "、".join(self.version.months)
            return (
                f"{self.name}({self.code}){month}:已发布的版本 {self.version.number} 没有这个月(有 {there});"
                f"位置 {self.where}。请该区县运行并发布 {month},再重新汇总;其他区县照常汇总。"
            )
        return ""


def take_all(home: Home, city: City, types: Mapping[str, Mapping[str, str]]) -> list[Taken]:
    """Take the newest version of every county, one after the other; a county's fault is in its ``Taken`` only.

    All are looked at together before, so that storage of many counties that hangs costs no more than that of one.
    The copies of counties that no longer belong to the city are removed.
    ``types`` gives the types of the columns that this program knows, by mart. Raises OSError if the city's own home
    cannot be written.
    """
    for former in (home.warehouse / FOLDER).glob("*"):
        if former.name not in city.codes:
            shutil.rmtree(former, ignore_errors=True)
    looks = reaching.look_all([county.published for county in city.counties])
    return [_taken(home, city, code, types, looks) for code in city.codes]


def _taken(
    home: Home, city: City, code: str, types: Mapping[str, Mapping[str, str]], looks: Mapping[Path, reaching.Look]
) -> Taken:
    sharing, county = city.sharing_a_code(code), next(c for c in city.counties if c.code == code)
    copies = home.make_dir(home.warehouse / FOLDER / code)
    if sharing:
        names, paths = "、".join(c.name for c in sharing), "、".join(str(c.published) for c in sharing)
        problem = f"city.toml 中 {len(sharing)} 个区县用了同一个代码 {code}({names}),分不清是谁的数据;请改正代码"
        return Taken(code, names, None, copies, problem=problem, where=paths)
    version, problem = kept(copies, code), ""
    try:
        newest = _newest(looks[county.published], types)
        if newest != version:
            _copy(home, county.published / newest.stem, copies, newest, code, city.max_database_mb)
            version = newest
    except _RefusedError as refused:
        problem = str(refused)
    folder = copies / version.stem if version else copies
    checksum = sha256(folder / FULL.database) if version else ""
    return Taken(code, county.name, version, folder, checksum, problem, str(county.published))


def _newest(found: reaching.Look, types: Mapping[str, Mapping[str, str]]) -> Version:
    """Read the description of the version that readers of the county see. Raises _RefusedError."""
    if isinstance(found, OSError):
        raise _unreadable(found)
    if found is None:
        raise _RefusedError("找不到发布文件夹:存储没有挂载,或路径有误。请挂载后重新汇总,或改正 city.toml")
    if not found.stem:
        raise _RefusedError("还没有发布过任何版本。请该区县先运行一个月份")
    return _described(found.description, found.stem, types)


def _unreadable(error: OSError, setting: str = "") -> _RefusedError:
    """Word what kept a county's files away; ``setting`` names the limit that an office may change."""
    if isinstance(error, reaching.HangingError):
        return _RefusedError(f"存储没有回应(等了 {error.seconds:.0f} 秒)。请检查挂载和网络后重新汇总")
    if isinstance(error, reaching.TooLargeError):
        change = f";确实需要时请改大 {setting}" if setting else ""
        return _RefusedError(
            f"文件 {error.file} 有 {error.size / 1e6:,.1f} MB,超过上限 {error.most / 1e6:,.0f} MB,没有复制。"
            f"请该区县核对这个文件{change}"
        )
    why = cause(error) or type(error).__name__
    return _RefusedError(f"读不出已发布的版本({why})。请检查存储和权限后重新汇总")


def _described(text: str, stem: str, types: Mapping[str, Mapping[str, str]]) -> Version:
    """Read the description of a version. Raises _RefusedError for one that this program cannot unite."""
    try:
        version = Version.from_json(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _RefusedError(f"版本 {stem} 的说明已损坏。请该区县执行 shouwang verify,再重新发布") from None
    if version.stem != stem:
        raise _RefusedError(f"版本 {stem} 的说明写的是 {version.stem[:80]}。请该区县重新发布")
    if version.major != MAJOR:
        older = "该区县" if version.major < MAJOR else "市级"
        raise _RefusedError(
            f"版本 {version.number} 的集市结构是第 {version.major} 代,这里只能汇总第 {MAJOR} 代。"
            f"请升级{older}的程序,再重新发布和汇总"
        )
    for name, mart in version.marts.items():
        for column in mart.columns:
            known = types.get(name, {}).get(column["name"])
            if known and column["type"] != known:
                raise _RefusedError(
                    f"版本 {version.number} 的数据表 {name} 的列 {column['name']} 类型是 {column['type']},"
                    f"应为 {known}。请把该区县和市级升级到同一个程序,再重新发布"
                )
    return version


def _copy(home: Home, source: Path, copies: Path, version: Version, code: str, most_mb: int) -> None:
    """Copy a version beside the one taken before, verify it, and let ``current`` lead to it; remove the former one.

    Raises _RefusedError if it cannot be read, is damaged or of another county, OSError if the city's home is full.
    """
    building = home.make_dir(copies / "building")
    try:
        try:
            missing = reaching.copy(source, building, most_mb * 1_000_000)
        except OSError as error:
            raise _unreadable(error, f"{CITY_FILE} 的 max_database_mb") from None
        if missing:
            raise _RefusedError(f"版本 {version.number} 缺少文件 {missing}。请该区县执行 shouwang verify,再重新发布")
        home.set_modes(building)
        if problem := _problem_of(building, version, code):
            raise _RefusedError(problem)
        shutil.rmtree(copies / version.stem, ignore_errors=True)
        building.replace(copies / version.stem)
        point(copies / CURRENT, version.stem)
        sync(copies)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    for former in copies.iterdir():
        if former.is_dir() and not former.is_symlink() and former.name != version.stem:
            shutil.rmtree(former, ignore_errors=True)


def kept(copies: Path, code: str) -> Version | None:
    """Return the version taken before, if its copy is whole."""
    version = versions.current(copies)
    return version if version and not _problem_of(copies / version.stem, version, code) else None


def _problem_of(folder: Path, version: Version, code: str) -> str:
    """Say what is wrong with the databases of a version, every cell of which is read; empty if nothing is."""
    for edition in EDITIONS:
        try:
            with duckdb.connect(str(folder / edition.database), read_only=True, config=_APART) as connection:
                name = str(connection.execute("select current_database()").fetchall()[0][0])
                found = measure(connection, name)
                districts = [str(row[0]) for row in connection.execute(_DISTRICTS).fetchall()]
        except (duckdb.Error, OSError):
            return f"版本 {version.number} 的数据库 {edition.database} 已损坏。请该区县执行 shouwang verify,再重新发布"
        if not _is_as_described(found, version, edition):
            return f"版本 {version.number} 的数据库 {edition.database} 与它的说明不符。请该区县重新发布"
        if districts != [code]:
            there = "、".join(districts[:5]) or "无"
            return f"发布的是别的区县的数据(代码 {there},应为 {code})。请改正 city.toml 的 code 或 published"
    return ""


def _is_as_described(found: Mapping[str, Mart], version: Version, edition: Edition) -> bool:
    """Compare with the description; another engine hashes otherwise, so that of its hashes nothing is said."""
    described = version.content(edition)
    if version.engine == duckdb.__version__:
        return dict(found) == described
    return {n: (m.rows, m.shape, m.months) for n, m in found.items()} == {
        n: (m.rows, m.shape, m.months) for n, m in described.items()
    }


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def united(taken: Sequence[Taken]) -> tuple[versions.County, ...]:
    """Describe the versions that are united, for the description of the city's version."""
    return tuple(
        versions.County(t.code, t.name, t.version.stem, t.version.number, t.version.created_at, t.checksum)
        for t in taken
        if t.version
    )
