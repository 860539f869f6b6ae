"""Try a bundle as a machine without any network does: install the program, run the demo. ``make bundle`` calls it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOUSEHOLDS = 180
"""The sample of three months needs about as many for its planted cases."""
NO_NETWORK = ("unshare", "--map-root-user", "--net", "--")


def main() -> None:
    """Install the bundle that the first argument names into a temporary folder; exit code 1 if something fails."""
    bundle = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _run(place, "sh", bundle / "install.sh", "--only", place / "program")
        _run(place, place / "program" / "bin" / "shouwang", "demo", "--households", HOUSEHOLDS)
        assert (place / "data" / "published" / "marts.duckdb").exists()


def _run(place: Path, *command: object) -> None:
    """Execute a command with no network and nothing of this environment. Raises SystemExit with its words."""
    own = {"PATH": "/usr/bin:/bin", "HOME": str(place), "LANG": "C.UTF-8"}
    own |= {"PYTHON": os.environ.get("PYTHON") or str(Path(sys.base_prefix) / "bin" / "python3")}
    began = time.perf_counter()
    done = subprocess.run(
        [*NO_NETWORK, *map(str, command)], cwd=place, env=own, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command[1]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    print(f"{Path(str(command[0])).name} {Path(str(command[1])).name}: {time.perf_counter() - began:.0f} s, no network")


if __name__ == "__main__":
    main()
