"""Workbooks that are encrypted with the password that office programs try by themselves, and with others."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import xlwt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.format.xls97 import Xls97File
from msoffcrypto.method import ecma376_agile
from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.ecma376_standard import ECMA376Standard
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from sources.reading.files import ReaderProcess, default_password, read_sheets
from sources.reading.files.compound import with_workbook_stream, workbook_stream
from sources.reading.files.default_password import MOST_SPINS, PASSWORD, decrypted_stream
from sources.refusal import RefusedError
from tests.unit.sources.builder import xls_file, xlsx_file

ROWS = [["姓名", "金额"], *([f"张{i}", i + 0.5] for i in range(300))]
SALT = bytes(range(16))
Encrypt = Callable[[str], bytes]


def _agile(password: str, spins: int = 1000) -> bytes:
    return ECMA376Agile.encrypt(password, io.BytesIO(xlsx_file({"表": ROWS})), spin_count=spins)


class _OfExcel2010(ecma376_agile.ECMA376AgileCipherParams):
    def __init__(self) -> None:
        super().__init__()
        self.hashName, self.hashSize, self.keyBits = "SHA1", 20, 128


def _agile_of_2010(password: str) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ecma376_agile, "ECMA376AgileCipherParams", _OfExcel2010)
        patch.setattr(ECMA376Agile, "generate_integrity_parameter", lambda *_: (bytes(20), bytes(20)))
        return _agile(password)


def _standard(password: str) -> bytes:
    """As Excel 2007 encrypts: AES-128 in ECB mode ([MS-OFFCRYPTO] 2.3.4.5)."""
    package = xlsx_file({"表": ROWS})
    key = ECMA376Standard.makekey_from_password(password, 0x660E, 0x8004, 0x18, 128, 16, SALT)
    aes = Cipher(algorithms.AES(key), modes.ECB())

    def coded(data: bytes) -> bytes:
        return aes.encryptor().update(data + bytes(-len(data) % 16))

    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + "AES\0".encode("utf-16-le")
    proof = coded(SALT) + struct.pack("<I", 20) + coded(hashlib.sha1(SALT).digest())
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + struct.pack("<I", 16) + SALT + proof
    out = io.BytesIO()
    ECMA376Encrypted(struct.pack("<Q", len(package)) + coded(package), info).write_to(out)
    return out.getvalue()


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at <= len(stream) - 4:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        at += 4 + length


def _locked_xls(file_pass: bytes, encrypted: Callable[[bytes], bytes]) -> bytes:
    """An xls with this record about its encryption; ``encrypted`` takes the whole stream."""
    stream = workbook_stream(xls_file({"表": ROWS, "乙": [["乙"]]}))
    stream = stream[: max(at + length for kind, at, length in _records(stream) if kind)]
    # The library stops at a piece of a record behind the last one.
    odd = -len(stream + file_pass) % 4
    stream += struct.pack("<HH", 0, odd) + bytes(odd)
    first = 4 + int.from_bytes(stream[2:4], "little")
    record = struct.pack("<HH", 0x2F, len(file_pass)) + file_pass
    stream = stream[:first] + record + stream[first:]
    plain = bytearray(stream)
    for kind, at, _ in _records(stream):
        if kind == 0x85:
            plain[at : at + 4] = (int.from_bytes(stream[at : at + 4], "little") + len(record)).to_bytes(4, "little")
    coded = bytearray(encrypted(bytes(plain)))
    for kind, at, length in _records(bytes(plain)):
        kept = length if kind in (0x0809, 0x2F, 0xE1) else 4 if kind == 0x85 else 0
        coded[at - 4 : at + kept] = plain[at - 4 : at + kept]
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, bytes(coded))
    return out.getvalue()


def _rc4(password: str) -> bytes:
    def cipher(data: bytes) -> bytes:
        return DocumentRC4.decrypt(password, SALT, io.BytesIO(data), 1024).read()

    proof = cipher(SALT + hashlib.md5(SALT).digest())
    return _locked_xls(struct.pack("<HHH", 1, 1, 1) + SALT + proof, cipher)


def _crypto_api(password: str, bits: int = 128) -> bytes:
    def cipher(data: bytes) -> bytes:
        return DocumentRC4CryptoAPI.decrypt(password, SALT, bits or 40, io.BytesIO(data), 1024).read()

    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + "Base\0".encode("utf-16-le")
    proof = cipher(SALT + hashlib.sha1(SALT).digest())
    verifier = struct.pack("<I", 16) + SALT + proof[:16] + struct.pack("<I", 20) + proof[16:]
    return _locked_xls(struct.pack("<HHHII", 1, 4, 2, 4, len(header)) + header + verifier, cipher)


def _masked(password: str) -> bytes:
    mask = DocumentXOR.create_xor_array_method1(password)

    def cipher(data: bytes) -> bytes:
        coded = bytearray(data)
        for _, at, length in _records(data):
            for place in range(at, min(at + length, len(data))):
                coded[place] = ((data[place] << 5 | data[place] >> 3) & 0xFF) ^ mask[(place + length) % 16]
        return bytes(coded)

    key = DocumentXOR.create_xor_key_method1(password)
    verifier = next(v for v in range(1 << 16) if DocumentXOR.verifypw(password, v))
    return _locked_xls(struct.pack("<HHH", 0, key, verifier), cipher)


WAYS: dict[str, Encrypt] = {
    "agile": _agile,
    "agile of Excel 2010": _agile_of_2010,
    "standard": _standard,
    "RC4": _rc4,
    "RC4 of the CryptoAPI": _crypto_api,
    "RC4 of the CryptoAPI, 40 bits": lambda password: _crypto_api(password, 0),
    "XOR": _masked,
}
EACH_WAY = pytest.mark.parametrize("encrypt", WAYS.values(), ids=WAYS.keys())


@EACH_WAY
def test_a_workbook_with_the_default_password_is_read(encrypt: Encrypt) -> None:
    sheet = read_sheets(encrypt(PASSWORD))[0]
    assert sheet.cells.rows() == [tuple(map(str, cells)) for cells in ROWS]


@EACH_WAY
def test_a_workbook_with_another_password_is_refused(encrypt: Encrypt) -> None:
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(encrypt("另一个" if encrypt is _agile else "other"))


def test_the_process_of_the_reader_opens_them_too() -> None:
    with ReaderProcess() as reader:
        assert reader(lambda: _agile(PASSWORD))[0].cells.height == len(ROWS)


@pytest.mark.parametrize("encrypt", [_rc4, _crypto_api, _masked])
def test_the_stream_is_what_the_library_makes_of_it(encrypt: Encrypt) -> None:
    content, out = encrypt(PASSWORD), io.BytesIO()
    file = Xls97File(io.BytesIO(content))
    file.load_key(password=PASSWORD)
    file.decrypt(out)
    assert decrypted_stream(workbook_stream(content)) == workbook_stream(out.getvalue())


@pytest.mark.parametrize("rows", [1, 500], ids=["short sectors", "long sectors"])
def test_a_stream_is_put_back_where_it_was(rows: int) -> None:
    content = xls_file({"表": ROWS[:rows]})
    stream = workbook_stream(content)
    other = stream[:-3] + b"end"
    changed = with_workbook_stream(content, other)
    assert len(changed) == len(content)
    assert workbook_stream(changed) == other
    assert with_workbook_stream(content, stream) == content


@pytest.mark.parametrize("spins", [b"1000001", b"9999999", b"10000000", b"99999999999", b"-1", b""])
def test_a_password_that_would_be_hashed_for_long_is_not_tried(spins: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert int(spins or 0) > MOST_SPINS or spins in (b"-1", b"")
    content = _described(lambda info: info.replace(b'spinCount="1000"', b'spinCount="%s"' % spins))
    monkeypatch.setattr(OOXMLFile, "load_key", None)
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(content)


@pytest.mark.parametrize(
    "change",
    [
        lambda info: info.replace(b"<encryption", b'<!DOCTYPE a [<!ENTITY a "a">]><encryption'),
        lambda info: info.replace(b"keyData", b"other"),
        lambda info: info.replace(b'saltValue="', b'saltValue="A'),
        lambda info: info[:40],
        lambda info: b"\4\0\3\0" + info[4:],
        lambda info: info[:8],
        lambda _: b"",
    ],
    ids=["entities", "no key", "no base 64", "cut", "extensible", "no description", "empty"],
)
def test_a_damaged_description_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(_described(change))


def test_a_long_description_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _agile(PASSWORD)
    monkeypatch.setattr(default_password, "_LARGEST_DESCRIPTION", 500)
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(content)


def _described(change: Callable[[bytes], bytes]) -> bytes:
    """An encrypted xlsx with another description of its encryption."""
    info, key = ECMA376Agile.generate_encryption_parameters(PASSWORD, None, 1000)
    package = io.BytesIO(xlsx_file({"表": ROWS}))
    data = ECMA376Agile.encrypt_payload(package, info.encryptedKey, key, info.keyData.saltValue)
    description = change(ECMA376Agile.get_encryption_information(info, data, key))
    out = io.BytesIO()
    ECMA376Encrypted(data, description).write_to(out)
    return out.getvalue()


@pytest.mark.parametrize("spot", range(5, 100, 10))
@pytest.mark.parametrize("encrypt", [_agile, _rc4, _masked])
def test_damage_is_refused_or_read_but_raises_nothing_else(encrypt: Encrypt, spot: int) -> None:
    content = bytearray(encrypt(PASSWORD))
    start = len(content) * spot // 100
    content[start : start + 20] = b"\xff" * 20
    with suppress(RefusedError):
        assert read_sheets.__wrapped__(bytes(content))  # type: ignore[attr-defined]


def test_a_package_that_unpacks_without_end_is_refused_as_any_other() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    bomb.seek(0)
    with pytest.raises(RefusedError, match="100倍"):
        read_sheets(ECMA376Agile.encrypt(PASSWORD, bomb, spin_count=1000))
