"""A simulated province: ``python -m tests.bench.province FOLDER [COUNTIES] [HOUSEHOLDS] [MONTHS]``.

One county of ``HOUSEHOLDS`` is run from files to marts, for one month; the others are published from it by SQL, each
with the code of a real county, its own figures and ``MONTHS`` months, by the publishing package itself
(``tests.county_copies``). Then a province unites them twice: as Parquet in shared storage, which ``dbt_city`` reads,
and in one database, as a city does. Both must give the same cells. A county that is in FOLDER is not made again.

Belongs here: making counties and homes of a province, what both ways cost. Does not belong here: comparing
(``tests.cells``), Spark (``tests.bench.province_spark``).
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.city.counties import FILE
from orchestration.city.placing import current_union
from orchestration.dbt import manifest
from orchestration.publishing.content import MARTS
from orchestration.publishing.version import current
from sample import write_district
from sources import national
from sources.home import Home
from sources.months import Month
from tests.bench.process import Cost, cost_of
from tests.bench.run import SEED
from tests.cells import attached, differences, repeated, united
from tests.county_copies import publish_as
from tests.district import DIVISIONS
from tests.paths import ROOT

PROVINCE = "44"
MONTHS = (Month(2021, 5), Month(2021, 6))
"""The sample has both; only the first is run: the faults in a sample's last month are many."""


@dataclass(frozen=True)
class Province:
    """Counties of one size in a folder, and the homes that unite them."""

    folder: Path
    counties: int = 20
    households: int = 300
    months: int = 1

    @property
    def size(self) -> str:
        """The size of each county, for names of folders."""
        return f"{self.households}-{self.months}"

    @property
    def codes(self) -> list[str]:
        """The codes of the counties."""
        found = national.counties().filter(national.counties()["district_code"].str.starts_with(PROVINCE))
        return found["district_code"].to_list()[: self.counties]

    @property
    def storage(self) -> Path:
        """The shared storage of the union."""
        return self.folder / f"storage-{self.counties}-{self.size}"

    def published(self, code: str) -> Path:
        """Return where a county publishes."""
        return self.folder / f"counties-{self.size}" / code / "published"

    def make(self) -> None:
        """Run one county from files to marts, and publish the others from it."""
        original = self.folder / f"county-{self.households}"
        if not current(original / "published"):
            if not (original / "inbox").exists():
                write_district(original / "inbox", self.households, MONTHS, SEED, DIVISIONS)
            told("one county, from files to marts", shouwang(original, "run", str(MONTHS[0])), original / "published")
        for number, code in enumerate(self.codes):
            published = self.published(code)
            if not current(published):
                share = 1 / (1 + number / 100)
                publish_as(original / "published", Home(published.parent), code, share=share, months=self.months)

    def home(self, name: str, storage: Path | None = None) -> Path:
        """Make the empty home of a city of all counties."""
        home = self.folder / f"{name}-{self.counties}-{self.size}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        lines = ['name = "某省"', f'storage = "{storage}"' if storage else ""]
        for code in self.codes:
            lines += ["[[counties]]", f'code = "{code}"', f'name = "县{code}"', f'published = "{self.published(code)}"']
        (home / FILE).write_text("\n".join(lines), "utf-8")
        return home


def shouwang(home: Path, *arguments: str) -> Cost:
    """Run the command line in a home."""
    # A script of its own: with pyspark installed, ``python -c`` ends when Great Expectations is imported (findings).
    command = [str(Path(sys.executable).with_name("shouwang")), *arguments]
    return cost_of(command, ROOT, {"SHOUWANG_HOME": str(home), "SHOUWANG_SETTLE_SECONDS": "0"})


def told(what: str, cost: Cost, *folders: Path) -> None:
    """Print what a command cost, and how large what it made is."""
    sizes = ", ".join(f"{folder.name} {size_of(folder) / 1e6:,.0f} MB" for folder in folders)
    print(
        f"{what}: {cost.seconds:.0f} s, processor {cost.cpu:.0f} s, memory {cost.peak_mib:,.0f} MiB; {sizes}",
        flush=True,
    )


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder, each once however many links it has."""
    found = {(s := f.stat()).st_ino: s.st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink()}
    return sum(found.values())


def main() -> None:
    """Make a province, unite it both ways, compare, and print what each cost. Exits with 1 if a cell differs."""
    province = Province(Path(sys.argv[1]).absolute(), *map(int, sys.argv[2:5]))
    province.make()
    month = str(MONTHS[0])
    shutil.rmtree(province.storage, ignore_errors=True)
    stored, single = province.home("province", province.storage), province.home("database")
    copies = stored / "warehouse" / "counties"
    told("Parquet, all counties new", shouwang(stored, "city", "run", month), copies, province.storage,
         stored / "published")  # fmt: skip
    told("Parquet, no county new", shouwang(stored, "city", "run", month), province.storage)
    told("one database", shouwang(single, "city", "run", month), single / "warehouse", single / "published")
    is_wrong = False
    with duckdb.connect() as c:
        own = set(attached(c, "own", stored / "published" / "marts.duckdb"))
        marts = set(attached(c, "one", single / "published" / "marts.duckdb"))
        union = current_union(province.storage)
        keys = manifest.grains(manifest.load(), MARTS)
        for mart in sorted(marts):
            ours = f"own.{MARTS}.{mart}" if mart in own else united(union / MARTS / mart)
            rows = c.execute(f"select count(*) from {ours}").fetchall()[0][0]
            wrong = differences(c, ours, f"one.{MARTS}.{mart}")
            twice = repeated(c, ours, ("district_code", *keys[mart])) if mart in keys else 0
            print(f"{mart}: {rows:,} rows, {wrong} differ, {twice} keys twice")
            is_wrong |= bool(wrong or twice)
    sys.exit(is_wrong)


if __name__ == "__main__":
    main()
