#!/bin/sh
# calamine decodes the texts of an xls since Excel 97 by its CODEPAGE record, although they are UTF-16.
#
# [MS-XLS] 2.4.52 lets the record name the code page of a system, for instance 936; texts are Unicode all the same
# (2.5.240, ShortXLUnicodeString, and 2.5.293, XLUnicodeRichExtendedString). Excel and xlrd ignore the record. Programs
# of Chinese offices write it, so a list reads as garbage with its digits spread by NUL.
#
# Seen with python-calamine 0.9.1 (xlwt 1.3.0 writes, xlrd 2.0.2 reads the same file):
#   xlrd:     ['户编号', '441802']
#   calamine: ['7b\x16\x7f鱏', '4\x004\x001\x008\x000\x002\x00']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet xlwt==1.3.0 xlrd==2.0.2 python-calamine==0.9.1
"$folder/venv/bin/python" - "$folder/list.xls" <<'PYTHON'
import sys

import xlrd
import xlwt
from python_calamine import CalamineWorkbook

ROW = ["户编号", "441802"]
path = sys.argv[1]
book = xlwt.Workbook()
sheet = book.add_sheet("Sheet1")
for column, text in enumerate(ROW):
    sheet.write(0, column, text)
book.save(path)

with open(path, "rb") as file:
    content = bytearray(file.read())
at = content.index(b"\x42\x00\x02\x00") + 4
assert content[at : at + 2] == (1200).to_bytes(2, "little")
before = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
content[at : at + 2] = (936).to_bytes(2, "little")
with open(path, "wb") as file:
    file.write(content)

by_xlrd = xlrd.open_workbook(path).sheet_by_index(0).row_values(0)
by_calamine = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
print("calamine, code page 1200:", before)
print("xlrd, code page 936:     ", by_xlrd)
print("calamine, code page 936: ", by_calamine)
holds = before == ROW and by_xlrd == ROW and by_calamine != ROW and by_calamine[1] == "4\x004\x001\x008\x000\x002\x00"
sys.exit(0 if holds else 1)
PYTHON
