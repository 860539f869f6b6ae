"""Why a file cannot be read, in words for the people who sent it.

Belongs here: the one exception that readers raise, also in place of whatever breaks in a reader.
Does not belong here: what becomes of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ENCRYPTED = "工作簿已加密,无法读取;请取消密码后重新报送。"
_PANIC = "PanicException"
"""What calamine and polars raise where their own code gives up; it is no ``Exception`` to Python."""


class RefusedError(Exception):
    """A file is refused as a whole; the text is Chinese, names no cell content and says what to do."""


@contextmanager
def breakage_refused() -> Iterator[None]:
    """Turn whatever breaks inside into RefusedError: one hostile file must not stop the others.

    The message names the kind of error only; its text may quote a cell.
    """
    try:
        yield
        return
    except RefusedError:
        raise
    except Exception as error:
        problem = type(error).__name__
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        problem = _PANIC
    raise RefusedError(f"处理时出错({problem}),文件可能已损坏或格式不对;请重新导出后报送,仍有问题请联系技术人员。")
