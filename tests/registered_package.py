"""The installed protocol package as its files, and ways to spoil a copy of it."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sle_desk.base.errors import PackageFaulty
from sle_desk.base.paths import resource
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol_file import parse

Files = dict[str, Any]
PlaceInFile = tuple[str | int, ...]


@cache
def installed_bytes() -> dict[str, bytes]:
    """Return every file of the installed package by its name."""
    root: Path = resource("protocol", "nct05262686")
    paths = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@cache
def _parsed() -> Files:
    return {
        name: tomllib.loads(content.decode("utf-8")) if name.endswith(".toml") else content
        for name, content in installed_bytes().items()
    }


def files(*spoilt: str) -> Files:
    """Return the package with its TOML parsed; the files named are copies that a test may spoil.

    Without a name all are copied but the laboratory's, which are long.
    """
    names = spoilt or tuple(name for name in _parsed() if name not in ("labs.toml", "grades.toml"))
    return {name: copy.deepcopy(content) if name in names else content for name, content in _parsed().items()}


@cache
def registered() -> Protocol:
    """Return the protocol of the installed package."""
    return parse(_parsed())


def coded(tables: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """Return the table with this code."""
    return next(table for table in tables if table["code"] == code)


def criterion(package: Files, code: str) -> dict[str, Any]:
    """Return the table of a criterion."""
    parts = package["criteria.toml"]["part"]
    return coded([each for part in parts for each in part["criterion"]], code)


def leaf(package: Files, code: str) -> dict[str, Any]:
    """Return the table of a leaf."""
    parts = package["criteria.toml"]["part"]
    leaves = [each for part in parts for one in part["criterion"] for each in one["leaf"]]
    return coded(leaves + [each for one in package["criteria.toml"]["added"] for each in one["leaf"]], code)


def clarification(package: Files, code: str) -> dict[str, Any]:
    """Return the table of a clarification."""
    return coded(package["clarifications.toml"]["clarification"], code)


def option(package: Files, code: str, name: str) -> dict[str, Any]:
    """Return the table of an option of a clarification."""
    return coded(clarification(package, code)["option"], name)


def setting(package: Files, code: str) -> dict[str, Any]:
    """Return the table of a setting."""
    return coded(package["protocol.toml"]["setting"], code)


def places(content: object, above: PlaceInFile = ()) -> Iterator[PlaceInFile]:
    """Yield the place of every key in parsed TOML."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield (*above, name)
            yield from places(inner, (*above, name))
    elif isinstance(content, list):
        for index, inner in enumerate(content):
            yield from places(inner, (*above, index))


def table_at(content: Any, place: PlaceInFile) -> Any:
    """Return what stands at a place."""
    for step in place:
        content = content[step]
    return content


def fault(package: Files) -> PackageFaulty:
    """Return the fault for which a spoilt package is refused; fail where it is not."""
    with pytest.raises(PackageFaulty) as refused:
        parse(package)
    return refused.value


def refused(package: Files) -> tuple[str, str, str]:
    """Return file, key and reason for which a spoilt package is refused."""
    found = fault(package)
    return str(found.facts["file"]), str(found.facts["key"]), found.code
