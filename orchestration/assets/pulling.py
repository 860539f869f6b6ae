"""Say how the pulls of a landing step went: the metadata and the check of its asset.

Belongs here: figures and words for Dagster. Does not belong here: pulling (``sources.landing.pull``), the tries of a
run (``runtime.pulls``), asking Dagster for another try (``landing``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey, MetadataValue

from orchestration.assets.month_result import MonthResult
from orchestration.assets.tables import literal
from sources.contracts.model import Department
from sources.landing.pull import PullResult
from sources.text import masked

PULLED = "pulled"
NOWHERE = "没有需要去取的位置:文件直接放在收件目录中。"


def pulled_check(department: Department, key: AssetKey) -> AssetCheckSpec:
    """Return the spec of the check that a department's locations answered."""
    text = (
        f"{department.label}:设置中的每个位置是否都取到了数据。没有取到时,以前收到的仍然有效,该月和其他部门照常处理。"
    )
    return AssetCheckSpec(PULLED, asset=key, description=text)


def checked(results: Sequence[PullResult], key: AssetKey) -> AssetCheckResult:
    """Check that every location answered; a department without a location has nothing to fail."""
    problems = [result.problem for result in results if result.problem]
    text = "\n\n".join(problems) or (f"设置中的位置都已取到({len(results)} 个)。" if results else NOWHERE)
    return MonthResult(
        check_name=PULLED,
        asset_key=key,
        passed=not problems,
        severity=AssetCheckSeverity.ERROR,
        description=text,
        metadata={"位置": len(results), "没有取到": len(problems)},
    )


def metadata(results: Sequence[PullResult], department: Department) -> dict[str, Any]:
    """Describe the pulls: a list, and sums under the same names in every month, so that Dagster plots them.

    An unknown figure is left out, not 0: rows if only files were fetched, and the files there if a location failed.
    Names of files are left out: people in them are known only after the tables are taken in.
    """
    if not results:
        return {}
    size, seconds = sum(r.bytes for r in results), sum(r.seconds for r in results)
    rows, problems = [r.rows for r in results if r.rows is not None], [r.problem for r in results if r.problem]
    return {
        "pulled_from": MetadataValue.md("\n".join(_line(r, department) for r in results)),
        **({} if problems else {"pull_offered": sum(r.offered for r in results)}),
        "pull_fetched": sum(r.fetched for r in results),
        **({"pull_rows": sum(rows)} if rows else {}),
        "pull_bytes": size,
        "pull_seconds": seconds,
        "pull_bytes_per_second": _rate(size, seconds),
        "pull_new_deliveries": sum(r.new_deliveries for r in results),
        "pull_left_out": sum(len(r.left_out) for r in results),
        "pull_problems": len(problems),
    }


def _line(result: PullResult, department: Department) -> str:
    """Describe one location as an item of a list: in a table, a long address leaves no room for what went wrong."""
    table = result.pulled.table
    name = department[table].label if table else "全部数据表"
    text = ";".join([result.problem.rstrip("。") or _figures(result), *_remarks(result)])
    return f"- **{name}** {literal(masked(result.shown))}:{literal(text)}。"


def _figures(result: PullResult) -> str:
    rows = "" if result.rows is None else f"{result.rows:,} 行,"
    rate = f",每秒 {_rate(result.bytes, result.seconds):,} 字节" if result.bytes else ""
    effort = f"{rows}{result.bytes:,} 字节,{result.seconds:.1f} 秒{rate}"
    found = f"对方有 {result.offered} 个,取回 {result.fetched} 个({effort})"
    return f"{found},新批次 {result.new_deliveries},未取 {len(result.left_out)}"


def _remarks(result: PullResult) -> list[str]:
    """Say what the figures do not: a snapshot, and why entries were left out."""
    reasons = Counter(reason for _, reason in result.left_out)
    found = [f"{count} 个{reason}" if count > 1 else reason for reason, count in reasons.items()]
    if result.snapshot_at:
        found.insert(0, f"快照(对方只保留最新状态),{result.snapshot_at[:16].replace('T', ' ')} 取得")
    return found


def _rate(size: int, seconds: float) -> int:
    return round(size / seconds) if size and seconds else 0
