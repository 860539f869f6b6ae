#!/bin/sh
# pyarrow cuts the decimals off when it makes an array of integers, although its cast of the same values refuses to.
#
# Drivers of databases give decimals for columns that a schema may call integers; pa.array(values, pa.int64()) then
# keeps 1 of 1.5 without a word. Values beyond the range of the type, and
# decimals that a decimal type cannot hold, are refused; so is the cast of an array that has the decimals.
#
# Seen with pyarrow 26.0.1:
#   array of integers from 1.5:                1
#   array of integers from Decimal('1.5'):     1
#   array of integers from 1e300:              ArrowInvalid
#   array of decimal(10, 2) from 1.555:        ArrowInvalid
#   cast of 1.5 to integers:                   ArrowInvalid
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from decimal import Decimal

import pyarrow as pa


def outcome(make):
    try:
        return make()[0].as_py()
    except pa.ArrowInvalid:
        return "ArrowInvalid"


seen = {
    "array of integers from 1.5:            ": (lambda: pa.array([1.5], pa.int64()), 1),
    "array of integers from Decimal('1.5'): ": (lambda: pa.array([Decimal("1.5")], pa.int64()), 1),
    "array of integers from 1e300:          ": (lambda: pa.array([1e300], pa.int64()), "ArrowInvalid"),
    "array of decimal(10, 2) from 1.555:    ": (
        lambda: pa.array([Decimal("1.555")], pa.decimal128(10, 2)),
        "ArrowInvalid",
    ),
    "cast of 1.5 to integers:               ": (lambda: pa.array([1.5]).cast(pa.int64()), "ArrowInvalid"),
}
found = {label: outcome(make) for label, (make, _) in seen.items()}
for label, result in found.items():
    print(label, result)
sys.exit(0 if found == {label: expected for label, (_, expected) in seen.items()} else 1)
PYTHON
