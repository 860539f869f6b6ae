"""Open workbooks that are encrypted with the password which office programs try by themselves ([MS-OFFCRYPTO]).

Belongs here: decrypting them, limits on what decrypting may cost.
Does not belong here: other passwords, which nobody but the sender knows; reading what was decrypted (``workbook``).

Excel encrypts with it if only the structure of a workbook is protected; a person opens the file without being asked.
msoffcrypto-tool decrypts. It would write a decrypted xls into a temporary file, so its ciphers are called here.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from sources.reading.files.compound import stream_named
from sources.refusal import ENCRYPTED, RefusedError

PASSWORD = "VelvetSweatshop"  # noqa: S105 - known to every office program ([MS-XLS] 2.4.117)
MOST_SPINS = 1_000_000
"""Times that a password may be hashed, which takes a second; office programs do so 100 000 times."""
_AGILE = b"\4\0\4\0"
_LARGEST_DESCRIPTION = 16 * 1024
_SPINS = re.compile(rb"""spinCount\s*=\s*["']\s*([0-9]{1,7})\s*["']""")

_FILEPASS = 0x002F
_BEGIN, _END, _SHEET, _NOTHING = 0x0809, 0x000A, 0x0085, 0x0000
_PLAIN = frozenset({_BEGIN, _FILEPASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138})
"""Records that are never encrypted ([MS-XLS] 2.2.10): the others are, after kind and length."""
_POSITION = 4
"""First bytes of the record of a sheet that are not encrypted."""
_RC4_BLOCK = 1024
_PAIR = struct.Struct("<HH")

_Cipher = Callable[[bytes], bytes]


def decrypted_package(content: bytes) -> bytes:
    """Decrypt an xlsx. Raises RefusedError if it has another password, is damaged, or would cost too much."""
    with _refused():
        description = stream_named(content, "EncryptionInfo")
        if description.startswith(_AGILE) and not _is_bearable(description):
            raise RefusedError(ENCRYPTED)
        file, package = OOXMLFile(io.BytesIO(content)), io.BytesIO()
        file.load_key(password=PASSWORD)
        file.decrypt(package)
        return package.getvalue()


def _is_bearable(description: bytes) -> bool:
    """Check the cost of an encryption that its XML describes; the older form always takes 50 000 spins."""
    spins = _SPINS.findall(description)
    is_plain = len(description) <= _LARGEST_DESCRIPTION and b"<!" not in description
    return is_plain and len(spins) == 1 and int(spins[0]) <= MOST_SPINS


def is_encrypted(stream: bytes) -> bool:
    """Check whether the stream of an xls is encrypted: it says so among its first records."""
    return _file_pass(stream) is not None


def decrypted_stream(stream: bytes) -> bytes:
    """Decrypt the stream of an xls; it stays as long. Raises RefusedError if it has another password or is damaged."""
    with _refused():
        return _with_plain_parts(stream, _cipher(_file_pass(stream) or b"")(stream))


@contextmanager
def _refused() -> Iterator[None]:
    """Refuse what cannot be decrypted, for whatever reason: the file is encrypted, and more is not known about it."""
    try:
        yield
    except (RefusedError, MemoryError):
        raise
    except Exception:
        raise RefusedError(ENCRYPTED) from None


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, position and length of the records' bodies."""
    position = 0
    while position <= len(stream) - 4:
        kind, length = _PAIR.unpack_from(stream, position)
        yield kind, position + 4, length
        position += 4 + length


def _file_pass(stream: bytes) -> bytes | None:
    """Return the body of the record that says how the stream is encrypted."""
    for number, (kind, at, length) in enumerate(_records(stream)):
        if kind == _FILEPASS:
            return stream[at : at + length]
        if kind == _END or (number == 0 and kind != _BEGIN):
            return None
    return None


def _cipher(file_pass: bytes) -> _Cipher:
    kind, major, minor = struct.unpack_from("<HHH", file_pass)
    if kind == 0 and len(file_pass) == 6:
        if not DocumentXOR.verifypw(PASSWORD, minor):
            raise RefusedError(ENCRYPTED)
        return _unmasked
    if (kind, major, minor) == (1, 1, 1):
        salt, proof = file_pass[6:22], file_pass[22:54]
        return _proven(lambda data, size: DocumentRC4.decrypt(PASSWORD, salt, io.BytesIO(data), size), "md5", proof)
    if kind == 1 and major in (2, 3, 4) and minor == 2:
        bits = int.from_bytes(file_pass[30:34], "little") or 40
        verifier = file_pass[14 + int.from_bytes(file_pass[10:14], "little") :]
        salt, proof = verifier[4:20], verifier[20:36] + verifier[40:60]
        return _proven(
            lambda data, size: DocumentRC4CryptoAPI.decrypt(PASSWORD, salt, bits, io.BytesIO(data), size), "sha1", proof
        )
    raise RefusedError(ENCRYPTED)


def _proven(decrypt: Callable[[bytes, int], io.BytesIO], algorithm: str, proof: bytes) -> _Cipher:
    """Return the cipher if the password is right: the proof has 16 bytes and their digest, encrypted in one go."""
    found = decrypt(proof, _RC4_BLOCK).read()
    if hashlib.new(algorithm, found[:16], usedforsecurity=False).digest() != found[16:]:
        raise RefusedError(ENCRYPTED)
    return lambda stream: decrypt(stream, _RC4_BLOCK).read()


def _unmasked(stream: bytes) -> bytes:
    """Undo the mask of 16 bytes: its place is that of the byte in the stream plus the length of the record.

    [MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.7.3; bytes are counted modulo 16.
    """
    starts, lengths = zip(*((at, length % 16) for _, at, length in _records(stream)), strict=True)
    steps = np.zeros(len(stream) + 1, np.uint8)
    steps[np.minimum(starts, len(stream))] = np.diff(np.array(lengths, np.uint8), prepend=np.uint8(0))
    offsets = np.resize(np.arange(16, dtype=np.uint8), len(stream)) + np.cumsum(steps, dtype=np.uint8)[:-1]
    mask = np.array(DocumentXOR.create_xor_array_method1(PASSWORD), np.uint8)[offsets % 16]
    masked = np.frombuffer(stream, np.uint8) ^ mask
    return bytes((masked >> 5) | (masked << 3))


def _with_plain_parts(stream: bytes, decrypted: bytes) -> bytes:
    """Put back what was not encrypted, and turn the record about the encryption into one that says nothing."""
    result = bytearray(decrypted)
    for kind, at, length in _records(stream):
        plain = length if kind in _PLAIN else _POSITION if kind == _SHEET else 0
        result[at - 4 : at + min(plain, length)] = stream[at - 4 : at + min(plain, length)]
        if kind == _FILEPASS:
            result[at - 4 : at + length] = _PAIR.pack(_NOTHING, length) + bytes(length)
    return bytes(result[: len(stream)])
