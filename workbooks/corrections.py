"""Say where a department puts its corrected files: a new folder, the old place, or its own system."""

from __future__ import annotations

from pathlib import Path

from sources.contracts.model import Department
from sources.home import Home
from sources.landing.next_folder import next_folder
from sources.landing.patterns import EVERY_MONTH
from sources.landing.pulled import Pulled
from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import Location
from sources.months import Month

_UNUSED = "本月下一个没有用过的批次,不要放进以前的批次"


def where_to(home: Home, department: Department, month: Month, location: Location | Path | None) -> str:
    """Say in Chinese where the corrected files go; ``location`` is the department's, the inbox by default."""
    if location is None or isinstance(location, Path):
        folder = (
            f"{location.name if location else department.name}/{next_folder(home, department.name, month, location)}"
        )
        return f"放入收件箱的新文件夹 {folder}({_UNUSED})"
    if not isinstance(location, FileLocation):
        return "在原系统中更正,下次收取时会取得更正后的数据"
    if location.pattern != EVERY_MONTH:
        return f"放到原来的位置 {location.shown},替换原来的文件"
    numbers = [delivery.delivery_no for delivery in Pulled(home, department.name).deliveries(month)]
    folder = f"{month}/r{max(numbers) + 1}" if numbers else str(month)
    return f"放入 {location.shown} 的新文件夹 {folder}({_UNUSED})"
