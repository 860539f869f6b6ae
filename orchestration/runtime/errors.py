"""Define the common root of the errors that people can act on, and say in Chinese what systems say in English."""

from __future__ import annotations

import re

_CAUSES = {
    "no space left|disk is full|quota": "磁盘空间不足",
    "read-?only": "文件系统或文件是只读的",
    "set lock|is locked|resource busy": "正被另一个进程使用",
    "permission denied|not permitted|unable to open": "没有权限",
    "not a valid|not a database|malformed|corrupt|checksum|not read enough": "文件已损坏",
    "not a directory": "路径中有一段是文件,不是目录",
    "is a directory": "是目录,不是文件",
    "no such file": "文件或目录不存在",
    "file exists": "已存在同名的文件或目录",
    "name too long": "文件名太长",
    "too many open files": "打开的文件太多",
    "out of memory|cannot allocate|failed to allocate": "内存不足",
    "input/output|i/o error": "磁盘读写出错",
    "stale file handle|not connected|host is down|timed out": "网络共享已断开",
    "address already in use": "端口已被占用",
}
"""Chinese causes by what operating systems, DuckDB and SQLite say."""
_SYSTEMS = ("duckdb", "_duckdb", "sqlite3", "sqlalchemy")


class ShouwangError(RuntimeError):
    """An expected error; its message is Chinese, may be shown in full and contains no identities.

    ``exit_code`` is that of a command that it stops.
    """

    exit_code = 1


def cause(error: BaseException) -> str | None:
    """Say in Chinese what the operating system or a database reports; None if it is anything else."""
    is_of_system = isinstance(error, OSError) or type(error).__module__.split(".")[0] in _SYSTEMS
    if not is_of_system:
        return None
    said = str(getattr(error, "orig", None) or error).casefold()
    found = next((chinese for pattern, chinese in _CAUSES.items() if re.search(pattern, said)), None)
    return found or (f"系统错误 {error.errno}" if isinstance(error, OSError) and error.errno else None)
