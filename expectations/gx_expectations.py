"""A custom Great Expectations expectation: a figure of a delivery is between two bounds.

Belongs here: subclasses of Great Expectations classes.
Does not belong here: the expectations of a table (``suites``).

A suite has some twenty figures. As core column expectations on a one-row frame they cost 10 ms each (five metrics
per expectation); with one metric for the whole row, about 1 ms each (measured with 1.24.1).
Row rules need no custom class: the core ``ExpectColumnValuesToBeInSet`` with ``mostly`` judges their masks.
"""

from __future__ import annotations

import math
from typing import Any

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.suite_parameters import SuiteParameterDict
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

FIGURES_METRIC = "table.delivery_figures"


class DeliveryFigures(TableMetricProvider):  # type: ignore[misc]
    """Return the only row of a figures frame as a mapping from figure to number (NaN: does not apply)."""

    metric_name = FIGURES_METRIC

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805 - Great Expectations calls it on the class
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, float]:
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        if len(frame) != 1:
            raise ValueError(f"figures frame has {len(frame)} rows, expected 1")
        return {str(name): float(value) for name, value in frame.iloc[0].items()}


class ExpectFigureToBeBetween(BatchExpectation):  # type: ignore[misc]
    """Expect a figure of the delivery to be between two bounds, both inclusive; NaN does not apply and passes.

    Raises KeyError if the figure is not in the frame; Great Expectations reports it in ``exception_info``.
    """

    figure: str
    min_value: float | SuiteParameterDict | None = None
    max_value: float | SuiteParameterDict | None = None

    metric_dependencies = (FIGURES_METRIC,)
    success_keys = ("figure", "min_value", "max_value")
    args_keys = ("figure", "min_value", "max_value")

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        value = metrics[FIGURES_METRIC][self.figure]
        low = -math.inf if self.min_value is None else float(self.min_value)
        high = math.inf if self.max_value is None else float(self.max_value)
        passed = math.isnan(value) or low <= value <= high
        return {"success": passed, "result": {"observed_value": None if math.isnan(value) else value}}
