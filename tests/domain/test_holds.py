"""What a dose is held for: the boundary of each hint, and what a dose given all the same shows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from earlier_package import earlier_files
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain import holds
from sle_desk.domain.hold_findings import given_despite
from sle_desk.domain.holds import HoldFacts, KnownEvent, KnownResult, answers, hinted, hints
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.protocol_file import parse
from sle_desk.services import package

DAY = date(2026, 11, 24)
CODES = ["fever", "infection", "cytopenia", "pregnancy", "reaction"]


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return parse(package.installed_files())


def shown(protocol: Protocol, drug: str = "IL2", **known: object) -> str:
    facts = HoldFacts(DAY, **known)  # type: ignore[arg-type]
    return hinted(hints(protocol.holds_of(drug), facts))


def test_the_package_lists_them_for_both_drugs_as_proposals_that_nobody_confirmed(protocol: Protocol) -> None:
    for drug in ("BEL", "IL2"):
        assert [each.code for each in protocol.holds_of(drug)] == CODES
    assert all(each.unconfirmed and each.source.startswith("[P]") for each in protocol.holds)
    keys = [choice.key for choice in answers(protocol.holds_of("IL2"))]
    assert keys == ["N", "1", "2", "3", "4", "5", "0"]


def test_a_package_of_before_lists_none_and_nothing_is_asked_by_it() -> None:
    earlier = parse(earlier_files())
    assert (earlier.holds, answers(earlier.holds_of("IL2"))) == ((), ())
    assert all(field.code != "hold" for form in earlier.forms for field in form.fields())


@pytest.mark.parametrize(
    ("celsius", "days", "hint"),
    [("37.9", 0, ""), ("38.0", 0, "fever"), ("39.2", 3, "fever"), ("39.2", 4, ""), ("39.2", -1, "")],
)
def test_a_temperature_hints_from_its_limit_on_and_for_so_many_days(
    protocol: Protocol, celsius: str, days: int, hint: str
) -> None:
    measured = {("vitals", "temperature"): (Decimal(celsius), "C", DAY - timedelta(days=days))}
    assert shown(protocol, measures=measured) == hint


@pytest.mark.parametrize(
    ("term", "special", "hint"),
    [
        ("Urinary tract INFECTION", "", "infection"),
        ("上呼吸道感染", "", "infection"),
        ("Headache", "", ""),
        ("Headache", "infection", "infection"),
        ("Headache", "pml", ""),
    ],
)
def test_an_event_hints_by_its_words_or_by_its_mark(
    protocol: Protocol, term: str, special: str, hint: str
) -> None:
    assert shown(protocol, events=(KnownEvent(term, special, 1, "2026-11-20"),)) == hint


@given(
    grade=some.one_of(some.none(), some.integers(0, 4)), analyte=some.sampled_from(["NEUT", "PLAT", "HGB"])
)
def test_a_result_hints_from_grade_3_of_neutrophils_and_platelets_alone(
    grade: int | None, analyte: str
) -> None:
    found = shown(parse_once(), results={analyte: KnownResult(grade, DAY)})
    assert bool(found) is (analyte != "HGB" and grade is not None and grade >= 3)


_parsed: list[Protocol] = []


def parse_once() -> Protocol:
    if not _parsed:
        _parsed.append(parse(package.installed_files()))
    return _parsed[0]


def test_a_pregnancy_hints_and_a_reaction_to_the_last_dose_from_grade_2_on(protocol: Protocol) -> None:
    assert shown(protocol, pregnant_since=DAY) == "pregnancy"
    for grade, hint in ((1, ""), (None, ""), (2, "reaction")):
        event = KnownEvent("Injection site reaction", "", grade, "2026-11-22")
        assert shown(protocol, reactions=(event,), last_dose=DAY - timedelta(days=2)) == hint
        assert shown(protocol, reactions=(event,)) == ""


@given(some.sampled_from(["", "none", "cleared", *CODES]), some.sets(some.sampled_from(CODES)))
def test_only_an_answer_that_names_a_condition_or_none_beside_a_hint_proposes_a_deviation(
    answer: str, hinting: set[str]
) -> None:
    conditions = parse_once().holds_of("IL2")
    known = [holds.Hint(code, "hold.pregnant") for code in sorted(hinting)]
    found = list(given_despite(conditions, answer, known, DAY))
    proposed = {(each.code, str(each.facts["hold"])) for each in found if each.is_deviation}
    if answer in CODES:
        assert proposed == {("dose.hold_given", answer)}
    elif answer:
        assert not proposed and len(found) == len(hinting)
    else:
        assert proposed == {("dose.hold_known", code) for code in hinting}


@pytest.mark.parametrize(
    ("was", "wrong", "reason"),
    [
        ('drugs = ["BEL", "IL2"]\nmissed_reason', 'drugs = ["XYZ"]\nmissed_reason', "unknown_reference"),
        ('missed_reason = "adverse_event"', 'missed_reason = "no_such"', "unknown_reference"),
        ('analytes = ["NEUT", "PLAT"]', 'analytes = ["NEUT", "PLT"]', "unknown_reference"),
        ('field = "temperature", at_least', 'field = "warmth", at_least', "unknown_reference"),
        ('code = "fever"\nkey = "1"', 'code = "fever"\nkey = "N"', "twice"),
        ('code = "infection"\nkey = "2"', 'code = "infection"\nkey = "1"', "twice"),
        ("reaction_grade = 2", "reaction_grad = 2", "unknown_key"),
    ],
)
def test_a_condition_that_points_nowhere_or_has_a_key_twice_is_refused(
    was: str, wrong: str, reason: str
) -> None:
    files = package.installed_files()
    text = str(files["protocol.toml"])
    assert was in text
    with pytest.raises(PackageFaulty) as refused:
        parse({**files, "protocol.toml": text.replace(was, wrong, 1)})
    assert refused.value.code == f"package.{reason}"
