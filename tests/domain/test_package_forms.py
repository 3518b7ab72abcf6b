"""The forms of the package: their fields, limits, keys and words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.forms import Field

FIELDS = [(form.code, field) for form in registered().forms for field in form.fields()]
OURS = {
    "vitals",
    "pregnancy_test",
    "demography",
    "history_screening",
    "pga",
    "sledai2k",
    "bilag_letters",
    "joints28",
    "pre_dose_samples",
}


def test_the_forms_of_the_visits_are_all_there() -> None:
    assert {form.code for form in registered().forms} >= OURS


@pytest.mark.parametrize(
    ("code", "cdisc", "unit", "hard", "soft"),
    [
        ("temperature", "TEMP", "C", ("30", "45"), ("34", "42")),
        ("systolic", "SYSBP", "mmHg", ("30", "300"), ("70", "220")),
        ("diastolic", "DIABP", "mmHg", ("10", "200"), ("40", "130")),
        ("pulse", "PULSE", "beats/min", ("20", "250"), ("40", "150")),
        ("respiration", "RESP", "breaths/min", ("4", "80"), ("8", "40")),
        ("oxygen_saturation", "OXYSAT", "%", ("40", "100"), ("90", "100")),
        ("weight", "WEIGHT", "kg", ("20", "300"), ("30", "150")),
        ("height", "HEIGHT", "cm", ("100", "230"), ("135", "200")),
    ],
)
def test_vital_signs_have_their_limits(
    code: str, cdisc: str, unit: str, hard: tuple[str, str], soft: tuple[str, str]
) -> None:
    field = registered().form("vitals").field(code)
    assert (field.cdisc, field.unit) == (cdisc, unit)
    assert field.hard == (Decimal(hard[0]), Decimal(hard[1]))
    assert field.soft == (Decimal(soft[0]), Decimal(soft[1]))
    assert field.change_percent == (Decimal(10) if code == "weight" else None)


def test_a_weight_s_change_has_the_limit_that_its_setting_proposes() -> None:
    weight = registered().form("vitals").field("weight")
    assert registered().setting("weight.change_percent").proposal == str(weight.change_percent)


@given(st.sampled_from([row for row in FIELDS if row[0] in OURS]))
def test_a_limit_has_its_source_and_a_choice_a_digit_or_yes_or_no(chosen: tuple[str, Field]) -> None:
    _, field = chosen
    if field.hard or field.soft:
        assert field.source
    for choice in field.choices:
        assert re.fullmatch(r"[0-9YN]", choice.key)
    by_code = {choice.code: choice.key for choice in field.choices}
    assert by_code.get("Y", "Y") == "Y" and by_code.get("N", "N") == "N"


def test_pga_runs_from_0_to_3_in_hundredths_and_is_the_investigator_s() -> None:
    field = registered().form("pga").field("PGA")
    assert (field.hard, field.decimals, field.investigator) == ((Decimal(0), Decimal(3)), 2, True)
    assert registered().form("pga").signed


def test_joints_are_28() -> None:
    for field in registered().form("joints28").fields():
        assert field.hard == (Decimal(0), Decimal(28)) and field.decimals == 0


def test_sledai_has_24_items_each_present_absent_or_not_assessed_in_the_order_of_its_weights() -> None:
    form = registered().form("sledai2k")
    assert [field.code for field in form.fields()] == list(registered().instruments.sledai.weights)
    assert len(list(form.fields())) == 24
    for number, field in enumerate(form.fields(), 1):
        assert [(choice.code, choice.key) for choice in field.choices] == [
            ("Y", "Y"),
            ("N", "N"),
            ("NA", "0"),
        ]
        assert field.cdisc == f"SLD01{number:02}" and field.hint is not None and field.investigator


def test_the_arthritis_item_says_two_joints_or_more() -> None:
    hint = registered().form("sledai2k").field("ARTH").hint
    assert hint is not None and hint.en.startswith("2 joints or more") and hint.zh.startswith("2个及以上")


def test_bilag_has_nine_systems_of_five_letters() -> None:
    fields = list(registered().form("bilag_letters").fields())
    assert [field.code for field in fields] == list(registered().instruments.bilag.systems)
    assert all([choice.code for choice in field.choices] == list("ABCDE") for field in fields)


def test_no_choice_of_a_form_is_a_default() -> None:
    # There is no such key: a form cannot say which answer is given beforehand.
    assert not hasattr(Field, "default") and "default" not in Field.__dataclass_fields__


def test_allergies_are_asked_one_by_one() -> None:
    codes = [field.code for field in registered().form("history_screening").fields()]
    assert [code for code in codes if code.startswith("allergy_") and code != "allergy_note"] == [
        "allergy_belimumab",
        "allergy_il2",
        "allergy_tofacitinib",
    ]


@given(st.sampled_from(FIELDS))
def test_labels_have_chinese_in_chinese_and_none_in_english(chosen: tuple[str, Field]) -> None:
    _, field = chosen
    han = re.compile(r"[\u4e00-\u9fff]")
    for words in (field.label, *([field.hint] if field.hint else [])):
        assert not han.search(words.en)
        assert han.search(words.zh) or words.zh == words.en or words.zh.startswith("PGA")


def test_characters_the_print_font_lacks_are_not_used() -> None:
    # Superscript nine and subscript one: the font has no glyph for them.
    protocol = registered()
    labels = [words for _, field in FIELDS for words in (field.label, field.hint) if words]
    labels += [one for each in protocol.clarifications for one in (each.title, each.problem, each.intent)]
    labels += [
        one
        for each in protocol.clarifications
        for option in each.options
        for one in (option.label, option.consequence)
    ]
    labels += [each.label for each in protocol.settings] + [leaf.label for leaf in protocol.leaves]
    for words in labels:
        assert not re.search("[\u2070-\u209f\u2610-\u2612\u00b2\u00b3\u00b9]", words.en + words.zh), words
