"""Errors that may be seen: what Dagster logs and stores holds no cell content.

Belongs here: turning an unexpected exception into a message without its text, and keeping the text in the
restricted zone.
Does not belong here: messages that are written for people to begin with (``Failure`` passes unchanged).
"""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dagster import Failure

from orchestration.working_days import ZONE
from sources.home import Home


def keep_privately(home: Home, error: BaseException) -> str:
    """Write an exception with its traceback to ``restricted/errors``; returns the path below the data home.

    The text of an exception may quote a cell, so it is for the restricted zone only.
    """
    name = f"{datetime.now(ZONE):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.txt"
    path = home.restricted / "errors" / name
    with home.replacing(path) as temporary:
        temporary.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return str(path.relative_to(home.root))


def in_public(home: Home, error: Exception, what: str) -> str:
    """One Chinese sentence on an unexpected exception: what failed, its type, where the details are."""
    if isinstance(error, OSError) and error.strerror:
        return f"{what}时读写失败:{error.strerror}。请检查磁盘空间和目录权限后重新运行。"
    return f"{what}时出错({type(error).__name__}),详情见 {keep_privately(home, error)}。"


@contextmanager
def redacted(home: Home, what: str) -> Iterator[None]:
    """Let only ``Failure`` out of the block; any other exception becomes one, without its text and traceback.

    ``what`` says in Chinese what is being done. Raises Failure.
    """
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        # Without its cause: Dagster stores the text of causes and contexts as well.
        raise Failure(description=in_public(home, error, what), allow_retries=False) from None
