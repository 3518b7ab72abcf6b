"""Every name that a file uses stands in another, and no option leaves a leaf without its limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from registered_package import (
    Files,
    clarification,
    coded,
    fault,
    files,
    leaf,
    option,
    refused,
    registered,
    setting,
)

Spoil = Callable[[Files], object]


def _visit(package: Files, code: str) -> dict[str, object]:
    return coded(package["protocol.toml"]["visit"], code)


def _drug(package: Files, code: str) -> dict[str, object]:
    return coded(package["protocol.toml"]["drug"], code)


UNKNOWN: list[tuple[Spoil, str, str]] = [
    (lambda p: p["protocol.toml"]["arm"][0].update(drugs=["BEL", "IL3"]), "protocol.toml", "BELIL2.drugs"),
    (lambda p: _drug(p, "BEL").update(reactions="reaction"), "protocol.toml", "BEL.reactions"),
    (lambda p: _visit(p, "W4").update(window="visit.window"), "protocol.toml", "W4.window"),
    (lambda p: _visit(p, "W4").update(window="il2.anchoring"), "protocol.toml", "W4.window"),
    (lambda p: _visit(p, "V0").update(day_setting="screening.days"), "protocol.toml", "V0.day_setting"),
    (lambda p: _visit(p, "W4").update(forms=["vital_signs"]), "protocol.toml", "W4.forms"),
    (lambda p: _visit(p, "W4").update(panels=["FBC"]), "protocol.toml", "W4.panels"),
    (lambda p: leaf(p, "I1")["evidence"].update(lowest="age.lowest"), "criteria.toml", "I1.evidence"),
    (lambda p: leaf(p, "E1a")["evidence"].update(analyte="HB"), "criteria.toml", "E1a.evidence"),
    (
        lambda p: leaf(p, "E1a")["evidence"]["limit"].update(unit="mmol/L"),
        "criteria.toml",
        "E1a.evidence.limit.unit",
    ),
    (
        lambda p: leaf(p, "I4d")["evidence"]["limit"].update(unit="mg"),
        "criteria.toml",
        "I4d.evidence.limit.unit",
    ),
    (lambda p: leaf(p, "E5a")["evidence"].update(positive="Y"), "criteria.toml", "E5a.evidence.positive"),
    (
        lambda p: leaf(p, "E3")["evidence"]["questions"][0].update(form="history"),
        "criteria.toml",
        "E3.evidence",
    ),
    (
        lambda p: leaf(p, "E3")["evidence"]["questions"][0].update(field="allergy"),
        "criteria.toml",
        "E3.evidence",
    ),
    (
        lambda p: leaf(p, "E3")["evidence"]["questions"][0].update(counts=["YES"]),
        "criteria.toml",
        "E3.evidence",
    ),
    (
        lambda p: leaf(p, "E3")["evidence"]["questions"][0].update(scopes=["both"]),
        "criteria.toml",
        "E3.evidence",
    ),
    (lambda p: leaf(p, "I5")["evidence"].update(form="vitals"), "criteria.toml", "I5.evidence"),
    (
        lambda p: option(p, "D06", "asked")["reading"][0].update(leaf="I9"),
        "clarifications.toml",
        "D06.asked.reading.leaf",
    ),
    (
        lambda p: option(p, "D13", "forty_three").update(excludes=["D14.day_90"]),
        "clarifications.toml",
        "D13.forty_three.excludes",
    ),
]


@pytest.mark.parametrize(("spoil", "file", "key"), UNKNOWN, ids=[row[2] for row in UNKNOWN])
def test_a_name_that_points_nowhere_is_refused(spoil: Spoil, file: str, key: str) -> None:
    package = files()
    spoil(package)
    assert refused(package) == (file, key, "package.unknown_reference")


@pytest.mark.parametrize(
    "act", ["eligibility:I9", "eligibility:", "score:sri", "prepare", "enrol", "visits:V0"]
)
def test_an_act_outside_the_closed_list_is_refused(act: str) -> None:
    package = files("clarifications.toml")
    clarification(package, "D08")["waits"].append(act)
    found = fault(package)
    assert (found.facts["key"], found.code) == ("D08.waits", "package.unknown_act")
    assert found.facts["found"] == act


def test_a_leaf_that_needs_an_open_setting_has_to_wait_for_its_clarification() -> None:
    package = files("clarifications.toml")
    clarification(package, "D17")["waits"] = ["eligibility:E2a"]
    found = fault(package)
    assert (found.facts["key"], found.code) == ("D17.waits", "package.leaf_does_not_wait")
    assert found.facts["found"] == "eligibility:E2b"


def test_an_option_may_not_bring_about_a_leaf_without_its_limit() -> None:
    package = files("clarifications.toml")
    chosen = option(package, "D02", "neutrophils_only")
    chosen["reading"].append({"leaf": "E1d", "words": {"en": "Lymphocytes", "zh": "淋巴细胞"}})
    found = fault(package)
    assert (found.facts["key"], found.code) == ("D02.neutrophils_only", "package.leaf_without_limit")
    assert (found.facts["found"], found.facts["setting"]) == ("E1d", "eligibility.lymphocytes_below")
    package = files("clarifications.toml")
    chosen = option(package, "D17", "own_words")
    chosen["reading"] = []
    assert refused(package)[2] == "package.leaf_without_limit"


def test_lost_words_are_never_judged_as_they_are() -> None:
    package = files("clarifications.toml")
    reading = option(package, "D02", "restored")["reading"][0]
    del reading["void"]
    reading["words"] = {"en": "Neutrophil 10 mg/d", "zh": "中性粒细胞"}
    assert refused(package) == ("clarifications.toml", "D02.restored.reading.leaf", "package.lost_text")
    package = files("criteria.toml")
    leaf(package, "E7")["evidence"] = {"kind": "lost_text"}
    assert refused(package) == ("criteria.toml", "E7.evidence", "package.lost_text")


def test_a_leaf_has_one_reader_and_a_leaf_that_nothing_brings_about_is_refused() -> None:
    package = files("clarifications.toml")
    option(package, "D03", "no_criterion")["reading"].append({"leaf": "E1h", "void": True})
    found = fault(package)
    assert (found.facts["key"], found.code, found.facts["found"]) == (
        "E1h",
        "package.two_readers",
        "D02, D03",
    )
    package = files("clarifications.toml")
    for name in ("both", "hepatitis_b", "safety_only", "own_words"):
        readings = option(package, "D22", name)["reading"]
        readings[:] = [each for each in readings if each["leaf"] != "E9b"]
    assert refused(package) == ("criteria.toml", "E9b", "package.never_read")


def test_a_form_names_only_checks_that_exist_and_asks_each_item_of_its_score() -> None:
    package = files("forms/vitals.toml")
    package["forms/vitals.toml"]["checks"] = ["pulse_is_there"]
    assert refused(package) == ("forms/vitals.toml", "checks", "package.unknown_check")
    package = files("forms/sledai2k.toml")
    del package["forms/sledai2k.toml"]["section"][0]["field"][0]
    assert refused(package)[::2] == ("forms/sledai2k.toml", "package.unknown_reference")
    package = files("forms/bilag_letters.toml")
    package["forms/bilag_letters.toml"]["section"][0]["field"][0]["code"] = "GENERAL"
    assert refused(package)[2] == "package.unknown_reference"
    package = files("forms/vitals.toml")
    package["forms/vitals.toml"]["section"][0]["field"][0]["cdisc"] = "BODYTEMP"
    assert refused(package) == ("instruments.toml", "cutoff.reads", "package.unknown_reference")


def test_a_setting_that_bears_the_code_of_a_clarification_is_refused() -> None:
    package = files("protocol.toml")
    setting(package, "diary.due_days")["code"] = "D10"
    assert refused(package) == ("protocol.toml", "setting.code", "package.twice")


def test_visits_stand_in_the_order_of_their_numbers() -> None:
    package = files("protocol.toml")
    _visit(package, "W8")["number"] = 3
    assert refused(package) == ("protocol.toml", "visit.number", "package.visit_order")


def test_what_a_leaf_waits_on_comes_from_the_other_files() -> None:
    protocol = registered()
    waits = {each.code: each.waits_on for each in protocol.leaves if each.waits_on}
    assert waits == {
        "I1": ("D08",), "I2": ("D01",), "I4c": ("D06",), "I4e": ("D07",),
        "E1b": ("D02", "D03", "D04"), "E2b": ("D17",), "E2d": ("D18",), "E2e": ("D19",), "E3": ("D05",),
        "E4a": ("D20",), "E4b": ("D20",), "E5a": ("D21",), "E5b": ("D21",), "E6": ("D23",),
        "E8a": ("D24", "eligibility.pregnancy_test_days"), "E8b": ("D24",),
    }  # fmt: skip
