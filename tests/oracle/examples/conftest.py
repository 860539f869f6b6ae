"""The definition whole, also while the product does not declare all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oracle.catalogue import whole_document


@pytest.fixture(autouse=True)
def _whole() -> Iterator[None]:
    with whole_document():
        yield
