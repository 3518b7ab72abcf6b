from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.base.paths import resource
from sle_desk.domain.instruments import parse_instruments
from sle_desk.domain.scoring import Activity, LldasFacts, arthritis, doris, lldas, sledai_score, sri

INSTRUMENTS = parse_instruments(
    tomllib.loads(resource("protocol", "nct05262686", "instruments.toml").read_text("utf-8"))
)
SCALE, BILAG, SRI4 = INSTRUMENTS.sledai, INSTRUMENTS.bilag, INSTRUMENTS.sri_rule("SRI-4")
ALL_E: dict[str, str | None] = dict.fromkeys(BILAG.systems, "E")
NONE_PRESENT: dict[str, bool | None] = dict.fromkeys(SCALE.weights, False)
ANSWERS = st.fixed_dictionaries({code: st.sampled_from([True, False, None]) for code in SCALE.weights})


def activity(sledai: int | None = 10, pga: str | None = "1.5", **letters: str | None) -> Activity:
    return Activity("SLEDAI-2K", sledai, None if pga is None else Decimal(pga), {**ALL_E, **letters})


@given(ANSWERS)
def test_a_total_exists_only_when_every_item_was_assessed(answers):
    score = sledai_score(answers, SCALE)
    present = {code for code, answer in answers.items() if answer}
    missing = {code for code, answer in answers.items() if answer is None}
    assert score.partial == sum(SCALE.weights[code] for code in present)
    assert set(score.missing) == missing
    assert score.total == (None if missing else score.partial)
    clinical = sum(SCALE.weights[code] for code in present - {"CMPL", "DNA"})
    assert score.clinical == (None if missing - {"CMPL", "DNA"} else clinical)


def test_everything_present_is_105_and_101_without_serology():
    score = sledai_score(dict.fromkeys(SCALE.weights, True), SCALE)
    assert (score.total, score.clinical) == (105, 101)


def test_an_item_nobody_answered_is_missing_as_one_not_assessed():
    answers = {code: answer for code, answer in NONE_PRESENT.items() if code != "DNA"}
    score = sledai_score({**answers, "RASH": True}, SCALE)
    assert (score.total, score.clinical, score.partial, score.missing) == (None, 2, 2, ("DNA",))


def test_rash_and_arthritis_are_6():
    assert sledai_score({**NONE_PRESENT, "RASH": True, "ARTH": True}, SCALE).total == 6


def test_an_item_the_instrument_does_not_have_is_refused():
    with pytest.raises(RuleBroken, match=r"score\.unknown_item"):
        sledai_score({**NONE_PRESENT, "RASHES": True}, SCALE)


@pytest.mark.parametrize(("joints", "present"), [(0, False), (1, False), (2, True), (3, True), (None, None)])
def test_arthritis_is_two_joints_or_more_in_the_2k_version(joints, present):
    assert arthritis(joints, SCALE) is present


@pytest.mark.parametrize(("fall", "met"), [(3, False), (4, True), (5, True)])
def test_a_fall_of_exactly_four_points_is_enough(fall, met):
    found = sri(activity(10), activity(10 - fall), SRI4, BILAG)
    assert found.parts.sledai_ok is met
    assert found.answer == found.non_responder == ("Y" if met else "N")


@pytest.mark.parametrize(
    ("before", "after", "met"),
    [("1.1", "1.39", True), ("1.1", "1.4", False), ("1.1", "1.41", False), ("2.0", "1.0", True)],
)
def test_a_pga_worse_by_exactly_0_3_is_worse(before, after, met):
    # In binary floats 1.4 - 1.1 is below 0.3 and would pass wrongly.
    found = sri(activity(pga=before), activity(4, pga=after), SRI4, BILAG)
    assert found.parts.pga_ok is met
    assert found.answer == ("Y" if met else "N")


@pytest.mark.parametrize(
    ("before", "after", "new_a", "new_b"),
    [
        ("B", "A", 1, 0),
        ("A", "A", 0, 0),
        ("A", "B", 0, 0),
        ("B", "B", 0, 0),
        ("C", "B", 0, 1),
        ("D", "B", 0, 1),
        ("E", "B", 0, 1),
        ("E", "A", 1, 0),
        ("A", "C", 0, 0),
    ],
)
def test_a_letter_is_new_only_against_the_baseline(before, after, new_a, new_b):
    found = sri(activity(RENAL=before), activity(4, RENAL=after), SRI4, BILAG)
    assert found.parts.new_a == ("RENAL",) * new_a
    assert found.parts.new_b == ("RENAL",) * new_b
    assert found.parts.bilag_ok is (new_a == 0)


def test_one_new_b_passes_and_two_do_not():
    one = sri(activity(), activity(4, RENAL="B"), SRI4, BILAG)
    two = sri(activity(), activity(4, RENAL="B", MSK="B"), SRI4, BILAG)
    assert (one.answer, two.answer) == ("Y", "N")


@pytest.mark.parametrize(
    ("baseline", "visit", "missing"),
    [
        (activity(None), activity(4), "baseline.sledai"),
        (activity(), activity(None), "visit.sledai"),
        (activity(pga=None), activity(4), "baseline.pga"),
        (activity(), activity(4, pga=None), "visit.pga"),
        (activity(RENAL=None), activity(4), "baseline.bilag.RENAL"),
        (activity(), activity(4, HAEM=None), "visit.bilag.HAEM"),
    ],
)
def test_a_missing_part_is_not_evaluable_and_named_and_a_non_responder_beside_it(baseline, visit, missing):
    found = sri(baseline, visit, SRI4, BILAG)
    assert (found.answer, found.non_responder) == ("NE", "N")
    assert found.reasons == ("sri.missing",)
    assert found.missing == (missing,)
    judged = (found.parts.sledai_ok, found.parts.pga_ok, found.parts.bilag_ok)
    named = [part in missing for part in ("sledai", "pga", "bilag")]
    assert [one is None for one in judged] == named


def test_a_failed_part_beside_a_missing_one_stays_not_evaluable():
    found = sri(activity(pga=None), activity(9), SRI4, BILAG)
    assert found.parts.sledai_ok is False
    assert (found.answer, found.non_responder) == ("NE", "N")


@pytest.mark.parametrize(("sledai", "answer"), [(3, "NE"), (4, "Y")])
def test_a_baseline_below_the_fall_that_is_asked_cannot_be_evaluated(sledai, answer):
    found = sri(activity(sledai), activity(0), SRI4, BILAG)
    assert found.answer == answer
    assert found.reasons == (("sri.low_baseline",) if answer == "NE" else ())


def test_two_versions_of_the_instrument_are_not_compared():
    visit = replace(activity(4), instrument="SELENA-SLEDAI")
    found = sri(activity(), visit, SRI4, BILAG)
    assert (found.answer, found.reasons) == ("NE", ("sri.other_instrument",))


def test_a_larger_fall_can_be_asked_for():
    rule = replace(SRI4, code="SRI-6", sledai_drop=6)
    assert sri(activity(), activity(5), rule, BILAG).answer == "N"
    assert sri(activity(), activity(4), rule, BILAG).answer == "Y"


def test_a_letter_or_system_that_bilag_does_not_have_is_refused():
    with pytest.raises(RuleBroken, match=r"score\.bilag_letter"):
        sri(activity(RENAL="F"), activity(), SRI4, BILAG)
    with pytest.raises(RuleBroken, match=r"score\.bilag_system"):
        sri(activity(), activity(KIDNEY="A"), SRI4, BILAG)


SETTLED = LldasFacts(False, False, False, Decimal("1"), Decimal("7.5"), True)


def low_activity(facts: LldasFacts = SETTLED, **present: bool | None):
    return lldas(sledai_score({**NONE_PRESENT, **present}, SCALE), facts, INSTRUMENTS.lldas)


def test_low_disease_activity_is_reached_at_each_of_its_limits():
    assert low_activity(CMPL=True, DNA=True).answer == "Y"


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        (replace(SETTLED, pga=Decimal("1.01")), "pga"),
        (replace(SETTLED, prednisolone=Decimal("7.51")), "prednisolone"),
        (replace(SETTLED, new_activity=True), "new_activity"),
        (replace(SETTLED, haemolysis=True), "haemolysis"),
        (replace(SETTLED, gastrointestinal=True), "gastrointestinal"),
        (replace(SETTLED, standard_treatment=False), "standard_treatment"),
    ],
)
def test_one_failed_condition_is_no_low_disease_activity(facts, part):
    found = low_activity(facts)
    assert found.answer == "N"
    assert [one.code for one in found.parts if one.met is False] == [part]


def test_a_fever_of_one_point_is_a_major_item_and_five_points_of_others_are_too_many():
    assert low_activity(FEVR=True).answer == "N"
    assert low_activity(RASH=True, MUC=True).answer == "Y"
    assert low_activity(RASH=True, MUC=True, LEUK=True).answer == "N"


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(SETTLED, new_activity=None), ("new_activity",)),
        (replace(SETTLED, pga=None, prednisolone=None), ("pga", "prednisolone")),
        (replace(SETTLED, standard_treatment=None), ("standard_treatment",)),
    ],
)
def test_what_nobody_said_leaves_low_disease_activity_open(facts, missing):
    found = low_activity(facts)
    assert (found.answer, found.missing) == ("NE", missing)


def test_an_item_not_assessed_leaves_it_open_unless_the_rest_is_already_too_much():
    assert low_activity(PROT=None).missing == ("sledai", "major_organ")
    assert low_activity(PROT=None).answer == "NE"
    assert low_activity(DNA=None).missing == ("sledai",)
    assert low_activity(DNA=None, ARTH=True, RASH=True).answer == "N"


@pytest.mark.parametrize(
    ("clinical", "pga", "prednisolone", "stable", "answer"),
    [
        (0, "0.49", "5", True, "Y"),
        (0, "0.5", "5", True, "N"),
        (0, "0.4", "5.01", True, "N"),
        (1, "0.4", "5", True, "N"),
        (0, "0.4", "5", False, "N"),
        (0, "0.4", "5", None, "NE"),
        (None, "0.4", "5", True, "NE"),
        (None, "0.5", "5", True, "N"),
    ],
)
def test_remission_at_its_limits(clinical, pga, prednisolone, stable, answer):
    found = doris(clinical, Decimal(pga), Decimal(prednisolone), stable, INSTRUMENTS.doris)
    assert found.answer == answer


def test_the_other_reading_of_the_remission_paper_can_be_decided():
    below_5 = replace(
        INSTRUMENTS.doris, prednisolone=replace(INSTRUMENTS.doris.prednisolone, inclusive=False)
    )
    assert doris(0, Decimal("0.4"), Decimal(5), True, below_5).answer == "N"
    assert doris(0, Decimal("0.4"), Decimal("4.99"), True, below_5).answer == "Y"
