"""The classification on papers: its result on the eligibility form, its forms on worksheet and in tables."""

import pytest
from outputs import words_of
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import clock, made_study, study
from trial_fixtures import decide_everything, made_trial, register, screen

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.pdf.worksheet_content import Questions
from sle_desk.exports.printing import print_eligibility_form
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import checklist, visit_states
from sle_desk.services.snapshots import snapshot

__all__ = ["clock", "kept_screened", "made_study", "made_trial", "screened", "screened_trial", "study"]


@pytest.fixture
def undecided(study):
    """A study with everything decided but D01, and a woman screened with 18 points of EULAR/ACR 2019."""
    decide_everything(study, but=frozenset({"D01"}))
    number = register(study)
    screen(study, number)
    return study, number


def printed(study, number, tmp_path, language="en"):
    """Return the words of the printed eligibility form."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    path = tmp_path / f"{language}.pdf"
    path.write_bytes(print_eligibility_form(desk, number, Language(language)).content)
    return " ".join(words_of(path).split())


def test_the_printed_eligibility_form_holds_points_items_and_verdict(screened_trial, screened, tmp_path):
    text = printed(screened_trial, screened, tmp_path)
    assert "EULAR/ACR 2019 (SLE), points 18 (≥ 10: yes)" in text
    assert "Leukopenia; Joint involvement; C3 or C4 low; Anti-dsDNA" in text and "Verdict met" in text
    chinese = "".join(printed(screened_trial, screened, tmp_path, "zh_CN").split())
    assert "得分18" in chinese and "判定符合" in chinese


def test_with_d01_open_the_points_stand_beside_it_and_nothing_is_judged(undecided, tmp_path):
    study, number = undecided
    text = printed(study, number, tmp_path)
    assert "EULAR/ACR 2019 (SLE), points 18 ·" in text and "Verdict" not in text
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = next(row for row in checklist.checklist(desk, number).rows if row.code == "I2")
    assert (row.judged.state, row.judged.suggestion) == ("waiting", None)


@pytest.mark.parametrize(
    ("option", "suggestion", "gaps"),
    [
        ("eular_acr_2019", "met", []),
        ("acr_1997", None, ["eligibility.other_set"]),
        ("slicc_2012", None, ["eligibility.other_set"]),
    ],
)
def test_whichever_way_d01_is_decided_afterwards_the_items_recorded_before_are_judged(
    undecided, option, suggestion, gaps
):
    study, number = undecided
    decide_everything(study, {"D01": option}, but=_all_but_d01(study))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    row = next(row for row in checklist.checklist(desk, number).rows if row.code == "I2")
    assert (row.judged.suggestion, [gap.code for gap in row.judged.missing]) == (suggestion, gaps)
    (visit,) = (each for each in visit_states.visit_states(desk, number) if each.code == "V0")
    states = {form.code: form.state for form in visit.forms if form.code.startswith("class_")}
    unfilled = {code: state for code, state in states.items() if code != "class_eular_acr_2019"}
    assert states["class_eular_acr_2019"] == "complete"
    assert {code for code, state in unfilled.items() if state == "empty"} == (
        {f"class_{option}"} & set(unfilled)
    )


def _all_but_d01(study):
    protocol = study.sit("wu.min", roles.PI).protocol
    codes = {each.code for each in (*protocol.clarifications, *protocol.settings)}
    return frozenset(codes - {"D01"})


def test_the_worksheet_lists_every_set_with_a_box_and_says_which_is_not_expected(screened_trial, screened):
    with snapshot(screened_trial.sit("chen.lan", roles.COORDINATOR)) as copy:
        sheet = visit_worksheet(copy, screened, "V0")
    asked = [one for part in sheet.parts if isinstance(part, Questions) for row in part.rows for one in row]
    listed = [one.label.en for one in asked if one.label.en.startswith("Classification")]
    assert listed == [
        "Classification: EULAR/ACR 2019",
        "Classification: ACR 1997 (not expected)",
        "Classification: AECG 2002, Sjögren's (not expected)",
        "Classification: SLICC 2012, verdict (not expected)",
    ]


def test_the_workbook_holds_the_items_as_any_other_form(screened_trial, screened):
    with snapshot(screened_trial.sit("chen.lan", roles.COORDINATOR)) as copy:
        tables = {table.name: table for table in study_tables(copy, PRESETS["site"])}
    table = tables["CLASS_EULAR_ACR_2019"]
    at = {column.name: place for place, column in enumerate(table.columns)}
    (row,) = table.rows
    assert (row[at["JOINT"]], row[at["FEVER"]]) == ("Y", "N")
    assert {"CLASS_ACR_1997", "CLASS_AECG_2002", "CLASS_SLICC_2012"} <= set(tables)
