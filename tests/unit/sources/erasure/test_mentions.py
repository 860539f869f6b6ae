"""A text is found in bytes of every common encoding, with the bytes of GB 18030 that Python takes for private use."""

from __future__ import annotations

import pytest

from sources.erasure.mentions import mentions


@pytest.mark.parametrize("content", [b"\xcd\xf5\xfe\x59\xce\xb0", "王\ue81e伟".encode(), "王龴伟".encode("utf-16-le")])
def test_a_name_is_found_however_its_characters_are_written(content: bytes) -> None:
    assert mentions(b"1," + content + b",2", ["王龴伟"])
    assert not mentions(b"1," + content + b",2", ["王龵伟"])
