"""Define the exceptions for a file that cannot be used, with a message for the people who deal with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ENCRYPTED = "工作簿已加密,无法读取;请取消密码后重新报送。"
EXPORT_ANEW = (
    "请从原系统重新导出xlsx后报送。不要双击用Excel打开后另存:18位号码会丢失末几位;"
    "只能用Excel时,请用“数据—从文本/CSV”导入,把号码列设为“文本”,再另存为xlsx。"
)
"""Advice for a text that Excel would open as numbers."""
BREAKAGE = "处理时出错"
"""Begins the refusal of a file that raised an error which nobody foresaw."""
TOO_LARGE = "处理这个文件需要的内存超过上限;请删除多余的行、列和工作表,或拆分后重新报送。"
_PANIC = "PanicException"
"""Raised by calamine and polars if their Rust code panics; it is not an ``Exception``."""


class RefusedError(Exception):
    """Refuses a file as a whole; the message is Chinese, quotes no cell and tells the sender how to fix the file."""


class OwnOutputError(RefusedError):
    """Refuses a workbook that this system wrote to inform people: it is no delivery, whatever its name."""


class DamagedOriginalError(Exception):
    """An archived original is missing or no longer what was delivered; the message is Chinese, without identities.

    It is not a refusal: the file was good, and a delivery without it must not replace what was accepted.
    """


@contextmanager
def breakage_refused() -> Iterator[None]:
    """Turn any error but a damaged original into RefusedError: one hostile file must not stop the others.

    The message gives the type of the error only, because its text may quote a cell.
    """
    try:
        yield
        return
    except (RefusedError, DamagedOriginalError):
        raise
    except MemoryError:
        raise RefusedError(TOO_LARGE) from None
    except Exception as error:
        problem = type(error).__name__
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        problem = _PANIC
    raise RefusedError(f"{BREAKAGE}({problem}),文件可能已损坏或格式不对;请重新导出后报送,仍有问题请联系技术人员。")
