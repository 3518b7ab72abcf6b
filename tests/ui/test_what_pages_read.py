"""What a page says that it reads is there: else it would not be read again when that changes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import sle_desk.ui
from sle_desk.models.tables import METADATA
from sle_desk.ui.desk_page import DeskPage


def _all(kind: type[DeskPage]) -> Iterator[type[DeskPage]]:
    for each in kind.__subclasses__():
        yield each
        yield from _all(each)


def pages() -> list[type[DeskPage]]:
    for module in pkgutil.walk_packages(sle_desk.ui.__path__, "sle_desk.ui."):
        importlib.import_module(module.name)
    return sorted({each for each in _all(DeskPage) if each.__module__.startswith("sle_desk.")}, key=str)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.__name__)
def test_every_table_that_a_page_reads_exists(page: type[DeskPage]) -> None:
    unknown = page.reads - METADATA.tables.keys()
    assert not unknown, f"{page.__name__} is never read again for {sorted(unknown)}"
