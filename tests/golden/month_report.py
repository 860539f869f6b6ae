"""Write the report of the golden month, and read its text back.

Belongs here: publishing the built marts, the texts of both documents. Does not belong here: the figures (``test_…``).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import datetime
from html import unescape
from pathlib import Path
from zipfile import ZipFile

from orchestration.dbt import manifest
from orchestration.publishing.content import MARTS
from orchestration.publishing.publish import publish
from orchestration.reporting import write_month
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.months import Month
from tests.dbt_fixture import DbtFixture

with Path(__file__).with_name("report_figures.csv").open(encoding="utf-8", newline="") as _file:
    FIGURES = list(csv.DictReader(_file))
"""The figures of the district's report, each with its sentence, and with the text that shows it in ours.

``#`` in ``shown`` stands for a number, which ``figure`` bounds. ``without`` says why a figure is not in ours.
"""


def write_report(district: DbtFixture, month: str) -> dict[str, str]:
    """Publish the marts, write the documents of the month, and return the text of each by its suffix."""
    project = manifest.load()
    grains, opened = manifest.grains(project, MARTS), manifest.open_marts(project)
    warehouse = district.home.warehouse / "warehouse.duckdb"
    publish(district.home, warehouse, Month.parse(month), "golden", grains, opened, datetime.now(ZONE), str)
    paths = write_month(Settings(home=district.root), Month.parse(month)).paths
    with ZipFile(paths["report"]) as parts:
        document = parts.read("word/document.xml").decode()
    # The numbers of the notes are between a figure and what follows it.
    written = re.sub(r"<sup>.*?</sup>|<style>.*?</style>", "", paths["page"].read_text("utf-8"), flags=re.DOTALL)
    return {".docx": _plain(document), ".html": _plain(written)}


def shows(text: str, figure: dict[str, str]) -> bool:
    """Check whether a text shows a figure of the district's report."""
    pattern = re.escape(_plain(figure["shown"])).replace(r"\#", r"(\d+)")
    found = re.search(pattern, text)
    if found and found.groups():
        return int(found[1]) >= int(figure["figure"].removeprefix(">="))
    return found is not None


def _plain(text: str) -> str:
    """Leave markup, punctuation of any width and white space out, but not the signs inside numbers."""
    words = unicodedata.normalize("NFKC", unescape(re.sub(r"<[^>]+>", "", text)))
    return re.sub(r"[\s,;:()\u201c\u201d\u3002\u3001]", "", words)
