#!/bin/sh
# msoffcrypto-tool cannot decrypt an encrypted xls whose workbook stream ends with fewer than four odd bytes.
#
# Writers fill the stream up to whole sectors with zeros, which Excel and other readers pass over. The library takes
# the last one to three bytes for the head of a record and raises struct.error.
#
# Seen with msoffcrypto-tool 6.1.0 (olefile 0.47), zeros behind the last record:
#   0: decrypted
#   4: decrypted
#   5: error
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet msoffcrypto-tool==6.1.0 xlwt==1.3.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct
import sys
from hashlib import md5

import xlwt.CompoundDoc
from msoffcrypto.format.xls97 import Xls97File
from msoffcrypto.method.rc4 import DocumentRC4

SALT, PASSWORD, SIZE = bytes(range(16)), "secret", 8192


def cipher(data):
    return DocumentRC4.decrypt(PASSWORD, SALT, io.BytesIO(data), 1024).read()


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def outcome(zeros):
    file_pass = struct.pack("<HHH", 1, 1, 1) + SALT + cipher(SALT + md5(SALT).digest())
    plain = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + record(0x002F, file_pass)
    rest = SIZE - zeros - len(plain) - 4 - 4
    stream = plain + record(0x0100, cipher(bytes(rest))) + record(0x000A, b"") + bytes(zeros)
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, stream)
    file = Xls97File(out)
    file.load_key(password=PASSWORD)
    try:
        file.decrypt(io.BytesIO())
    except struct.error:
        return "error"
    return "decrypted"


found = {zeros: outcome(zeros) for zeros in (0, 4, 5)}
for zeros, result in found.items():
    print(f"{zeros}: {result}")
sys.exit(0 if found == {0: "decrypted", 4: "decrypted", 5: "error"} else 1)
PYTHON
