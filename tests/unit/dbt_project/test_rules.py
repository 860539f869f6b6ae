"""The unit tests of the dbt project: every rule at its edges, written beside the models.

Belongs here: running them. Does not belong here: their cases (``dbt_project/models``).
"""

from __future__ import annotations

from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import JUNE


def test_rules_at_their_edges(built: DbtFixture) -> None:
    """``dbt test`` runs all of them: after one that fails ``dbt build`` would skip the others of its model."""
    done = built.dbt("test", JUNE, "--select", "test_type:unit")
    failures = built.failures()
    assert not failures, f"{len(failures)} unit tests fail:\n" + "\n".join(f"{n}: {t}" for n, t in failures.items())
    assert done.returncode == 0, done.stdout[-8000:]
