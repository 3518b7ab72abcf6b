"""The classification as evidence: the set of the decision judges, every other says nothing."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from earlier_package import earlier_files
from judged_subjects import (
    CLASSIFIED,
    classified,
    decided,
    form,
    history,
    judged_leaf,
    reading,
    subject,
    with_form,
)
from registered_package import registered

from sle_desk.domain.checks import Value
from sle_desk.domain.decisions import readings
from sle_desk.domain.eligibility import judge, verdict
from sle_desk.domain.eligibility_facts import Source
from sle_desk.domain.item_sets import spared_forms
from sle_desk.domain.protocol_file import parse

ACR = ("MALAR", "ARTHRITIS", "LEUKOPENIA", "ANTI_DSDNA", "ANA")
AECG = ("EYES_DRY", "MOUTH_DRY", "SCHIRMER", "ANTI_RO")


def by(option: str):
    return reading(decided({"D01": option}))


def judged(*forms, option: str = "eular_acr_2019"):
    facts = subject(forms=(history(), *forms))
    return judged_leaf("I2", facts, by(option))


def every_sheet():
    return (
        classified(*CLASSIFIED),
        classified(*ACR, code="class_acr_1997", record_id=16),
        classified(*AECG, code="class_aecg_2002", record_id=17),
    )


@pytest.mark.parametrize(
    ("option", "points", "source"),
    [("eular_acr_2019", 18, 15), ("acr_1997", 5, 16), ("aecg_2002", 4, 17)],
)
def test_the_set_that_was_decided_judges_the_items_that_were_recorded(option, points, source):
    found = judged(*every_sheet(), option=option)
    assert (found.suggestion, found.missing) == ("met", ())
    first = found.evidence[0]
    assert (first.value, first.source) == (Decimal(points), Source("form_record", source))
    assert found.evidence[-1].value == "Y"
    # The sheets of other sets are no part of what is signed.
    assert {each.id for each in found.sources} == {source}


def test_the_line_says_points_least_and_items():
    lines = judged(*every_sheet()).evidence
    assert (lines[0].label.en, lines[0].against.limit) == ("EULAR/ACR 2019 (SLE), points", Decimal(10))
    assert lines[0].against.holds is True
    assert lines[1].choice.en == (
        "ANA 1:80 or higher, ever; Leukopenia; Joint involvement; C3 or C4 low; Anti-dsDNA"
    )
    counted = judged(*every_sheet(), option="acr_1997").evidence[0]
    assert (counted.label.zh, counted.against.limit) == ("ACR 1997（SLE）（共11项）符合项数", Decimal(4))


def test_while_d01_is_open_the_leaf_waits_and_the_points_of_each_set_stand_beside_it():
    now = reading(tuple(each for each in decided() if each.code != "D01"))
    found = judged_leaf("I2", subject(forms=(history(), *every_sheet())), now)
    assert (found.state, found.waits_on, found.suggestion) == ("waiting", ("D01",), None)
    points = [line for line in found.evidence if isinstance(line.value, Decimal)]
    assert [line.value for line in points] == [18, 5, 4]
    assert all(line.against is None for line in points)
    # Nothing is judged: no line says met or not met.
    assert not {"Y", "N", "NE"} & {line.value for line in found.evidence}
    outcome = verdict(judge_all(now), {}, ())
    assert "eligibility.waits" in [reason.code for reason in outcome.reasons if reason.leaf == "I2"]


def judge_all(now):
    return judge(registered(), now, subject())


def test_not_met_by_the_items_is_not_met_and_says_why():
    found = judged(classified("ANA", "ANTI_SM", "LOW_C3_AND_C4"))
    assert (found.suggestion, [note.code for note in found.notes]) == (
        "not_met",
        # Ten points are those that are needed: one step lies between.
        ["classification.no_clinical", "eligibility.borderline"],
    )
    assert judged(classified("ANA", "JOINT")).suggestion == "not_met"


def test_an_unknown_item_that_could_decide_is_missing_and_leads_to_it():
    nine = judged(classified("ANA", "JOINT", "LEUKOPENIA", unknown=("FEVER", "ANTI_SM")))
    (gap,) = nine.missing
    assert (nine.suggestion, gap.code, gap.place.code) == (
        None,
        "classification.open",
        "class_eular_acr_2019",
    )
    assert (gap.place.field, gap.facts["items"].en) == ("FEVER", "Fever; Anti-Sm")
    assert nine.evidence[0].against.holds is None
    # What could not decide leaves nothing open, and is still told as unknown.
    settled = judged(classified(*CLASSIFIED, unknown=("FEVER",)))
    assert settled.suggestion == "met"
    assert [line.value for line in settled.evidence if line.label.en == "Unknown"] == ["FEVER"]


def test_an_item_nobody_answered_is_unknown_and_never_absent():
    sheet = classified("ANA", "JOINT", "LEUKOPENIA")
    values = {code: said for code, said in sheet.values.items() if code != "FEVER"}
    assert judged(form(sheet.form, values, 15)).missing[0].place.field == "FEVER"
    values["FEVER"] = Value(missing="unknown")
    assert judged(form(sheet.form, values, 15)).missing[0].place.field == "FEVER"


def test_without_the_sheet_of_the_set_nothing_is_judged_and_another_one_is_named():
    none = judged()
    assert [(gap.code, gap.place.code) for gap in none.missing] == [
        ("eligibility.not_answered", "class_eular_acr_2019")
    ]
    other = judged(classified(*ACR, code="class_acr_1997"))
    assert (other.suggestion, [gap.code for gap in other.missing]) == (None, ["eligibility.other_set"])
    assert other.missing[0].facts["used"].en == "ACR 1997 (SLE)"


def test_of_slicc_2012_the_typed_verdict_counts_with_its_source():
    values = {"met": Value(choice="Y"), "items": Value(text="Arthritis, leukopenia, ANA")}
    sheet = form("class_slicc_2012", values, 18)
    assert judged(sheet, option="slicc_2012").suggestion == "met"
    no = form("class_slicc_2012", {**values, "met": Value(choice="N")}, 18)
    assert judged(no, option="slicc_2012").suggestion == "not_met"
    open_one = judged(form("class_slicc_2012", {"items": values["items"]}, 18), option="slicc_2012")
    assert [gap.place.field for gap in open_one.missing] == ["met"]


def test_in_the_deciders_own_words_a_person_judges_and_sees_the_points():
    found = judged(*every_sheet(), option="own_words")
    assert (found.suggestion, found.missing) == (None, ())
    assert [line.value for line in found.evidence if isinstance(line.value, Decimal)] == [18, 5, 4]


def test_only_the_form_of_the_set_decided_is_expected():
    protocol = registered()
    forms = {f"class_{code}" for code in ("eular_acr_2019", "acr_1997", "aecg_2002", "slicc_2012")}
    for option in ("eular_acr_2019", "acr_1997", "aecg_2002", "slicc_2012"):
        assert spared_forms(protocol, by(option)) == forms - {f"class_{option}"}
    undecided = reading(tuple(each for each in decided() if each.code != "D01"))
    assert spared_forms(protocol, undecided) == spared_forms(protocol, by("own_words")) == forms


def test_a_study_that_runs_on_an_earlier_package_is_judged_by_the_verdict_typed_there():
    kept = {
        name: tomllib.loads(text) if name.endswith(".toml") else text
        for name, text in earlier_files().items()
    }
    earlier = parse(kept)
    codes = {each.code for each in (*earlier.clarifications, *earlier.settings)}
    made = tuple(each for each in decided() if each.code in codes)

    def said(**answers):
        facts = with_form(history(**answers))
        found = judge(earlier, readings(earlier, made, facts.today), facts)
        return next(each for each in found if each.leaf.code == "I2")

    typed = {"classification_set": "eular_acr_2019", "classification_met": "Y"}
    assert said(**typed).suggestion == "met"
    assert said(**{**typed, "classification_met": "N"}).suggestion == "not_met"
    assert [gap.code for gap in said(**{**typed, "classification_set": "slicc_2012"}).missing] == [
        "eligibility.other_set"
    ]
