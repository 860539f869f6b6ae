"""Ask for one page after another: by number, offset, cursor, or the address that an answer or its header names.

Belongs here: the setting ``page``, the next request. Does not belong here: repeated pages and totals (``rows``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.trouble import TransportError


class Page(BaseModel):
    """How an interface pages; exactly one of ``number``, ``offset``, ``cursor``, ``next`` and ``link``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str | None = None
    """Parameter of the page's number."""
    first: int = 1
    """Number of the first page."""
    offset: str | None = None
    """Parameter of the number of rows to skip."""
    cursor: str | None = None
    """Parameter that takes what the answer has at ``from``."""
    from_: str | None = Field(None, alias="from")
    next: str | None = None
    """Where the answer has the address of the next page."""
    link: bool = False
    """Whether the header Link has it (RFC 8288)."""
    size: str | None = None
    """Parameter of the rows per page."""
    per_page: int = Field(500, ge=1, le=100_000)

    @model_validator(mode="after")
    def _one_way(self) -> Page:
        ways = [self.number, self.offset, self.cursor, self.next, self.link]
        if sum(map(bool, ways)) != 1:
            raise ValueError("page 里要有且只有 number、offset、cursor、next、link 之一")
        if bool(self.cursor) != bool(self.from_):
            raise ValueError("page 里 cursor(参数名)和 from(答复中的位置)要一起写")
        return self

    @property
    def is_counted(self) -> bool:
        """Whether the next page follows from the number of pages or rows before it."""
        return bool(self.number or self.offset)

    @property
    def told(self) -> str | None:
        """Where the answer tells the next page; None if it is counted, or in the header."""
        return self.from_ or self.next


@dataclass(frozen=True)
class Progress:
    """What has been received: pages, rows, rows of the newest page, and the announced number of rows."""

    pages: int
    rows: int
    newest: int
    total: int | None


def first_page(page: Page | None, asked: Asked, per_page: int | None = None) -> Asked:
    """Ask for the first page, with ``per_page`` rows if the interface takes such a number."""
    if page is None:
        return asked
    if page.size:
        asked = asked.having(page.size, per_page or page.per_page)
    if page.number:
        return asked.having(page.number, page.first)
    return asked.having(page.offset, 0) if page.offset else asked


def later_page(page: Page, asked: Asked, pages: int, rows: int) -> Asked:
    """Ask for the page after as many counted ones, the newest of them empty."""
    asked = first_page(page, asked)
    if page.number:
        return asked.having(page.number, page.first + pages)
    return asked.having(str(page.offset), rows + page.per_page)


def next_page(
    page: Page | None, asked: Asked, found: Mapping[str, object], link: str | None, progress: Progress
) -> Asked | None:
    """Ask for the page after the newest one; None if that was the last.

    A page with fewer rows than asked for is not taken for the last: a server may have a limit of its own. Raises
    TransportError if the answer does not tell the next page, nor how many rows there are.
    """
    if page is None:
        return None
    if page.is_counted:
        if progress.newest == 0 or progress.rows == progress.total:
            return None
        if page.number:
            return asked.having(page.number, page.first + progress.pages)
        return asked.having(str(page.offset), progress.rows)
    if page.link:
        return asked.at(link) if link else None
    told = found.get(str(page.told))
    if page.told not in found and progress.pages == 1 and progress.total is None:
        raise TransportError(
            f"对方的答复里没有 {page.told} 这一项,不知道是否还有下一页", "请核对设置里 page 的写法,或写明 total"
        )
    if told in (None, "", False):
        return None
    if not isinstance(told, str):
        raise TransportError(f"对方的答复里 {page.told} 不是文字或数字", "请核对设置里 page 的写法")
    return asked.having(page.cursor, told) if page.cursor else asked.at(told)
