"""Pull a department's month within a run, once per location that answers.

Belongs here: which locations are asked in which try of the landing step. Does not belong here: pulling
(``sources.landing.pull``), when there is another try (``assets.landing``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestration.runtime import failures
from orchestration.runtime.settings import Settings
from sources.contracts.model import Department
from sources.landing.pull import UNCHANGED, PullResult, pull, pulled_locations
from sources.landing.pulled import Pulled
from sources.landing.settling import Waiting
from sources.landing.transport import Location
from sources.months import Month


@dataclass
class Pulls:
    """The pulls of a department and month in one run, over the tries of its landing step."""

    settings: Settings
    department: Department
    month: Month
    _results: dict[str | None, PullResult] = field(default_factory=dict)

    def run(self, waiting: Waiting | None = None) -> None:
        """Pull from each location that has not answered yet; one that has is not asked again.

        An unexpected error stays with its location. Raises OSError if our own disk fails.
        """
        for pulled, location in pulled_locations(self.settings.paths, self.department, self.settings.locations):
            former = self._results.get(pulled.table)
            if former is None or former.is_passing:
                self._results[pulled.table] = self._pulled(pulled, location, waiting)

    def _pulled(self, pulled: Pulled, location: Location, waiting: Waiting | None) -> PullResult:
        try:
            return pull(pulled, location, self.department, self.month, self.settings.settle_seconds, waiting)
        except OSError:
            raise
        except Exception as error:
            what = f"从{self.department.label}的位置取{self.month} 的数据"
            problem = failures.in_public(self.settings.paths, error, what) + f"{UNCHANGED}。"
            return PullResult(pulled, location.shown, problem=problem)

    @property
    def results(self) -> list[PullResult]:
        """The newest result of each location."""
        return list(self._results.values())

    @property
    def may_succeed_later(self) -> bool:
        """Whether another try may help."""
        return any(result.is_passing for result in self.results)
