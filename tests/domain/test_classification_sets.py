"""The classification sets item by item: worked vectors of the published rules, and what stays open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import files, refused, registered

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.classification import eular_acr_2019
from sle_desk.domain.classification_sets import items_of, verdict_of

INSTRUMENTS = registered().instruments
SETS = ("eular_acr_2019", "acr_1997", "aecg_2002")
ITEMS = {code: items_of(code, INSTRUMENTS) for code in SETS}
# What does not speak for the set where it is present.
AGAINST = {"ASSOCIATED", *INSTRUMENTS.item_rules.aecg_2002.excludes}


def judged(code: str, *present: str, unknown: tuple[str, ...] = ()):
    answers = {item: item in present for item in ITEMS[code]}
    return verdict_of(code, {**answers, **dict.fromkeys(unknown)}, INSTRUMENTS)


def eular(*present: str, unknown: tuple[str, ...] = ()):
    return judged("eular_acr_2019", *present, unknown=unknown)


def acr(*present: str, unknown: tuple[str, ...] = ()):
    return judged("acr_1997", *present, unknown=unknown)


def aecg(*present: str, unknown: tuple[str, ...] = ()):
    return judged("aecg_2002", *present, unknown=unknown)


@pytest.mark.parametrize(
    ("present", "points", "answer", "why"),
    [
        # Nephritis of class III or IV is enough beside ANA; of class II or V it is not.
        (("ANA", "NEPHRITIS_III_IV"), 10, "Y", ""),
        (("ANA", "NEPHRITIS_II_V"), 8, "N", ""),
        (("ANA", "NEPHRITIS_II_V", "FEVER"), 10, "Y", ""),
        (("ANA", "LEUKOPENIA", "JOINT", "LOW_C3_OR_C4", "ANTI_DSDNA"), 18, "Y", ""),
        # The best of a domain counts, not the sum.
        (("ANA", "DELIRIUM", "PSYCHOSIS", "SEIZURE"), 5, "N", ""),
        (("ANA", "LOW_C3_OR_C4", "LOW_C3_AND_C4", "ACUTE_CUTANEOUS"), 10, "Y", ""),
        (("ANA", "ANTI_SM", "LOW_C3_AND_C4", "ANTIPHOSPHOLIPID"), 12, "N", "classification.no_clinical"),
        (("NEPHRITIS_III_IV", "ANTI_SM"), 16, "N", "classification.no_entry"),
        ((), 0, "N", ""),
    ],
)
def test_eular_acr_2019_as_published(present, points, answer, why):
    found = eular(*present)
    assert (found.points, found.answer, found.why) == (points, answer, why)


@pytest.mark.parametrize(
    ("present", "points", "answer"),
    [
        (("MALAR", "PHOTOSENSITIVITY", "ORAL_ULCERS", "ANA"), 4, "Y"),
        (("MALAR", "PHOTOSENSITIVITY", "ORAL_ULCERS"), 3, "N"),
        # ANA is one criterion of eleven here, and no condition.
        (("DISCOID", "ARTHRITIS", "PROTEINURIA", "SEIZURE"), 4, "Y"),
        # Alternatives of one criterion count once.
        (("HAEMOLYTIC_ANAEMIA", "LEUKOPENIA", "LYMPHOPENIA", "THROMBOCYTOPENIA"), 1, "N"),
        (("PLEURITIS", "PERICARDITIS", "CASTS", "PROTEINURIA", "ANTI_SM", "ANTI_DSDNA"), 3, "N"),
        (tuple(ITEMS["acr_1997"]), 11, "Y"),
    ],
)
def test_acr_1997_as_published(present, points, answer):
    found = acr(*present)
    assert (found.points, found.answer, found.threshold, found.of) == (points, answer, 4, 11)


@pytest.mark.parametrize(
    ("present", "points", "answer", "why"),
    [
        # Primary: four of six with histology or antibodies.
        (("EYES_DRY", "MOUTH_DRY", "SCHIRMER", "ANTI_RO"), 4, "Y", ""),
        (("EYES_SAND", "SWALLOWING", "OCULAR_DYE", "FOCUS_SCORE"), 4, "Y", ""),
        (
            ("EYES_DRY", "MOUTH_DRY", "SCHIRMER", "SALIVARY_FLOW"),
            4,
            "N",
            "classification.no_objective",
        ),
        # Primary: three of the four objective items.
        (("SCHIRMER", "FOCUS_SCORE", "SCINTIGRAPHY"), 3, "Y", ""),
        (("SCHIRMER", "SCINTIGRAPHY", "ANTI_LA"), 3, "Y", ""),
        (("EYES_DRY", "SCHIRMER", "ANTI_LA"), 3, "N", ""),
        # Secondary, as in a patient with lupus: a symptom and two of III, IV and V; antibodies do not count.
        (("ASSOCIATED", "EYES_TEARS", "SCHIRMER", "FOCUS_SCORE"), 3, "Y", ""),
        (("ASSOCIATED", "EYES_DRY", "MOUTH_DRY", "SCHIRMER", "ANTI_RO"), 4, "N", ""),
        (("ASSOCIATED", "SCHIRMER", "FOCUS_SCORE", "SIALOGRAPHY"), 3, "N", ""),
        (("SCHIRMER", "FOCUS_SCORE", "SCINTIGRAPHY", "SARCOIDOSIS"), 3, "N", "classification.excluded"),
    ],
)
def test_aecg_2002_as_published(present, points, answer, why):
    found = aecg(*present)
    assert (found.points, found.answer, found.why, found.of) == (points, answer, why, 6)


def test_what_is_unknown_leaves_it_open_only_where_it_could_decide():
    nine = eular("ANA", "JOINT", "LEUKOPENIA", unknown=("FEVER", "ALOPECIA", "LOW_C3_OR_C4"))
    assert (nine.answer, nine.points, nine.highest) == ("NE", 9, 16)
    assert nine.deciding == ("FEVER", "ALOPECIA", "LOW_C3_OR_C4")
    # A lower weight of a domain that has a higher one decides nothing.
    low = eular("ANA", "ACUTE_CUTANEOUS", unknown=("ALOPECIA", "THROMBOCYTOPENIA"))
    assert (low.answer, low.deciding, low.unknown) == (
        "NE",
        ("THROMBOCYTOPENIA",),
        ("THROMBOCYTOPENIA", "ALOPECIA"),
    )
    renal = eular("ANA", "ACUTE_CUTANEOUS", unknown=("ALOPECIA", "NEPHRITIS_II_V"))
    assert (renal.answer, renal.deciding) == ("NE", ("NEPHRITIS_II_V",))
    # The points are there; whether any is clinical is open.
    clinical = eular("ANA", "ANTI_DSDNA", "LOW_C3_AND_C4", unknown=("FEVER",))
    assert (clinical.points, clinical.answer, clinical.deciding) == (10, "NE", ("FEVER",))
    assert eular("ANA", "JOINT", "THROMBOCYTOPENIA", unknown=("FEVER",)).deciding == ()
    assert eular("ANA", "JOINT", unknown=("FEVER",)).answer == "N"
    three = ("MALAR", "ARTHRITIS", "LEUKOPENIA")
    assert acr(*three, unknown=("THROMBOCYTOPENIA", "ANA")).deciding == ("ANA",)
    assert acr(*three, unknown=("THROMBOCYTOPENIA",)).answer == "N"
    assert aecg("EYES_DRY", "MOUTH_DRY", "SCHIRMER", unknown=("EYES_SAND", "ANTI_LA")).deciding == (
        "ANTI_LA",
    )
    # Of a patient with lupus antibodies decide nothing; that she has it decides which rule holds.
    assert aecg("ASSOCIATED", "EYES_DRY", "SCHIRMER", unknown=("ANTI_RO",)).answer == "N"
    assert aecg("EYES_DRY", "MOUTH_DRY", "SCHIRMER", "ANTI_RO", unknown=("ASSOCIATED",)).deciding == (
        "ASSOCIATED",
    )
    excluded = aecg("SCHIRMER", "FOCUS_SCORE", "SCINTIGRAPHY", unknown=("LYMPHOMA",))
    assert (excluded.answer, excluded.deciding) == ("NE", ("LYMPHOMA",))


def test_an_answer_that_is_not_given_is_unknown_and_one_of_another_set_is_refused():
    assert verdict_of("acr_1997", {"MALAR": True}, INSTRUMENTS).unknown[0] == "DISCOID"
    with pytest.raises(RuleBroken, match=r"classification\.not_of_set"):
        verdict_of("acr_1997", {"FEVER": True}, INSTRUMENTS)
    with pytest.raises(RuleBroken, match=r"classification\.no_items"):
        verdict_of("slicc_2012", {}, INSTRUMENTS)


ANSWERS = {
    code: st.fixed_dictionaries({item: st.sampled_from([True, False, None]) for item in ITEMS[code]})
    for code in SETS
}


@pytest.mark.parametrize("code", SETS)
@given(data=st.data())
def test_a_verdict_stands_whatever_the_unknown_turns_out_to_be(code, data):
    answers = data.draw(ANSWERS[code])
    found = verdict_of(code, answers, INSTRUMENTS)
    whole = {item: data.draw(st.booleans()) if said is None else said for item, said in answers.items()}
    later = verdict_of(code, whole, INSTRUMENTS)
    assert later.answer in ("Y", "N")
    assert found.answer in ("NE", later.answer)
    assert found.points <= later.points <= found.highest
    assert (found.answer == "NE") == bool(found.deciding)
    assert set(found.deciding) <= set(found.unknown)


@pytest.mark.parametrize("code", SETS)
@given(data=st.data())
def test_once_the_deciding_items_are_answered_the_others_may_stay_unknown(code, data):
    answers = data.draw(ANSWERS[code])
    found = verdict_of(code, answers, INSTRUMENTS)
    settled = {**answers, **{item: data.draw(st.booleans()) for item in found.deciding}}
    assert verdict_of(code, settled, INSTRUMENTS).answer in ("Y", "N")


@pytest.mark.parametrize("code", SETS)
@given(data=st.data())
def test_one_item_more_never_takes_a_verdict_away(code, data):
    answers = data.draw(ANSWERS[code])
    more = data.draw(st.sampled_from([item for item in ITEMS[code] if item not in AGAINST]))
    before = verdict_of(code, {**answers, more: False}, INSTRUMENTS)
    unknown = verdict_of(code, {**answers, more: None}, INSTRUMENTS)
    after = verdict_of(code, {**answers, more: True}, INSTRUMENTS)
    order = ("N", "NE", "Y")
    assert order.index(before.answer) <= order.index(unknown.answer) <= order.index(after.answer)
    assert before.points <= unknown.points <= after.points


@given(ANSWERS["eular_acr_2019"])
def test_the_points_of_eular_acr_2019_are_those_of_the_one_function(answers):
    others = {item: said for item, said in answers.items() if item != "ANA"}
    direct = eular_acr_2019(answers["ANA"], others, INSTRUMENTS.eular_acr)
    found = verdict_of("eular_acr_2019", answers, INSTRUMENTS)
    assert (found.answer, found.points, found.highest) == (direct.answer, direct.score, direct.highest)


def test_the_forms_ask_exactly_the_items_of_their_sets():
    package = files("forms/class_acr_1997.toml")
    del package["forms/class_acr_1997.toml"]["section"][0]["field"][0]
    assert refused(package)[::2] == ("forms/class_acr_1997.toml", "package.unknown_reference")
    package = files("instruments.toml")
    package["instruments.toml"]["classification_hints"]["acr_1997"][0]["reads"] = ["PROTEIN"]
    assert refused(package)[::2] == ("instruments.toml", "package.unknown_reference")
    package = files("instruments.toml")
    package["instruments.toml"]["aecg_2002"]["signs"] = ["VII"]
    assert refused(package) == ("instruments.toml", "aecg_2002.signs", "package.unknown_reference")
    package = files("forms/class_aecg_2002.toml")
    package["forms/class_aecg_2002.toml"]["section"][0]["field"][0]["choices"][0]["code"] = "yes"
    assert refused(package)[::2] == ("forms/class_aecg_2002.toml", "package.unknown_reference")


def test_each_item_is_present_absent_or_unknown_by_one_key():
    for code in SETS:
        for field in registered().form(f"class_{code}").fields():
            assert [(each.code, each.key) for each in field.choices] == [("Y", "Y"), ("N", "N"), ("U", "U")]
            assert field.investigator and field.required
