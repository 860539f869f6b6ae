"""Serve the documentation of the data beside Dagster's pages: the dictionary, its workbook and dbt's page.

Belongs here: paths, types, what the pages may load. Does not belong here: contents (``orchestration.dictionary``), the
login (``guard``, which passes requests on to here).

The documentation is made at the first request, in memory: it holds no data of the home, and follows from the program
and the words of the county, as Dagster's definitions do.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.commands.docs import PAGE, write_docs
from orchestration.dictionary import ADDRESS
from orchestration.runtime.county import contracts_here
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HEADERS = {
    # Both pages have all they need inside; dbt's compiles its templates.
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src 'self' data:; font-src data:",
    "Cache-Control": "no-cache",
}


class Documents:
    """An ASGI application that answers below ``ADDRESS`` and hands every other request to Dagster."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a document, or hand the request on."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith(ADDRESS):
            await self._app(scope, receive, send)
            return
        answer = await run_in_threadpool(_answer, path)
        await answer(scope, receive, send)


def _answer(path: str) -> Response:
    if not path.startswith(ADDRESS):
        return RedirectResponse(ADDRESS)
    name = path.removeprefix(ADDRESS) or PAGE
    try:
        content = _documents().get(name)
    except ShouwangError as error:
        return PlainTextResponse(str(error), 503)
    if content is None:
        return PlainTextResponse(f"没有这个文件:{name}", 404)
    return Response(content, headers=_HEADERS, media_type=_TYPES[Path(name).suffix])


@cache
def _documents() -> dict[str, bytes]:
    """Make all documents. Raises ShouwangError if the dbt project cannot be parsed."""
    with tempfile.TemporaryDirectory() as folder:
        return {path.name: path.read_bytes() for path in write_docs(Path(folder), contracts_here(Settings().home))}
