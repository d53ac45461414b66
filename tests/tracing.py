"""Tests whose code others cover already run without being traced for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from coverage import Coverage


@pytest.fixture(scope="package", autouse=True)
def untraced() -> Iterator[None]:
    """Let coverage rest in a package of tests: traced, its long runs take half as long again.

    What such tests reach, the tests of units and the integration tests reach too.
    """
    measured = Coverage.current()
    if measured is None:
        yield
        return
    measured.stop()
    yield
    measured.start()
