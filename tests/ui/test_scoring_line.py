"""A form that is scored by settings nobody decided says so and leads there; it can be filled all the same."""

from __future__ import annotations

import pytest
from desk_window import DeskWindow
from study_fixtures import clock, made_study, study
from trial_fixtures import decide, decide_everything, register
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import visits
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.form_page import FormPage

__all__ = ["clock", "made_study", "study"]
OPEN = frozenset({"sledai.window_days", "sledai.proteinuria_rule", "sledai.upcr_counts"})
SAID = {
    "en": "How this is scored waits for decisions: “SLEDAI-2K looks back”, ",
    "zh_CN": "评分方法有待决定：“SLEDAI-2K评估回顾期”、",
}


@pytest.fixture
def at_form(qtbot, study):
    """Return a function that opens a form of the screening visit while the settings of the score are open."""
    opened = []
    decide_everything(study, but=OPEN)
    subject = register(study)
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject, "V0", desk.today()).id

    def open_form(form, language="en"):
        go = Go("form", subject_id=subject, visit_id=visit, form=form)
        opened.append(DeskWindow(qtbot, study, "zhao.jing", roles.INVESTIGATOR, FormPage, go, language))
        return opened[-1]

    yield open_form
    for each in opened:
        each.close()


@pytest.mark.parametrize("language", SAID)
def test_the_open_settings_of_a_score_are_said_and_a_key_leads_there(at_form, language):
    at, typist = at_form("sledai2k", language), Typist()
    assert at.page.scoring.sentence().startswith(SAID[language])
    typist.press("Ctrl+Shift+O")
    assert at.went == [Go("study", tab="clarifications", panel="sledai.window_days")]


def test_another_form_says_nothing_of_it(at_form):
    at = at_form("class_eular_acr_2019")
    assert not at.page.scoring.sentence()


def test_decided_settings_are_no_longer_named(at_form, study):
    desk = study.sit("wu.min", roles.PI)
    for code in sorted(OPEN):
        decide(study, desk, code, "value")
    assert not at_form("sledai2k").page.scoring.sentence()
