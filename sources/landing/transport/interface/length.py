"""Notice that a server sends more than it announced, which HTTP libraries leave unread.

A server that counts characters instead of bytes announces too little for Chinese text: what is cut off would be lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from sources.landing.transport.trouble import TransportError


@contextmanager
def no_longer_than_announced(response: httpx.Response) -> Iterator[None]:
    """Count what arrives while the body is read. Raises TransportError if it is more than Content-Length.

    What arrives together with the headers cannot be told from them, and is not counted beyond the announced bytes.
    """
    stream, announced = response.extensions["network_stream"], response.headers.get("Content-Length", "")
    with_headers, later = [0], [0]
    read = stream.read

    def counting(max_bytes: int, timeout: float | None = None) -> bytes:
        if not later[0]:
            with_headers[0] = response.num_bytes_downloaded
        received: bytes = read(max_bytes, timeout)
        later[0] += len(received)
        return received

    stream.read = counting
    try:
        yield
    finally:
        stream.read = read
    if response.is_stream_consumed and announced.isdecimal() and with_headers[0] + later[0] > int(announced):
        raise TransportError("收到的内容比对方说的长(对方的 Content-Length 有误)", "请对方检查接口", True)
