#!/bin/sh
# msoffcrypto-tool says that the right password of a workbook is wrong if the workbook is encrypted as Excel 2010 does.
#
# Agile encryption names its hash ([MS-OFFCRYPTO] 2.3.4.10); Excel 2010 uses SHA1. The digest of 20 bytes is padded to
# two blocks of 16 before it is encrypted (2.3.4.13), and the library compares the 32 bytes with the 20. Without
# verify_password the file is decrypted.
#
# Seen with msoffcrypto-tool 6.1.0:
#   SHA512, verified:     decrypted
#   SHA1, not verified:   decrypted
#   SHA1, verified:       InvalidKeyError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet msoffcrypto-tool==6.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import zipfile

from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method import ecma376_agile

Params = ecma376_agile.ECMA376AgileCipherParams


class OfExcel2010(Params):
    def __init__(self):
        super().__init__()
        self.hashName, self.hashSize, self.keyBits = "SHA1", 20, 128


def encrypted(params):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>" + " " * 8192)
    package.seek(0)
    ecma376_agile.ECMA376AgileCipherParams = params
    # The digest of the package is not at issue, and the library computes it for SHA512 only.
    ecma376_agile.ECMA376Agile.generate_integrity_parameter = staticmethod(lambda *_: (bytes(32), bytes(32)))
    return ecma376_agile.ECMA376Agile.encrypt("secret", package, spin_count=1000)


def outcome(content, verify):
    file = OOXMLFile(io.BytesIO(content))
    try:
        file.load_key(password="secret", verify_password=verify)
        file.decrypt(io.BytesIO())
    except InvalidKeyError:
        return "InvalidKeyError"
    return "decrypted"


found = [outcome(encrypted(Params), True), outcome(encrypted(OfExcel2010), False), outcome(encrypted(OfExcel2010), True)]
for label, result in zip(["SHA512, verified:    ", "SHA1, not verified:  ", "SHA1, verified:      "], found):
    print(label, result)
sys.exit(0 if found == ["decrypted", "decrypted", "InvalidKeyError"] else 1)
PYTHON
