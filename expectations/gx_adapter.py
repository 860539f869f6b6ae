"""Validate expectations with Great Expectations: one ephemeral context per process, two validations per delivery.

Belongs here: building suites and data frames, reading validation results and exceptions.
Does not belong here: the expectations (``standalone``, ``drift``, ``suites``), wording (``gate``).

Importing this module imports Great Expectations, which takes seconds: import it only to judge a delivery.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import polars as pl

from expectations.expectation import Bound, FigureExpectation, RowExpectation
from expectations.later import import_later

# Two fifths of the import, for expectations and charts that no suite has.
import_later("scipy.stats")
import_later("altair")
import great_expectations as gx  # noqa: E402

from expectations.gx_expectations import ExpectFigureToBeBetween  # noqa: E402

_LOG = logging.getLogger(__name__)
_RESULT_FORMAT = {"result_format": "BASIC", "exclude_unexpected_values": True}
_ONE_AT_A_TIME = threading.Lock()
"""Lock around a validation: the context's execution engine holds the batch being judged."""


@dataclass(frozen=True)
class Result:
    """The result of Great Expectations for one expectation; counts are in rows, zero for figures."""

    passed: bool
    raised: bool = False
    applicable: int = 0
    unexpected: int = 0


def judge_figures(
    expectations: Sequence[FigureExpectation], figures: Mapping[str, float], parameters: Mapping[str, float]
) -> dict[str, Result]:
    """Judge figures and return results by expectation name.

    ``figures`` has NaN for a figure that does not apply. A missing figure gives a result with ``raised``.
    """
    suite = gx.ExpectationSuite(
        name="figures",
        expectations=[
            ExpectFigureToBeBetween(
                figure=e.name,
                min_value=_bound(e.minimum),
                max_value=_bound(e.maximum),
                severity=e.severity,
                description=e.title,
                meta={"name": e.name},
            )
            for e in expectations
        ],
    )
    return _validate(suite, pd.DataFrame([dict(figures)]), parameters)


def judge_rows(expectations: Sequence[RowExpectation], rows: pl.DataFrame) -> dict[str, Result]:
    """Judge row rules and return results by expectation name; without a row every rule passes.

    A rule whose mask cannot be computed gives a result with ``raised``.
    """
    suite = gx.ExpectationSuite(
        name="rows",
        expectations=[
            gx.expectations.ExpectColumnValuesToBeInSet(
                column=e.name,
                value_set=[1.0],
                mostly=e.mostly,
                severity=e.severity,
                description=e.title,
                meta={"name": e.name},
            )
            for e in expectations
        ],
    )
    return _validate(suite, _masks(expectations, rows), {})


def _bound(bound: Bound) -> float | dict[str, str] | None:
    return {"$PARAMETER": bound} if isinstance(bound, str) else bound


def _masks(expectations: Iterable[RowExpectation], rows: pl.DataFrame) -> pd.DataFrame:
    """Compute one float column per rule: 1 holds, 0 fails, NaN does not apply (GX counts floats fastest)."""
    columns: dict[str, Any] = {}
    for expectation in expectations:
        try:
            mask = rows.select(expectation.mask.cast(pl.Boolean).cast(pl.Float32)).to_series()
        except pl.exceptions.PolarsError as error:
            _LOG.error("rule %s cannot be computed: %s", expectation.name, type(error).__name__)
        else:
            columns[expectation.name] = mask.to_numpy()
    return pd.DataFrame(columns, index=range(rows.height))


def _validate(suite: gx.ExpectationSuite, frame: pd.DataFrame, parameters: Mapping[str, float]) -> dict[str, Result]:
    if not suite.expectations:
        return {}
    with _ONE_AT_A_TIME:
        batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
        outcome = batch.validate(suite, result_format=_RESULT_FORMAT, expectation_parameters=dict(parameters))
    return {r.expectation_config.meta["name"]: _result(r) for r in outcome.results}


def _result(outcome: Any) -> Result:
    if _has_raised(outcome.exception_info):
        return Result(passed=False, raised=True)
    counts = outcome.result
    return Result(
        passed=bool(outcome.success),
        applicable=counts.get("element_count", 0) - counts.get("missing_count", 0),
        unexpected=counts.get("unexpected_count", 0),
    )


def _has_raised(info: dict[str, Any]) -> bool:
    """Check whether an expectation or one of its metrics raised; each metric reports its own mapping."""
    return bool(info.get("raised_exception")) or any(isinstance(v, dict) and _has_raised(v) for v in info.values())


@cache
def _batch_definition() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    context.enable_analytics(False)
    asset = context.data_sources.add_pandas("delivery").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
