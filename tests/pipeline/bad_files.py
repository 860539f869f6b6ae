"""Files of every broken kind, to lie among good ones.

Belongs here: writing them, and what people must be told of each. Does not belong here: how a reader finds out
(``tests/unit/sources``), running the month.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import xlwt

from tests.pipeline.seeded import CONTRACTS, put
from tests.unit.sources.builder import csv_file, row, table, xlsx_file, zip_file

INCOME, REGISTER = CONTRACTS.dataset("household_income"), CONTRACTS.dataset("household_register")
SUPPORT, NOT_EMPTY = CONTRACTS.dataset("extreme_poverty_support"), CONTRACTS.dataset("collective_income")
"""A table of another department; one that may be empty and is not known to be, for one of its files cannot be read."""


@dataclass(frozen=True)
class Told:
    """What is said of a file or folder: how it is named, how severe it is, and words of the message."""

    department: str
    name: str
    words: str
    severity: str = "错误"


def _income(*numbers: int) -> list[list[object]]:
    return table(INCOME, [row(INCOME, n) for n in numbers])


def encrypted_xlsx() -> bytes:
    """As Office writes it: the package is one stream of an OLE file."""
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, bytes(8192))
    names = ("Workbook", "EncryptedPackage")
    plain, encrypted = (name.encode("utf-16-le").ljust(40, b"\0") for name in names)
    return out.getvalue().replace(plain, encrypted)


def _of_income() -> dict[str, tuple[bytes, str]]:
    """Files of one table: bytes and what is said."""
    good = _income(801, 802)
    book = xlsx_file({"表": _income(*range(803, 823))})
    extra = [[*good[0], "爱好"], *([*r, "下棋"] for r in _income(803)[1:])]
    return {
        "收入监测-缺列.csv": (csv_file([r[1:] for r in good]), "缺少必填列“户编号”"),
        "收入监测-多列.xlsx": (xlsx_file({"表": extra}), "有未登记的表头,这些列没有读取:爱好"),
        "收入监测-加密.xlsx": (encrypted_xlsx(), "已加密"),
        "收入监测-半截.xlsx": (book[: len(book) // 2], "损坏或不完整"),
        "收入监测-炸弹.zip": (zip_file({"收入监测.csv": bytes(10_000_000)}), "100倍"),
        "收入监测-套娃.zip": (zip_file({"收入监测.zip": zip_file({"收入监测.csv": csv_file(good)})}), "还有压缩包"),
        "收入监测-越界.zip": (zip_file({"../收入监测.csv": csv_file(good)}), "指向包外"),
        "收入监测-空簿.xlsx": (xlsx_file({"表": []}), "没有找到“农户收入监测表”的表头"),
        "收入监测-零字节.csv": (b"", "文件是空的"),
        "收入监测-空字符.csv": (csv_file(good).replace(b",", b",\0", 1), "不是文本文件"),
        "收入监测-传输中.csv.part": (csv_file(good), "还在写入或传输中"),
        "收入监测-扫描件.pdf": (b"%PDF", "不支持的文件类型“.pdf”"),
    }


GOOD_NAMES = {"收入监测-换\n行.csv": "收入监测-换 行.csv", "收入监测-..-点.csv": "收入监测-..-点.csv"}
"""Odd names of good files, and how they are shown."""


def write_bad_files(inbox: Path, month: str) -> list[Told]:
    """Write them among what is there; returns what must be told."""
    agriculture, told = inbox / "agriculture" / month, []
    for name, (content, words) in _of_income().items():
        put(agriculture / name, content)
        told.append(Told("agriculture", name, words, "警告" if "未登记" in words else "错误"))
    for number, name in enumerate(GOOD_NAMES):
        put(agriculture / name, csv_file(_income(810 + number)))
    (agriculture / "收入监测-链接.csv").symlink_to("/etc/hostname")
    for good in agriculture.glob(f"{NOT_EMPTY.label}*"):
        good.unlink()
    put(agriculture / f"{NOT_EMPTY.keywords[0]}-只有表头.csv", csv_file(table(NOT_EMPTY, [])))
    put(agriculture / f"{NOT_EMPTY.keywords[0]}-坏.xlsx", b"PK\x03\x04")
    put(inbox / "agriculture" / f"{month[:4]}年5月" / "收入监测.csv", csv_file(_income(820)))
    put(agriculture / "R2" / "收入监测.csv", csv_file(_income(821)))
    put(inbox / "health" / month / "别家的.csv", csv_file(table(SUPPORT, [row(SUPPORT, 1)])))
    return [
        *told,
        Told("agriculture", "收入监测-链接.csv", "不是普通文件"),
        Told("agriculture", f"{NOT_EMPTY.keywords[0]}-坏.xlsx", "损坏或不完整"),
        Told("agriculture", f"{month[:4]}年5月", "不是月份文件夹"),
        Told("agriculture", "R2", "不是补报文件夹"),
        Told("health", "别家的.csv", "不是本部门的表"),
    ]
