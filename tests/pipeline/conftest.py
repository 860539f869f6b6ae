"""What tests of whole months share.

Belongs here: a process that has parsed the dbt project. Does not belong here: homes, inboxes (each test has its own).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dbt_fixture import parsed_project


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Import dbt and parse the project once for all months of a file, where starting is not what it tests."""
    with parsed_project(tmp_path_factory.mktemp("dbt")):
        yield
