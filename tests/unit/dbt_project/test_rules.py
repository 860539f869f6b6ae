"""The unit tests of the dbt project: every rule at its edges, written beside the models.

Belongs here: running them. Does not belong here: their cases (``dbt_project/models``).
"""

from __future__ import annotations

from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import JUNE


def test_rules_at_their_edges(built: DbtFixture) -> None:
    done = built.dbt("test", JUNE, "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-8000:]
    assert "ERROR=0 SKIP=0" in done.stdout
