"""Say in one Chinese sentence why a command stopped.

Belongs here: errors that reach the command line. Does not belong here: errors within a run (``runtime.failures``).
"""

from __future__ import annotations

from orchestration.runtime.errors import ShouwangError, cause
from orchestration.runtime.settings import Settings


def sentence(error: Exception) -> str:
    """Say why a command stopped, with the path; details of an unexpected error go to ``restricted/errors``."""
    if isinstance(error, ShouwangError):
        return str(error)
    if why := cause(error):
        place = getattr(error, "filename", None) or f"数据目录 {Settings().home}"
        return f"{place}:{why}。请检查路径、属主、权限和磁盘空间后重试;shouwang doctor 可逐项检查。"
    return f"程序出错({type(error).__name__}),{_where_kept(error)}"


def _where_kept(error: Exception) -> str:
    from orchestration.runtime.failures import keep_privately

    try:
        home = Settings().paths
        home.prepare()
        return f"详情见 {home.root / keep_privately(home, error)}(可能含个人信息,只给维护人员)。"
    except (ShouwangError, OSError):
        return "详情无法写入数据目录;请执行 shouwang doctor 检查。"
