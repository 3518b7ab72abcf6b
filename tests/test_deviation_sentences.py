"""Every deviation that the program proposes has a sentence: people read no code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sle_desk.base.words import sentences
from sle_desk.domain.said import finding_words
from sle_desk.services import package

SOURCES = Path(__file__).parent.parent / "sle_desk"
# Where the code of a deviation stands among the arguments.
PLACES = {"ProposedDeviation": 0, "propose": 1, "propose_once": 1}


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the texts that a module gives a name."""
    found = {}
    for line in tree.body:
        if not isinstance(line, ast.Assign):
            continue
        target, value = line.targets[0], line.value
        pairs = (
            zip(target.elts, value.elts, strict=True)
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            else [(target, value)]
        )
        for name, text in pairs:
            if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
                found[name.id] = text.value
    return found


def proposed() -> Iterator[tuple[str, str]]:
    """Yield each code that is proposed by its own name, with the place where it stands."""
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = constants(tree)
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            what = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if what not in PLACES or len(call.args) <= PLACES[what]:
                continue
            code = call.args[PLACES[what]]
            text = code.value if isinstance(code, ast.Constant) else named.get(getattr(code, "id", ""))
            if isinstance(text, str) and "." in text:
                yield text, f"{path.name}:{call.lineno}"


def test_every_deviation_that_is_proposed_has_a_sentence() -> None:
    found = list(proposed())
    assert len({code for code, _ in found}) > 25
    assert [place for code, place in found if code not in sentences()] == []


def test_a_sentence_of_a_deviation_is_read_in_both_languages() -> None:
    protocol = package.read_package(package.installed_files())
    facts = {"drawn": "2026-12-01", "since": "2026-11-30"}
    said = finding_words(protocol, "consent.samples_withdrawn", facts)
    assert (
        said.en == "A sample was drawn on 2026-12-01; consent for samples was withdrawn from 2026-11-30 on."
    )
    assert "2026-11-30" in said.zh and "撤回" in said.zh


def test_the_amount_of_a_day_is_read_to_two_decimals_unless_they_hide_what_is_above() -> None:
    protocol = package.read_package(package.installed_files())

    def said(amount: str, code: str = "medication.prednisone_above") -> str:
        return finding_words(protocol, code, {"medicine": "M", "amount": amount, "limit": "10"}).en

    assert said("38.333333") == "M: 38.33 mg prednisone equivalent a day is above 10 mg a day."
    assert "up to 16.67 mg" in said("16.666667", "medication.prednisone_perhaps_above")
    assert " 12.5 mg" in said("12.5") and " 625 mg" in said("625")
    assert " 10.001 mg" in said("10.001"), "what is above the limit never reads as the limit"
    dose = finding_words(protocol, "medication.prednisone_above", {"medicine": "M"})
    assert dose.en == "medication.prednisone_above", "a row with fewer facts is shown by its code"
