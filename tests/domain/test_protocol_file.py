"""A package is read whole or refused, naming file, key and reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import Files, fault, files, installed_bytes, places, refused, setting, table_at

from sle_desk.domain.protocol_file import FILES, parse
from sle_desk.domain.sealing import sha256

OURS = ("protocol.toml", "criteria.toml", "clarifications.toml")
FORMS = tuple(sorted(name for name in installed_bytes() if name.startswith("forms/")))
EVERY_PLACE = [
    (name, place)
    for name in (*OURS, *FORMS)
    for place in places(files(name)[name])
]  # fmt: skip
PHRASES = [(name, place) for name, place in EVERY_PLACE if place[-1] in ("zh", "en")]


def _spoilt(name: str) -> tuple[Files, Any]:
    package = files(name)
    return package, package[name]


def test_the_installed_package_is_read_from_its_bytes() -> None:
    protocol = parse(installed_bytes())
    assert protocol.registry_ids == ("NCT05262686", "Peking2021SLE")
    parsed = parse(files())
    assert (protocol.criteria, protocol.settings) == (parsed.criteria, parsed.settings)
    assert (protocol.clarifications, protocol.forms) == (parsed.clarifications, parsed.forms)


def test_the_registry_is_the_text_that_was_given() -> None:
    given = installed_bytes()["registry.txt"]
    assert sha256(given) == "f66178c03eb787c577bfaff771bd8b1a238529bee038fe2682a4d8c8cb64dca6"
    assert parse(installed_bytes()).registry.text.encode("utf-8") == given


@given(st.integers(0, len(installed_bytes()["registry.txt"]) - 1), st.integers(1, 255))
def test_any_byte_changed_in_the_registry_is_refused(position: int, change: int) -> None:
    package = files("registry.txt")
    text = bytearray(package["registry.txt"])
    text[position] ^= change
    package["registry.txt"] = bytes(text)
    found = fault(package)
    assert found.facts["file"] == "registry.txt"
    assert found.code in ("package.registry_hash", "package.not_text")


def test_a_missing_and_an_unknown_file_are_refused() -> None:
    for name in FILES:
        package = files()
        del package[name]
        assert refused(package) == (name, "", "package.missing_file")
    package = files()
    package["forms/vitals.txt"] = b""
    assert refused(package) == ("forms/vitals.txt", "", "package.unknown_file")
    package = files()
    package["criterions.toml"] = {}
    assert refused(package) == ("criterions.toml", "", "package.unknown_file")


def test_broken_toml_is_refused_with_its_line() -> None:
    package: dict[str, object] = dict(installed_bytes())
    package["criteria.toml"] = b'begins = "Inclusion criteria"\nends = \n'
    found = fault(package)
    assert (found.facts["file"], found.code) == ("criteria.toml", "package.not_toml")
    assert "line 2" in str(found.facts["found"])


def test_bytes_that_are_no_text_are_refused() -> None:
    package: dict[str, object] = dict(installed_bytes())
    package["protocol.toml"] = b'code = "\xff"'
    assert refused(package) == ("protocol.toml", "byte 8", "package.not_text")


def test_a_form_stands_in_the_file_of_its_name() -> None:
    package, form = _spoilt("forms/vitals.toml")
    form["code"] = "vital_signs"
    assert refused(package) == ("forms/vitals.toml", "code", "package.form_name")


def test_the_title_and_the_numbers_are_the_registry_s() -> None:
    package, top = _spoilt("protocol.toml")
    top["title"]["en"] = "Efficacy of Belimumab"
    assert refused(package) == ("protocol.toml", "title.en", "package.words_not_in_registry")
    package, top = _spoilt("protocol.toml")
    top["registry_ids"] = ["NCT05262687"]
    assert refused(package) == ("protocol.toml", "registry_ids", "package.words_not_in_registry")


@given(st.sampled_from(EVERY_PLACE))
def test_a_misspelt_key_is_refused_where_it_stands(chosen: tuple[str, tuple[str | int, ...]]) -> None:
    name, place = chosen
    package, content = _spoilt(name)
    table = table_at(content, place[:-1])
    table[f"{place[-1]}_"] = table.pop(place[-1])
    found = fault(package)
    assert found.facts["file"] == name
    # Where what is lacking then is found first, it is in the same table or below it.
    key = str(found.facts["key"])
    assert str(place[-1]) in key or key.startswith(_path(place[:-1]))


def _path(place: tuple[str | int, ...]) -> str:
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(parts).removeprefix(".")


@given(st.sampled_from([(name, place) for name, place in EVERY_PLACE if place[-1] != "proposal"]))
def test_a_binary_float_is_refused_wherever_it_stands(chosen: tuple[str, tuple[str | int, ...]]) -> None:
    name, place = chosen
    package, content = _spoilt(name)
    table_at(content, place[:-1])[place[-1]] = 1.5
    found = fault(package)
    assert (found.facts["file"], found.code) == (name, "package.wrong_type")
    assert str(found.facts["key"]).endswith(str(place[-1]))


@given(st.sampled_from(PHRASES), st.booleans())
def test_a_phrase_without_one_of_its_languages_is_refused(
    chosen: tuple[str, tuple[str | int, ...]], blank: bool
) -> None:
    name, place = chosen
    package, content = _spoilt(name)
    table = table_at(content, place[:-1])
    if blank:
        table[place[-1]] = " "
    else:
        del table[place[-1]]
    file, key, reason = refused(package)
    assert file == name
    assert key.endswith(f".{place[-1]}") and reason == ("package.blank" if blank else "package.missing")


@pytest.mark.parametrize("table", ["arm", "drug", "list", "visit", "setting"])
def test_a_code_given_twice_is_refused(table: str) -> None:
    package, top = _spoilt("protocol.toml")
    top[table].append(top[table][0])
    assert refused(package) == ("protocol.toml", f"{table}.code", "package.twice")


def test_a_number_that_is_not_written_as_text_is_refused() -> None:
    package, top = _spoilt("protocol.toml")
    top["drug"][0]["amount"] = 10
    assert refused(package) == ("protocol.toml", "drug[0].amount", "package.wrong_type")
    package = files("protocol.toml")
    setting(package, "il2.vial_strength")["limits"]["low"] = "0,05"
    file, key, reason = refused(package)
    assert (file, reason) == ("protocol.toml", "package.not_a_number") and key.endswith("limits.low")
