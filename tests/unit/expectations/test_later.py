"""Packages that the gate never uses are imported when a name of them is used, not with Great Expectations."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from expectations import gx_adapter
heavy = [m for m in ("scipy.stats._stats_py", "altair.vegalite") if m in sys.modules]
from scipy import stats
import altair
print(heavy, round(stats.norm.cdf(0), 3), hasattr(stats, "nothing"), altair.Chart.__name__, stats.norm is not None)
"""


def test_great_expectations_is_imported_without_what_no_suite_uses() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "0.5", "False", "Chart", "True"]
