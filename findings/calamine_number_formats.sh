#!/bin/sh
# calamine gives the value of a cell, whatever its number format shows, formulas without a result as nothing, and errors
# as empty texts.
#
# ECMA-376 18.8.31 lets a format scale: a comma behind the digits divides by 1000, and offices write 0!.0,"万" to show
# ten-thousands. A person reads 12.5万 where calamine says 125000; a column of 万元 is ten thousand times too large.
# Cells of type "e" are empty texts to to_python(), as are formulas without <v>, so neither can be told from empty cells.
#
# Seen with python-calamine 0.9.1 (openpyxl 3.1.5 writes):
#   [[125000.0, 12345.0, 0.125, '', '']]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openpyxl==3.1.5 python-calamine==0.9.1
"$folder/venv/bin/python" - "$folder/list.xlsx" <<'PYTHON'
import sys

import openpyxl
from python_calamine import CalamineWorkbook

path = sys.argv[1]
book = openpyxl.Workbook()
sheet = book.active
for place, value, code in (
    ("A1", 125000, '0!.0,"万"'),
    ("B1", 12345, "0.00,"),
    ("C1", 0.125, "0.00%"),
    ("D1", "=A1+B1", "General"),
    ("E1", "#N/A", "General"),
):
    sheet[place] = value
    sheet[place].number_format = code
book.save(path)
rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
print("calamine:", rows)
sys.exit(0 if rows == [[125000.0, 12345.0, 0.125, "", ""]] else 1)
PYTHON
