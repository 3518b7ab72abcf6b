"""What tests share is made once in a process, whatever module's fixture asks for it first.

A session fixture that modules import by name is another fixture in each of them; its study is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Kept = TypeVar("Kept")
_KEPT: dict[str, Any] = {}


def once(name: str, make: Callable[[], Kept]) -> Kept:
    """Return what was made under this name in this process, making it on first use; tests work on copies."""
    if name not in _KEPT:
        _KEPT[name] = make()
    found: Kept = _KEPT[name]
    return found
