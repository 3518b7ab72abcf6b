"""The items of a classification by keys: one key each, with the verdict and what was measured beside them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from desk_window import DeskWindow
from study_fixtures import clock, made_study, study
from trial_fixtures import laboratory, made_trial, register, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.domain.classification_sets import items_of
from sle_desk.services import form_records, labs, visit_states, visits
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.form_page import FormPage

__all__ = ["clock", "made_study", "made_trial", "study", "trial"]
FORM = "class_eular_acr_2019"
EIGHTEEN = ("ANA", "LEUKOPENIA", "JOINT", "LOW_C3_OR_C4", "ANTI_DSDNA")


@pytest.fixture
def screening(trial):
    """A trial with a subject at her screening visit, and the results of her first samples."""
    subject = register(trial)
    where = laboratory(trial)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject, "V0", desk.today()).id
    typed = (
        TypedResult("WBC", "3.2", "", Decimal("3.2"), "10^9/L"),
        TypedResult("PLAT", "212", "", Decimal("212"), "10^9/L"),
    )
    labs.save_results(desk, NewSample(subject, visit, "CBC", where, desk.now()), typed)
    antibodies = (TypedResult("SM", text="NEG"),)
    labs.save_results(desk, NewSample(subject, visit, "AUTOAB", where, desk.now()), antibodies)
    trial.clock.advance(timedelta(minutes=5))
    return trial, subject, visit


@pytest.fixture
def at_form(qtbot, screening):
    """Return a function that opens a form of the visit for the investigator."""
    opened = []

    def open_form(form=FORM, language="en", login="zhao.jing", role=roles.INVESTIGATOR):
        study, subject, visit = screening
        go = Go("form", subject_id=subject, visit_id=visit, form=form)
        opened.append(DeskWindow(qtbot, study, login, role, FormPage, go, language))
        return opened[-1]

    yield open_form
    for each in opened:
        each.close()


def keys_of(at, present, unknown=(), form=FORM):
    """Return the key of each item in the order of the form."""
    fields = at.desk.protocol.form(form).fields()
    return ["Y" if each.code in present else "U" if each.code in unknown else "N" for each in fields]


def state_of(at, subject, form=FORM):
    """Return the state of a form of the screening visit."""
    (visit,) = (each for each in visit_states.visit_states(at.desk, subject) if each.code == "V0")
    return next(each.state for each in visit.forms if each.code == form)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "en",
            "Cannot be judged yet · 9 points, 10 needed, at most 31 with what is unknown",
            "Criteria met · 18 points, 10 needed",
        ),
        (
            "zh_CN",
            "尚不能判定 · 9分，须达10分，计入不详项目最多31",
            "符合标准 · 18分，须达10分",
        ),
    ],
)
def test_one_key_an_item_and_the_verdict_is_told_as_they_are_answered(
    at_form, screening, language, before, after
):
    at, typist = at_form(language=language), Typist()
    keys = keys_of(at, EIGHTEEN)
    half = items_of("eular_acr_2019", at.desk.protocol.instruments).index("JOINT") + 1
    pressed = typist.presses
    typist.press(*keys[:half])
    assert at.page.classification.sentence() == before
    typist.press(*keys[half:])
    assert typist.presses - pressed == len(keys) == 23
    assert at.page.classification.sentence() == after
    typist.press("Ctrl+Enter")
    saved = form_records.saved_form(at.desk, screening[2], FORM)
    assert {code for code, value in saved.values.items() if value.choice == "Y"} == set(EIGHTEEN)
    assert state_of(at, screening[1]) == "complete"


def test_what_is_unknown_is_kept_as_unknown_and_named_where_it_could_decide(at_form, screening):
    at, typist = at_form(), Typist()
    typist.press(*keys_of(at, ("ANA", "JOINT", "LEUKOPENIA"), ("FEVER", "DELIRIUM", "LOW_C3_OR_C4")))
    assert at.page.classification.sentence() == (
        "Cannot be judged yet · 9 points, 10 needed, at most 16 with what is unknown · "
        "could still decide: Fever; Delirium; C3 or C4 low"
    )
    typist.press("Ctrl+Enter")
    saved = form_records.saved_form(at.desk, screening[2], FORM)
    assert saved.values["FEVER"].choice == "U"


def test_a_measurement_stands_at_its_item_with_range_and_day_and_answers_nothing(at_form):
    at = at_form()
    view = at.page.host.view
    hint = view.field("LEUKOPENIA").hint.text()
    assert "Below" not in hint and "below 4.0" in hint
    assert "Measured: WBC 3.2 10^9/L, " in hint and "2026-11-23" in hint
    assert "Anti-Sm negative" in view.field("ANTI_SM").hint.text().replace("Negative", "negative")
    assert "Measured" not in view.field("FEVER").hint.text()
    assert view.values().keys().isdisjoint(items_of("eular_acr_2019", at.desk.protocol.instruments))
    assert at.page.classification.sentence().startswith("Cannot be judged yet · 0 points")


def test_the_other_sets_count_criteria_and_are_not_expected(at_form, screening):
    at, typist = at_form("class_acr_1997"), Typist()
    assert state_of(at, screening[1]) == "empty"
    assert state_of(at, screening[1], "class_acr_1997") == "not_expected"
    typist.press(*keys_of(at, ("MALAR", "ARTHRITIS", "LEUKOPENIA", "LYMPHOPENIA"), form="class_acr_1997"))
    assert at.page.classification.sentence() == "Criteria not met · 3 of 11 criteria, 4 needed"
    typist.press("Ctrl+Enter")
    assert state_of(at, screening[1], "class_acr_1997") == "complete"


def test_another_form_has_no_such_line(at_form):
    at = at_form("sle_history")
    assert at.page.classification.sentence() == ""


def test_who_does_not_judge_types_the_items_from_a_signed_paper(at_form, screening):
    at, typist = at_form(login="chen.lan", role=roles.COORDINATOR), Typist()
    typist.press(*keys_of(at, EIGHTEEN))
    typist.press("Ctrl+Enter")
    assert form_records.saved_form(at.desk, screening[2], FORM) is None
    typist.press("Esc")
    at.page.host.view.go_to("source")
    typist.press("2")
    typist.fill("Binder 3", "Zhao Jing", "t")
    typist.press("Ctrl+Enter")
    saved = form_records.saved_form(at.desk, screening[2], FORM)
    assert (saved.source, saved.source_reference, saved.source_signer) == ("paper", "Binder 3", "Zhao Jing")
