"""Hand the published version, the words of the catalogues and the settings to the documents of a month.

Belongs here: what ``reports`` cannot know. Does not belong here: documents (``reports``), assets, commands.
"""

from __future__ import annotations

from datetime import datetime

from orchestration.dictionary import catalogues
from orchestration.publishing.version import FULL, OPEN, current
from orchestration.runtime.county import contracts_here
from orchestration.runtime.settings import Settings
from reports import agenda, report
from reports.catalogue import Catalogue, Definition
from reports.geometry import GeometryError
from reports.report import Edition
from reports.template_error import TemplateError
from reports.write import Documents, Sources, write_documents
from sources.months import Month
from workbooks.leads import NotPublishedError

FAULTS = (NotPublishedError, TemplateError, GeometryError)
"""What a person can mend; the messages are Chinese and without identities."""


def write_month(settings: Settings, month: Month) -> Documents:
    """Write the documents of a published month.

    Raises NotPublishedError if it is not published, and what ``write_documents`` raises.
    """
    home = settings.paths
    version = current(home.published)
    if version is None or str(month) not in version.months:
        raise NotPublishedError(f"{month} 还没有发布;请先运行这个月(shouwang run {month})。")
    if not version.open:
        raise NotPublishedError("现在的版本没有公开的数据集市,编不了月报;请重新运行最近的月份。")
    sources = Sources(
        edition=Edition(version.number, datetime.fromisoformat(version.created_at)),
        open_marts=home.published / OPEN.file(version.stem),
        full_marts=home.published / FULL.file(version.stem),
        contracts=contracts_here(settings.home),
        catalogue=catalogue(),
        report_template=settings.report_template or report.TEMPLATE,
        agenda_template=settings.agenda_template or agenda.TEMPLATE,
        map=settings.map,
    )
    return write_documents(home, month, sources)


def catalogue() -> Catalogue:
    """Return the words of the catalogues that documents need."""
    return Catalogue(
        indicators={
            row["code"]: Definition(
                catalogues.in_words(row["numerator"]),
                catalogues.in_words(row["denominator"]),
                tuple(row["datasets"].split(",")),
            )
            for row in catalogues.seed("indicators")
        },
        parameters=catalogues.PARAMETERS,
        conflicts={
            row["rule_code"]: (row["name_zh"], catalogues.in_words(row["definition"]))
            for row in catalogues.seed("conflict_rules")
        },
    )
