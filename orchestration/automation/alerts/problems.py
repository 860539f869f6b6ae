"""Define a problem that people are alerted to, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.runtime.alert_channels import Kind

TITLES: Mapping[str, str] = {
    "failed_run": "运行失败",
    "delivery": "报送有问题",
    "county": "区县没有汇总",
    "late": "逾期未报",
    "outdated": "结果已过时",
    "not_copied": "没有复制到 PostgreSQL",
    "silent_daemon": "守护进程没有响应",
    "full_disk": "磁盘空间不足",
}
WARNED: Mapping[str, str] = {"delivery": "报送有提醒", "county": "区县缺这个月"}
"""Titles of what has warnings only."""


@dataclass(frozen=True)
class Problem:
    """Something wrong, now or, for a failed run, once.

    ``key`` names the matter, ``parts`` what is wrong with it: a part that was not there before is a new alert.
    ``path`` is the page of the web interface that shows it, ``department`` None if it concerns none. A delivery or a
    county with warnings only is not ``serious``.
    """

    key: str
    kind: Kind
    parts: frozenset[str]
    text: str
    department: str | None = None
    path: str = ""
    serious: bool = True

    @property
    def is_event(self) -> bool:
        """Return whether the problem stays one until it was sent; others end when they are no longer found."""
        return self.kind == "failed_run"

    def words(self, ui_address: str | None) -> str:
        """Word the alert, with a link if the address of the web interface is known."""
        link = f"\n查看:{ui_address.rstrip('/')}{self.path}" if ui_address and self.path else ""
        return f"【{(TITLES if self.serious else WARNED)[self.kind]}】{self.text}{link}"
