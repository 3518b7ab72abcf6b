"""What the tests of the measuring stand on."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _unmeasured_heap() -> Iterator[None]:
    """Keep what other tests of this process left out of the collections between two measurements."""
    gc.freeze()
    yield
    gc.unfreeze()
