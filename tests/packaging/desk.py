"""Try the built program for a department's desk: ``python -m tests.packaging.desk dist/shouwang-desk``.

It checks every department's files of the sample district from an empty environment, without Python on the path, and
compares the JSON with that of ``shouwang check`` of this checkout. It takes a minute, so no test calls it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration.commands.desk import NAME
from sample.write import write_district
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.district import DIVISIONS
from tests.paths import ROOT

MONTH = Month(2021, 6)
HOUSEHOLDS, SEED = 200, 7


def main() -> None:
    """Compare department by department; exit code 1 if something differs."""
    folder = Path(sys.argv[1]).absolute()
    megabytes = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
    with tempfile.TemporaryDirectory() as place:
        inbox = Path(place) / "报送"
        write_district(inbox, HOUSEHOLDS, [MONTH], SEED, DIVISIONS)
        same = [_same(folder / NAME, Path(place), d, inbox / d / str(MONTH)) for d in load_contracts()]
        started = time.perf_counter()
        _run([folder / NAME, "template", "health", "-o", "模板"], Path(place))
        seconds = time.perf_counter() - started
        templates = len(list((Path(place) / "模板").glob("*.xlsx")))
    print(f"{megabytes:.0f} MB, {templates} templates in {seconds:.1f} s")
    raise SystemExit(0 if all(same) and templates else 1)


def _same(program: Path, place: Path, department: str, folder: Path) -> bool:
    files = [str(p.relative_to(place)) for p in sorted(folder.rglob("*")) if p.is_file() and "r2" not in p.parts]
    arguments = ["check", department, *files, "--month", str(MONTH), "--json"]
    started = time.perf_counter()
    built = _run([program, *arguments], place)
    seconds = time.perf_counter() - started
    command = [sys.executable, "-c", "from orchestration.commands.cli import main; main()"]
    office = _run([*command, *arguments], place, PYTHONPATH=str(ROOT))
    rows = sum(file["rows_in_file"] or 0 for file in json.loads(built.stdout or b'{"files": []}')["files"])
    same = built.stdout == office.stdout and built.returncode == office.returncode and rows > 0
    print(f"{department}: {len(files)} files, {rows} rows, {seconds:.1f} s, {'same' if same else 'DIFFERENT'}")
    return same


def _run(command: list[object], place: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([str(c) for c in command], cwd=place, env=environment, capture_output=True, check=False)


if __name__ == "__main__":
    main()
