"""Build the civil-affairs department's tables of 2026: lists of low-income people, cases and archives of the election.

Belongs here: rows of the lists, letters and files. Does not belong here: allowances and support (``civil_affairs``).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from sample import regime
from sample.departments.civil_affairs import PLACE, is_still_listed
from sample.district import District, clerk_columns

_CASE_DAYS = 60
"""Days for a case without a due day of its own (an office default)."""


def _listed(district: District, position: int, relief_list: str) -> pl.DataFrame:
    table = district.lives.relief.filter(pl.col("relief_list") == relief_list)
    rows = district.persons_of(table, position).filter(is_still_listed(position))
    first = district.calendar.months[position].first_day
    return rows.join(district.heads(), on="hid", how="left", maintain_order="left").with_columns(
        change_type=pl.when("has_left").then(pl.lit("退出"))
        .when(pl.col("recognised_on") >= first).then(pl.lit("新增"))
        .otherwise(pl.lit("正常"))
    )  # fmt: skip


def _members(district: District, position: int, relief_list: str, *more: str) -> pl.DataFrame:
    rows = _listed(district, position, relief_list)
    return rows.sort("village_code", "hid", "pid").select(
        "head_name",
        "head_resident_id",
        "person_name",
        "resident_id",
        "recognised_on",
        "valid_until",
        "change_type",
        *more,
        *clerk_columns(),
        **PLACE,
        relation_to_head=pl.col("relation_to_head").replace("户主", "本人"),
    )


def low_income_edge(district: District, position: int) -> pl.DataFrame:
    """List the members of households at the edge of the allowance, with some who left."""
    return _members(district, position, "edge")


def rigid_expense_households(district: District, position: int) -> pl.DataFrame:
    """List the members of households with expenses that they cannot avoid."""
    return _members(district, position, "rigid", "expense_type")


def unsupported_children(district: District, position: int) -> pl.DataFrame:
    """List children without parents who support them; the head of the household is the guardian."""
    rows = _listed(district, position, "child")
    kinds = pl.Series(["社会散居孤儿", "事实无人抚养儿童", "事实无人抚养儿童"])
    return rows.sort("village_code", "pid").select(
        "person_name",
        "resident_id",
        "recognised_on",
        "change_type",
        *clerk_columns(),
        **PLACE,
        guardian_name="head_name",
        child_category=(pl.col("pid") % 3).replace_strict(dict(enumerate(kinds)), return_dtype=pl.String),
        monthly_amount=pl.lit(1313_00, dtype=pl.Int64),
    )


def issue_cases(district: District, position: int) -> pl.DataFrame:
    """List the checks, problems and letters about villages: open, closed in time, and one day on both sides of due."""
    end = district.calendar.months[position].last_day
    villages = district.places.real["village_code"]
    older, due = end - timedelta(days=_CASE_DAYS + 1), end - timedelta(days=_CASE_DAYS)
    start = regime.BEGINS.first_day
    rows: list[tuple[str, str, date, date | None, str, date | None, str | None]] = [
        ("检查", "自查", start + timedelta(days=n % 28), None, "办结", start + timedelta(days=n % 28), None)
        for n in range(60)
    ]
    rows += [
        ("信件", "群众来信", older, None, "在办", None, None),
        ("信件", "群众来信", due, None, "在办", None, None),
        ("信件", "群众来信", older, end, "在办", None, None),
        ("信件", "群众来信", start, start + timedelta(days=50), "办结", start + timedelta(days=20), "不属实"),
        ("问题", "巡察移交", start, end - timedelta(days=1), "未办", None, None),
        ("问题", "上级交办", start, None, "办结", start + timedelta(days=9), "属实"),
        ("信件", "群众来信", start, None, "不予受理", None, None),
        ("重点整顿", "自查", start, date(start.year, 12, 31), "在办", None, None),
    ]
    names = ("case_type", "source", "received_on", "due_on", "status", "closed_on", "outcome")
    frame = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
    frame = frame.with_columns(
        case_no="WT" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(4),
        village_name=villages.gather([(7 * n) % len(villages) for n in range(frame.height)]),
        responsible_unit=pl.lit("区民政局"),
        summary=pl.when(pl.col("case_type") == "信件").then(pl.lit("反映村务公开不及时")),
    ).filter(pl.col("received_on") <= end, (pl.col("closed_on") <= end).fill_null(True))
    return frame.with_columns(town_name=pl.col("village_name").str.slice(0, 9))


def archives(district: District, position: int) -> pl.DataFrame:
    """List the files of the election: the district's, those of towns and villages; some are late or incomplete."""
    towns, real = district.places.real_towns, district.places.real
    parts = [
        pl.DataFrame({"archive_level": ["区级"]}),
        pl.DataFrame({"archive_level": "镇级", "town_name": towns}),
        real.select(archive_level=pl.lit("村级"), town_name="town_code", village_name="village_code"),
    ]
    number = pl.int_range(pl.len())
    end = district.calendar.months[position].last_day
    return pl.concat(parts, how="diagonal").with_columns(
        archive_no="DA" + (number + 1).cast(pl.String).str.zfill(4),
        volumes_due=number % 5 + 6,
        volumes_filed=number % 5 + 6 - (number % 13 == 4).cast(pl.Int64),
        handed_over_on=pl.when(number % 17 != 6).then(pl.lit(min(end, date(2026, 1, 20)))),
    )
