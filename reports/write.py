"""Write the documents of a month, the report and the agenda, each as Word and as a page.

Belongs here: which database and template a document is made of, where it goes, that it is whole.
Does not belong here: contents (``report``, ``agenda``), templates (``word``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reports import agenda, page, report
from reports.catalogue import Catalogue
from reports.maps import maps
from reports.marts import opened
from reports.report import Edition
from reports.word import Filling, write_document
from sources.contracts.model import Contracts
from sources.home import OPEN_ENDING, Home
from sources.months import Month
from workbooks.style import file_name

TITLE = "巩固拓展脱贫攻坚成果同乡村振兴有效衔接工作月报"
AGENDA_TITLE = "巩固拓展脱贫攻坚成果同乡村振兴有效衔接工作联席会议议程"


@dataclass(frozen=True)
class Documents:
    """The documents that were written: paths by ``report``, ``page``, ``agenda`` and ``agenda_page``."""

    paths: dict[str, Path]
    without_charts: str
    """Why the report has no charts; empty if it has them."""


@dataclass(frozen=True)
class Sources:
    """What documents are made of: the two databases of one published version, words, templates and a map."""

    edition: Edition
    open_marts: Path
    full_marts: Path
    contracts: Contracts
    catalogue: Catalogue
    report_template: Path = report.TEMPLATE
    agenda_template: Path = agenda.TEMPLATE
    map: Path | None = None
    """GeoJSON of towns and villages; None: a grid."""


def load_libraries() -> None:
    """Import what draws charts and writes documents, which takes a second: a run does it while it waits for dbt."""
    import docxtpl
    import mammoth
    from matplotlib.backends import backend_agg, backend_svg

    assert all((docxtpl, mammoth, backend_agg, backend_svg))  # noqa: S101


def report_folder(home: Home, month: Month) -> Path:
    """Return the folder of a month's report, which the readers of the open marts may enter."""
    return home.published / f"reports{OPEN_ENDING}" / str(month)


def agenda_folder(home: Home, month: Month) -> Path:
    """Return the folder of a month's agenda, which is for the office."""
    return home.outbox / "meetings" / str(month)


def write_documents(home: Home, month: Month, sources: Sources) -> Documents:
    """Write the documents of a published month, each in one step.

    Without a font with Chinese characters the report has no charts. Raises NotPublishedError if the version does not
    have the month, TemplateError and GeometryError if a template or the map cannot be used, OSError if a folder cannot
    be written. Nothing is written unless all documents could be made.
    """
    filling, report_path, document, shown = _report(home, month, sources)
    agenda_path, meeting, meeting_page = _agenda(home, month, sources)
    paths = {
        "report": report_path,
        "page": report_path.with_suffix(".html"),
        "agenda": agenda_path,
        "agenda_page": agenda_path.with_suffix(".html"),
    }
    for path, content in zip(paths.values(), (document, shown, meeting, meeting_page), strict=True):
        with home.replacing(path) as temporary:
            temporary.write_bytes(content)
    return Documents(paths, filling.values["图表说明"])


def _report(home: Home, month: Month, sources: Sources) -> tuple[Filling, Path, bytes, bytes]:
    with opened(sources.open_marts, month) as marts:
        filling = report.filling(marts, sources.contracts, sources.catalogue, sources.edition)
        district, drawn = marts.district["name"], maps(marts, sources.map)
    document = write_document(sources.report_template, filling)
    path = report_folder(home, month) / f"{file_name(district)}乡村振兴工作月报_{month}.docx"
    title = f"{district}{filling.values['月份']}{TITLE}"
    shown = page.html(document, title, filling.charts.values(), drawn)
    return filling, path, document, shown.encode()


def _agenda(home: Home, month: Month, sources: Sources) -> tuple[Path, bytes, bytes]:
    with opened(sources.full_marts, month) as marts:
        filling = agenda.filling(marts, sources.contracts, sources.catalogue, sources.edition)
        district = marts.district["name"]
    path = agenda_folder(home, month) / f"{file_name(district)}联席会议议程_{month}.docx"
    document = write_document(sources.agenda_template, filling)
    return path, document, page.html(document, f"{district}{filling.values['月份']}{AGENDA_TITLE}", (), "").encode()
