"""Photograph the pages of the tour: ``python -m tests.tour [HOME]``, with a home that ``make demo`` has filled.

Belongs here: which pages, what they must show. Does not belong here: the words of the tour (``docs/zh/tour.md``).

The home is copied first, and its data are of the invented district. A picture that shows something else than the
tour says, or is too large for the repository, is an error.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestration.commands.docs import write_docs
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from tests.paths import ROOT
from tests.pipeline.browser import Browser, browser
from tests.pipeline.web import TOKEN, web

IMAGES = ROOT / "docs" / "zh" / "images"
WIDTH, HEIGHT, MAX_BYTES = 1280, 720, 150_000
REST_SECONDS = 4
"""Pages draw on after their words have appeared."""
MONTH = "2021-06"


@dataclass(frozen=True)
class Picture:
    """A page by its path, with words that it must show before it is photographed."""

    name: str
    path: str
    words: tuple[str, ...]


PICTURES = (
    Picture("timeline", "/overview/timeline", ("monthly_run",)),
    Picture("assets", "/asset-groups", ("civil_affairs",)),
    Picture("checks", "/assets/civil_affairs/subsistence_allowance?view=checks", ("delivered", "structure")),
    Picture("table", f"/assets/civil_affairs/subsistence_allowance?partition={MONTH}", ("subsistence_allowance",)),
    Picture("status", f"/assets/month_status?partition={MONTH}&view=partitions", ("本月概况", "需要处理")),
    Picture("reconciliation", f"/assets/month_reconciliation?partition={MONTH}", ("month_reconciliation", "本月概况")),
    Picture("indicators", f"/assets/month_indicators?partition={MONTH}", ("month_indicators",)),
    Picture("automation", "/automation", ("monthly_run_schedule", "new_deliveries")),
)
DICTIONARY = Picture("dictionary", "/index.html", ("部门数据表", "农户基础信息名册"))


def main(home: Path, images: Path = IMAGES) -> None:
    """Photograph every page into ``images``. Raises AssertionError if a page does not show what it must."""
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shouwang-tour-") as folder:
        copy, docs, profile = (Path(folder, name) for name in ("home", "docs", "profile"))
        shutil.copytree(home, copy, symlinks=True)
        write_docs(docs, load_contracts())
        with web(Settings(home=copy)) as server:
            login = server.url.replace("/graphql", f"/?token={TOKEN}")
            with browser(profile, login) as page:
                page._call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1,
                           mobile=False)  # fmt: skip
                for picture in PICTURES:
                    photograph(page, picture, images)
                page.address = docs.as_uri()
                photograph(page, DICTIONARY, images)


def photograph(page: Browser, picture: Picture, images: Path) -> None:
    """Photograph one page. Raises AssertionError if it does not show its words, or is too large."""
    page.open(picture.path, *picture.words)
    page.settle(REST_SECONDS)
    path = images / f"{picture.name}.png"
    page.photograph(path)
    assert path.stat().st_size < MAX_BYTES, f"{path.name}: {path.stat().st_size} bytes"
    print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path, path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "data").absolute())
