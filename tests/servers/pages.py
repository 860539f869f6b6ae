"""The right answers of the HTTPS server: a file with ranges, and rows page by page."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import urlencode

from tests.servers.replies import Answer, Reply, Request

By = Literal["page", "cursor", "link"]


def file_answer(content: bytes, modified: dt.datetime) -> Answer:
    """Hand out a file; a range is answered if If-Range, where given, still names this content (RFC 9110, 13 and 14)."""
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {
        "Content-Type": "application/octet-stream",
        "ETag": etag,
        "Last-Modified": format_datetime(modified.astimezone(dt.UTC), usegmt=True),
        "Accept-Ranges": "bytes",
    }

    def answer(request: Request) -> Reply:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if etag in request.headers.get("if-none-match", ""):
            return Reply(304, headers)
        if not asked or request.headers.get("if-range", etag) not in (etag, headers["Last-Modified"]):
            return Reply(200, headers, content)
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        if first > last:
            return Reply(416, {**headers, "Content-Range": f"bytes */{len(content)}"})
        part = {**headers, "Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return Reply(206, part, content[first : last + 1])

    return answer


def pages_answer(rows: Sequence[Any], by: By, size: int, url: str) -> Answer:
    """Serve the rows in pages; `page` counts from 1, `cursor` is opaque, `link` has the address of the next page."""

    def answer(request: Request) -> Reply:
        wanted = int(request.query.get("size", size))
        cursor = request.query.get("cursor", "c0")
        first = int(cursor[1:]) if by == "cursor" else (int(request.query.get("page", 1)) - 1) * wanted
        last = first + wanted
        common = {"rows": rows[first:last], "total": len(rows)}
        if by == "page":
            return Reply.json({**common, "page": first // wanted + 1, "pages": -(-len(rows) // wanted)})
        if by == "cursor":
            return Reply.json({**common, "next_cursor": f"c{last}" if last < len(rows) else None})
        query = {**request.query, "page": last // wanted + 1, "size": wanted}
        following = f"{url}?{urlencode(query)}" if last < len(rows) else None
        return Reply.json({**common, "next": following}, {"Link": f'<{following}>; rel="next"'} if following else {})

    return answer
