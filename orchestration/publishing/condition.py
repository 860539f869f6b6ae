"""Check whether the warehouse can be opened, and say what to do if not.

Belongs here: who holds the warehouse, what a damaged one means. Does not belong here: reading it.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG
from orchestration.runtime.errors import cause
from orchestration.runtime.locks import holder_named_in


def problem(warehouse: Path, *, read_only: bool) -> str | None:
    """Say in Chinese why the warehouse cannot be opened and what to do; None if it can, or if there is none yet.

    DuckDB allows one writer or several readers, so a reader does not disturb ``read_only``.
    """
    if not warehouse.exists():
        return None
    try:
        duckdb.connect(str(warehouse), read_only=read_only, config=CONFIG).close()
    except duckdb.Error as error:
        if pid := holder_named_in(error):
            return f"数据仓库 {warehouse} 正在被进程 {pid} 使用;请等它结束,或关闭打开它的程序后重新运行。"
        todo = "若文件已损坏,请执行 shouwang rebuild,用已接收的行重建;已发布的版本不受影响。"
        return f"数据仓库 {warehouse} 打不开({cause(error) or type(error).__name__})。{todo}"
    return None
