"""Numerator and denominator of the indicators of documents, designs and meetings; the mart of the documents.

Belongs here: what is in force or available on a day. Does not belong here: how numbers compare (``numbers``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import first_day
from tests.oracle.households import Month
from tests.oracle.indicators.figures import Figure, Pair, share, total
from tests.oracle.indicators.scope import Scope
from tests.oracle.numbers import form, several
from tests.oracle.reading.delivered import Row

DOCUMENTS, DESIGNS, NATURAL, MEETINGS = (
    "policy_instruments",
    "standard_designs",
    "natural_villages",
    "joint_meetings",
)


def _has_begun(document: Row, day: date) -> bool:
    begins = document["effective_on"] or document["issued_on"]
    return begins is None or begins <= day


def in_force(documents: list[Row], day: date) -> list[Row]:
    """The documents that hold on a day: begun, not expired, and not replaced by another that has begun."""
    replaced = set()
    for document in documents:
        if _has_begun(document, day):
            replaced |= several(document["replaces"]) - {form(document["instrument_no"])}
    return [
        d
        for d in documents
        if _has_begun(d, day)
        and (d["expires_on"] is None or d["expires_on"] > day)
        and form(d["instrument_no"]) not in replaced
    ]


def policy_instruments(month: Month) -> list[dict[str, Any]]:
    """Rows of the mart of that name: the delivery that counts."""
    scope = Scope(month, "district", "")
    rows = scope.snapshot(DOCUMENTS)
    holding = {id(d) for d in in_force(rows, scope.as_of(DOCUMENTS))}
    same = ("instrument_no", "title", "document_no", "issuer", "subject", "form", "issuing_level")
    same += ("issued_on", "effective_on", "expires_on", "replaces")
    return [{"month": first_day(month.month), **{c: r[c] for c in same}, "is_in_force": id(r) in holding} for r in rows]


def _documents(subject: str, form_of: str, *, is_other: bool = False) -> Figure:
    """The district's documents in force of a subject that have the form, or with ``is_other`` another one."""

    def figure(scope: Scope) -> Pair:
        holding = in_force(scope.snapshot(DOCUMENTS), scope.as_of(DOCUMENTS))
        found = [d for d in holding if d["issuing_level"] == "区级" and d["subject"] == subject]
        return sum((d["form"] == form_of) != is_other for d in found), None

    return figure


def _available(scope: Scope, day: date) -> list[Row]:
    return [
        d
        for d in scope.snapshot(DESIGNS)
        if d["facility_kind"] == "污水处理"
        and (d["published_on"] is None or d["published_on"] <= day)
        and (d["withdrawn_on"] is None or d["withdrawn_on"] > day)
    ]


def _in_use(scope: Scope) -> Pair:
    named = {form(r["design_no"]) for r in scope.snapshot(NATURAL)}
    designs = _available(scope, scope.as_of(DESIGNS, NATURAL))
    return sum(form(d["design_no"]) in named for d in designs), None


def _built_to_design(scope: Scope) -> Pair:
    rows = [r for r in scope.snapshot(NATURAL) if r["is_built_to_design"] is not None]
    return share(rows, lambda r: r["is_built_to_design"])


def _held(scope: Scope, *, is_joint: bool) -> list[Row]:
    """The meetings of the year to date; with ``is_joint`` only the joint ones."""
    start = date(scope.last_day.year, 1, 1)
    rows = [r for r in scope.ledger(MEETINGS) if r["held_on"] >= start]
    return [r for r in rows if not is_joint or r["meeting_type"] == "联席会议"]


def _months_compared(scope: Scope) -> Pair:
    compared = {r["held_on"].month for r in _held(scope, is_joint=True) if r["compared_data"]}
    return len(compared), scope.last_day.month


def _decisions(scope: Scope) -> tuple[Decimal, Decimal]:
    rows = _held(scope, is_joint=False)
    return total(rows, "decisions_closed"), total(rows, "decisions")


DESK: dict[str, Figure] = {
    "monitoring.plans_in_force": _documents("监测帮扶", "方案"),
    "monitoring.joint_meetings": lambda s: (len(_held(s, is_joint=True)), None),
    "monitoring.meeting_months_rate": _months_compared,
    "monitoring.decisions_closed_rate": _decisions,
    "consumption.plans_in_force": _documents("消费帮扶", "方案"),
    "funds.management_documents": _documents("资金管理", "机构设立", is_other=True),
    "assets.management_documents": _documents("资产管理", "机构设立", is_other=True),
    "assets.leading_groups": _documents("资产管理", "机构设立"),
    "sewage.standard_designs": lambda s: (len(_available(s, s.as_of(DESIGNS))), None),
    "sewage.designs_in_use": _in_use,
    "sewage.built_to_design_rate": _built_to_design,
}
