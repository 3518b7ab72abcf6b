from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.base.paths import resource
from sle_desk.domain.classification import eular_acr_2019
from sle_desk.domain.instruments import parse_instruments

RULE = parse_instruments(
    tomllib.loads(resource("protocol", "nct05262686", "instruments.toml").read_text("utf-8"))
).eular_acr
CODES = [criterion.code for criterion in RULE.criteria]


def judged(ana: bool | None, *present: str, unknown: tuple[str, ...] = ()):
    answers: dict[str, bool | None] = {code: code in present for code in CODES}
    return eular_acr_2019(ana, {**answers, **dict.fromkeys(unknown)}, RULE)


def test_ten_points_classify_and_nine_do_not():
    assert judged(True, "JOINT", "THROMBOCYTOPENIA").score == 10
    assert judged(True, "JOINT", "THROMBOCYTOPENIA").answer == "Y"
    assert judged(True, "JOINT", "LEUKOPENIA").score == 9
    assert judged(True, "JOINT", "LEUKOPENIA").answer == "N"


def test_only_the_best_weight_of_a_domain_counts():
    found = judged(True, "LEUKOPENIA", "THROMBOCYTOPENIA", "HAEMOLYSIS", "ANTI_SM", "ANTI_DSDNA")
    assert found.score == 10
    assert found.answer == "Y"
    # Of equal weights the first of the list is named.
    assert found.counted == ("THROMBOCYTOPENIA", "ANTI_DSDNA")


def test_points_of_immunology_alone_do_not_classify():
    found = judged(True, "ANTI_DSDNA", "LOW_C3_AND_C4", "ANTIPHOSPHOLIPID")
    assert (found.score, found.answer) == (12, "N")


def test_without_ana_nobody_classifies_and_with_ana_unknown_it_stays_open():
    assert judged(False, "NEPHRITIS_III_IV", "ANTI_SM").answer == "N"
    assert judged(None, "NEPHRITIS_III_IV", "ANTI_SM").answer == "NE"
    assert judged(None, "FEVER").answer == "N"


def test_an_unknown_item_leaves_it_open_only_where_it_could_decide():
    nine = judged(True, "JOINT", "LEUKOPENIA", unknown=("FEVER",))
    assert (nine.answer, nine.score, nine.highest, nine.unknown) == ("NE", 9, 11, ("FEVER",))
    assert judged(True, "JOINT", "THROMBOCYTOPENIA", unknown=("FEVER",)).answer == "Y"
    assert judged(True, "JOINT", unknown=("FEVER",)).answer == "N"


def test_an_item_that_is_not_of_the_set_is_refused():
    with pytest.raises(RuleBroken, match=r"classification\.unknown_item"):
        eular_acr_2019(True, {"FATIGUE": True}, RULE)


@given(
    st.sampled_from([True, False, None]),
    st.fixed_dictionaries({code: st.sampled_from([True, False, None]) for code in CODES}),
    st.data(),
)
def test_a_settled_answer_stays_whatever_the_unknown_turns_out_to_be(ana, answers, data):
    found = eular_acr_2019(ana, answers, RULE)
    settled = {
        code: data.draw(st.booleans()) if answer is None else answer for code, answer in answers.items()
    }
    later = eular_acr_2019(data.draw(st.booleans()) if ana is None else ana, settled, RULE)
    assert later.answer in ("Y", "N")
    assert found.answer in ("NE", later.answer)
    assert found.score <= later.score <= found.highest
