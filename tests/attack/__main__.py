"""``python -m tests.attack data/published``: what a reader of the open marts finds out."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.attack.households import told_apart, traces
from tests.attack.sums import revealed


def main() -> int:
    """Print the counts; 1 if a small count or a trace was found."""
    published = Path(sys.argv[1])
    for mart, (rows, unique, small) in told_apart(published).items():
        print(f"{mart}: {rows} rows, {unique} unique, {small} in groups under 5")
    found, tried = revealed(published)
    print(f"{tried} small counts suppressed, {len(found)} found out", *found, sep="\n  ")
    print(f"columns that name or trace somebody: {traces(published)}")
    return 1 if found or traces(published) else 0


if __name__ == "__main__":
    raise SystemExit(main())
