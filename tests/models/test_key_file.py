"""A key file that somebody else wrote is refused as damaged, whatever is in it; never another fault."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from study_fixtures import PASSWORD, Study

from sle_desk.base.clock import SystemClock
from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.models.store.key_file import read_keys
from sle_desk.services import looking
from sle_desk.services.before_sign_in import study_header
from sle_desk.services.study_clock import clock_of

HOSTILE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "endless memory": lambda keys: keys["slots"][1].update(memory_kib=float("inf")),
    "memory that is no number": lambda keys: keys["slots"][1].update(memory_kib=float("nan")),
    "half a KiB": lambda keys: keys["slots"][1].update(memory_kib=1024.5),
    "lanes below nothing": lambda keys: keys["slots"][1].update(lanes=-1),
    "a proof that is not ASCII": lambda keys: keys["slots"][1].update(proof="é"),
    "a vault that is not ASCII": lambda keys: keys.update(vault="é"),
    "half a character": lambda keys: keys["header"].update(title="\ud800"),
    "half a character elsewhere": lambda keys: keys.update(more={"\ud800": 1}),
    "a number that is a text": lambda keys: keys["header"].update(last_number="7"),
    "no number": lambda keys: keys["header"].update(last_number=None),
    "a backup that is a number": lambda keys: keys["header"].update(last_backup=5),
    "an instant that is a number": lambda keys: keys["header"].update(last_instant=5),
    "an instant that is none": lambda keys: keys["header"].update(last_instant="yesterday"),
    "the last instant of all": lambda keys: keys["header"].update(last_instant="9999-12-31T23:00:00Z-600"),
    "a title that is a number": lambda keys: keys["header"].update(title=5),
    "a registry number that is none": lambda keys: keys["header"].update(registry_numbers=[None]),
    "slots that are none": lambda keys: keys.update(coming=[1]),
}  # fmt: skip
RAW = {
    "deep": "[" * 200_000,
    "deep elsewhere": '{"a":' * 300 + "1" + "}" * 300,
    "a long number": '{"format": ' + "9" * 5000 + "}",
    "a large file": " " * (5 * 1024**2),
    "a list": "[]",
    "a text": '"keys"',
}


@pytest.mark.parametrize("kind", [*HOSTILE, *RAW])
def test_a_key_file_that_was_never_written_here_is_refused_as_damaged(study: Study, kind: str) -> None:
    path = study.folder.keys
    if kind in RAW:
        path.write_text(RAW[kind], encoding="utf-8")
    else:
        keys = json.loads(path.read_text(encoding="utf-8"))
        HOSTILE[kind](keys)
        path.write_text(json.dumps(keys), encoding="utf-8")
    with pytest.raises(StorageFailed, match=r"keys\.unreadable"):
        read_keys(path)
    with pytest.raises(StorageFailed, match=r"keys\.unreadable"):
        study_header(study.folder.path)
    clock_of(study.folder.path, SystemClock())


def test_a_backup_noted_at_an_instant_beyond_time_shows_none(study: Study) -> None:
    keys = json.loads(study.folder.keys.read_text(encoding="utf-8"))
    for written in (
        "0001-01-01T00:00:00Z+600",
        "9999-12-31T23:00:00Z-600",
        f"2026-11-01T00:00:00Z{'9' * 12}",
    ):
        keys["header"]["last_backup"] = f"{written} /somewhere"
        study.folder.keys.write_text(json.dumps(keys), encoding="utf-8")
        study_header(study.folder.path)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value of a JSON structure."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in _places(part, (*path, key)))]


SCALAR = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=20),
    some.text(some.characters(categories=["Cs", "Lu"]), max_size=4),
    some.sampled_from([2**31, 2**63, "AAAA", "2026-11-23T00:00:00Z+480", "user:wu.min", ""]),
)  # fmt: skip
VALUE = some.recursive(
    SCALAR,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(data=some.data())
def test_whatever_stands_in_a_key_file_it_opens_or_is_refused(study: Study, data: some.DataObject) -> None:
    whole = study.folder.path.with_name("keys as written")
    if not whole.exists():
        whole.write_bytes(study.folder.keys.read_bytes())
    keys = json.loads(whole.read_text(encoding="utf-8"))
    for _ in range(data.draw(some.integers(1, 3))):
        keys = _changed(keys, data)
    study.folder.keys.write_text(json.dumps(keys), encoding="utf-8")
    _opens_or_is_refused(study, study.folder.path)


def _changed(keys: Any, data: some.DataObject) -> Any:
    """Return the structure with one value of it taken out or put another way."""
    *way, last = data.draw(some.sampled_from(_places(keys)[1:] or [("",)]))
    changed = deepcopy(keys)
    inner = changed
    for step in way:
        inner = inner[step]
    if isinstance(inner, dict) and data.draw(some.booleans()):
        inner.pop(last, None)
    elif isinstance(inner, dict | list):
        inner[last] = data.draw(VALUE)
    return changed


def _opens_or_is_refused(study: Study, path: Path) -> None:
    study.folder.attempts.unlink(missing_ok=True)
    for act in (lambda: study_header(path), lambda: clock_of(path, SystemClock()).now()):
        with contextlib.suppress(SleDeskError):
            act()
    with contextlib.suppress(SleDeskError), looking.looked_into(path, "wu.min", PASSWORD, study.clock):
        pass
