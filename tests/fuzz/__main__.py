"""Run ``make fuzz``: ``python -m tests.fuzz --seconds N --seed S [--files N] [--keep DIR]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.fuzz.run import fuzz
from tests.paths import ROOT


def main() -> int:
    """Return 0 if every damaged file was read or refused, 1 if anything else happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Damaged files are read or refused.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on")
    parser.add_argument("--files", type=int, default=1_000_000, help="stop after so many files")
    parser.add_argument("--seed", type=int, default=1, help="the same seed damages the same files in the same way")
    parser.add_argument("--first", type=int, default=0, help="begin with this file, to see one again")
    parser.add_argument("--keep", type=Path, help="folder for the files that broke something; outside the repository")
    arguments = parser.parse_args()
    if arguments.keep and arguments.keep.resolve().is_relative_to(ROOT):
        parser.error("--keep must be outside the repository: such files are not published")
    numbers = range(arguments.first, arguments.first + arguments.files)
    tally = fuzz(numbers, arguments.seconds, arguments.seed, arguments.keep)
    print(tally)
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
