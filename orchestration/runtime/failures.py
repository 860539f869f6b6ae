"""Keep cell content out of Dagster: unexpected exceptions keep their text in the restricted zone only."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dagster import Failure

from orchestration.runtime.errors import cause
from orchestration.working_days import ZONE
from sources.home import Home


def keep_privately(home: Home, error: BaseException) -> str:
    """Write an exception with its traceback to ``restricted/errors``; returns the path relative to the data home.

    The text of an exception may quote a cell, so it must not leave the restricted zone.
    """
    name = f"{datetime.now(ZONE):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.txt"
    path = home.restricted / "errors" / name
    with home.replacing(path) as temporary:
        temporary.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return str(path.relative_to(home.root))


def in_public(home: Home, error: Exception, what: str) -> str:
    """Describe an unexpected exception in one Chinese message; ``what`` names the failed action.

    The message gives the cause of an error of the system or a database. Any other exception goes to
    ``restricted/errors``; the message gives its type and that path.
    """
    if why := cause(error):
        return f"{what}时读写失败:{why}。请检查磁盘空间和目录权限后重新运行。"
    return f"{what}时出错({type(error).__name__}),详情见 {keep_privately(home, error)}。"


@contextmanager
def redacted(home: Home, what: str) -> Iterator[None]:
    """Replace any exception in the block with a ``Failure`` without its text and traceback.

    A ``Failure`` passes unchanged: its message is written for people. ``what`` names the action in Chinese. Raises
    Failure.
    """
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        # ``from None``: Dagster also stores the text of causes and contexts.
        raise Failure(description=in_public(home, error, what), allow_retries=False) from None
