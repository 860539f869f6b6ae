"""Limit what one file may cost: the amount of its content, and the memory and time of the process that reads it.

Belongs here: the limits with their reasons, setting those of the process.
Does not belong here: counting (``delimited``, ``excel``, ``extent``, ``records``), limits of a zip (``landing.zips``).

Departments' files may be damaged or hostile. A few bytes can ask for gigabytes, so amounts are counted before anything
is allocated for them; whatever is not foreseen ends with the reader's process.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
from pathlib import Path

import polars as pl

from sources.refusal import RefusedError

if sys.platform != "win32":
    import resource

MAX_CELLS = 30_000_000
"""Cells of all sheets together, empty ones included: three times the register of 100 000 households.

So many text cells of 18 bytes took 4.4 GiB and one minute of processor time (calamine 0.9, November 2026)."""
MAX_SHEETS = 500
"""Several times the villages of a usual county; each sheet is searched for the headers of every table."""
MAX_LINES = 5_000_000
"""Lines of a CSV file: five times the rows of an Excel sheet."""
MAX_TEXT_MIB = 1024
"""Text of all cells together; a workbook can repeat one long text in every cell."""

MEMORY_SHARE = 0.5
"""Share of the machine's memory for reading; the rest is for the run, which works on the rows meanwhile."""
LEAST_MEMORY, MOST_MEMORY = 5 * 1024**3, 8 * 1024**3
"""Memory that reading gets on any machine, that of the largest file within the limits above, and at most."""
MOST_AT_ONCE = 2
"""Files that are read at once; with two, what works on the rows is the slower part."""
CPU_SECONDS = 600
"""Processor time for one file; the largest file within the limits above takes a tenth."""


def processes_at_once() -> int:
    """Return how many files are read at once: two if there are two processors, and memory for both and the run."""
    if sys.platform == "win32":
        return 1
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(MOST_AT_ONCE, os.cpu_count() or 1, max(1, machine // LEAST_MEMORY - 1))


def limit_process() -> None:
    """Limit the memory of this process, and let it leave no core file, which would hold people's data.

    Of the machine's processes this one is to end first if memory runs out. Windows has no such limits: there, only the
    amounts above limit what a file costs.
    """
    if sys.platform == "win32":
        return
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    _lower(resource.RLIMIT_CORE, 0)
    # Data, not address space: libraries reserve much more than they use.
    _lower(resource.RLIMIT_DATA, min(max(LEAST_MEMORY, int(MEMORY_SHARE * machine)), MOST_MEMORY))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def limit_next_file() -> None:
    """Give this process ``CPU_SECONDS`` from now on, then SIGXCPU; nothing on Windows."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS)


def _lower(kind: int, wanted: int) -> None:
    """Set a soft limit, within the hard one."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def check_cells(count: int) -> None:
    """Check a number of cells. Raises RefusedError if a file may not have so many."""
    if count > MAX_CELLS:
        raise RefusedError(
            f"表格有{count}个单元格(含空白),超过{MAX_CELLS // 10_000}万个,太大无法读取;"
            "请删除多余的行、列和工作表,或拆分后重新报送。"
        )


def check_text(sheets: list[pl.DataFrame]) -> None:
    """Check the amount of text. Raises RefusedError if a file may not have so much."""
    sizes = (cells.select(pl.all().str.len_bytes().cast(pl.UInt64).sum()).row(0) for cells in sheets if cells.width)
    check_text_size(sum(map(sum, sizes)))


def bytes_of(texts: pl.Series) -> pl.Series:
    """Count the bytes of each text as 64 bits: polars adds up 32 bits in 32 bits, which four gibibytes overflow."""
    return texts.str.len_bytes().cast(pl.UInt64)


def check_text_size(size: int) -> None:
    """Check a number of bytes. Raises RefusedError if the texts of a file may not have so many."""
    if size > MAX_TEXT_MIB * 1024**2:
        raise RefusedError(f"单元格中的文字超过{MAX_TEXT_MIB}MiB,太大无法读取;请删除多余的内容或拆分后重新报送。")
