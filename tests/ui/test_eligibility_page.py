"""The eligibility page: one key a leaf, evidence beside it, and one signature after each leaf was shown."""

from datetime import timedelta

import logged
import pytest
from desk_window import DeskWindow
from logged import medicine
from study_fixtures import PASSWORD, START, clock, made_study, study
from trial_fixtures import _lent as lent
from trial_fixtures import _made as made
from trial_fixtures import decide_everything, judge_leaves, laboratory, made_trial, register, screen
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import checklist, delegations, eligibility, form_records, log_entries, subjects
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.eligibility_page import EligibilityPage

__all__ = ["clock", "made_study", "made_trial", "study"]
OPEN = frozenset({"D01", "D02"})


def screened_subject(study):
    """Register and screen one woman."""
    laboratory(study)
    screen(study, register(study))


def mostly_decided(study):
    """Decide everything but D01 and D02, and screen a woman who meets the rest."""
    decide_everything(study, but=OPEN)
    screened_subject(study)


@pytest.fixture(scope="session")
def made_screened(tmp_path_factory, made_study):
    """A study with two clarifications open and a screened woman, made once."""
    return made(tmp_path_factory, "screened", (*made_study, START), mostly_decided)


@pytest.fixture(scope="session")
def made_clear(tmp_path_factory, made_trial):
    """A study with everything decided and a screened woman who meets every criterion, made once."""
    return made(tmp_path_factory, "clear", made_trial, screened_subject)


@pytest.fixture
def screened(tmp_path, made_screened):
    """A study with everything decided but D01 and D02, and its subject."""
    for copy in lent(made_screened, tmp_path / "screened"):
        yield copy, 1


@pytest.fixture
def clear(tmp_path, made_clear):
    """A study with everything decided, and its subject."""
    for copy in lent(made_clear, tmp_path / "clear"):
        yield copy, 1


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the checklist for a person."""

    windows = []

    def open_checklist(where, login="wu.min", role=roles.PI, leaf="", language="en"):
        go = Go("eligibility", subject_id=where[1], panel=leaf)
        windows.append(DeskWindow(qtbot, where[0], login, role, EligibilityPage, go, language))
        return windows[-1]

    yield open_checklist
    for each in windows:
        each.close()


def rows_of(at, where):
    """Return the checklist by leaf, as it is stored."""
    return {row.code: row for row in checklist.checklist(at.desk, where[1]).rows}


def favourable_key(row):
    """Return the key of the answer that includes the subject."""
    return "y" if "met" in row.judged.leaf.answers else "n"


def key_suggested(row):
    """Return the key of the answer that the evidence suggests."""
    keys = {"met": "y", "present": "y", "not_met": "n", "absent": "n", "not_applicable": "a"}
    return keys.get(row.judged.suggestion or "", favourable_key(row))


def decide_all(at, typist, where):
    """Decide every leaf as the evidence suggests, by keys; with a reason where nothing is computed."""
    for code, row in rows_of(at, where).items():
        if row.judged.state == "void":
            continue
        at.page.list.go_to(code)
        typist.press(key_suggested(row))
        if at.page.panel.isVisible():
            typist.type("Asked.")
            typist.press("Ctrl+Enter")


def test_the_coordinator_pre_checks_each_leaf_with_one_key_each(screened, opened):
    at, typist = opened(screened, "chen.lan", roles.COORDINATOR), Typist()
    waiting = [row for row in rows_of(at, screened).values() if row.judged.state == "in_force"]
    keys = [key_suggested(row) for row in waiting]
    assert len(keys) == len(waiting) > 25
    typist.press(*keys)
    after = rows_of(at, screened)
    assert all(after[row.code].precheck is not None for row in waiting)
    assert all(after[code].precheck is None for code in ("I2", "E1b"))
    assert typist.sees(f"{len(waiting)} of {len(waiting)} pre-checked")


def test_a_leaf_that_waits_takes_no_answer_and_leads_to_its_clarification(screened, opened):
    at, typist = opened(screened, "chen.lan", roles.COORDINATOR, leaf="I2"), Typist()
    assert typist.sees("Waiting for D01")
    assert at.page.list.rows["I2"].open.word == "D01 open: no reading in force"
    typist.press("y")
    assert rows_of(at, screened)["I2"].precheck is None and at.said
    typist.press("c")
    assert at.went[-1] == Go("study", tab="clarifications", panel="D01")


def test_entries_stand_beside_the_typed_answer_and_e_leads_to_the_log_for_what_they_lack(clear, opened):
    study, subject_id = clear
    desk = study.sit("chen.lan", roles.COORDINATOR)
    medicine(desk, "Prednisone", "20", "2026-01-05", subject_id)
    at, typist = opened(clear, "chen.lan", roles.COORDINATOR, leaf="I4e"), Typist()
    row = at.page.list.rows["I4e"]
    assert row.head.text() == "Evidence is missing"
    assert typist.sees("Whether Prednisone (since 2026-01-05) goes on, or when it ended, is not said.")
    typist.press("e")
    assert at.went[-1] == Go("subject", subject_id=subject_id, tab="medicines")
    entry = log_entries.entries(at.desk, "medicines", subject_id)[0]
    form_records.complete_form(at.desk, entry.id, logged.given({}, ongoing="Y"), entry.version)
    at.page.load()
    assert row.head.text() == "Nothing can be computed: a person judges"
    lines = row.lines.text()
    assert "Highest daily dose by the entries 20 mg/day (≤ 10 mg/day: no)" in lines
    assert "2026-01-05 – →" in lines and "The typed answer and the entries do not agree." in lines
    assert "20 mg/day" in row.accessibleDescription()


def test_evidence_stands_with_value_unit_day_and_formula(screened, opened):
    at, typist = opened(screened), Typist()
    lines = at.page.list.rows["E2b"].lines.text()
    assert "2026-11-23" in lines and "Cockcroft-Gault" in lines and "umol/L" in lines
    assert at.page.list.rows["E1a"].head.text() == "The evidence says: Absent"
    assert at.page.list.rows["I2"].head.text() == "Nothing is judged"
    assert typist.sees("“Male or female >18 years of age at screening visits”")


def test_missing_evidence_never_reads_as_met_and_e_leads_to_its_form(study, opened):
    decide_everything(study, but=OPEN)
    unscreened = (study, register(study))
    at, typist = opened(unscreened, leaf="I3b"), Typist()
    assert at.page.list.rows["I3b"].head.text() == "Evidence is missing"
    typist.press("y")
    assert rows_of(at, unscreened)["I3b"].decision is None and at.said
    typist.press("e")
    assert at.went[-1].page == "subject"


def test_signing_before_every_leaf_is_decided_lists_what_is_missing_and_leads_there(screened, opened):
    at, typist = opened(screened), Typist()
    assert typist.sees("Not ready for signature")
    typist.press("Ctrl+Enter")
    assert typist.sees("I 2 · waits for D01, which the PI decides")
    assert typist.sees("E 2b · Renal insufficiency: not decided")
    assert checklist.checklist(at.desk, screened[1]).signed is None
    typist.press("Enter")
    assert at.went[-1] == Go("study", tab="clarifications", panel="D01")


def test_the_pi_decides_one_leaf_with_enter_digit_reason_and_ctrl_enter(screened, opened):
    at, typist = opened(screened, leaf="I3b"), Typist()
    typist.press("Enter", "2")
    typist.type("Lives too far away.")
    typist.press("Ctrl+Enter")
    decision = rows_of(at, screened)["I3b"].decision
    assert decision is not None and (decision.answer, decision.reason) == ("not_met", "Lives too far away.")


def test_a_decision_against_the_evidence_asks_for_its_reason_and_keeps_the_answer(screened, opened):
    at, typist = opened(screened, leaf="E2b"), Typist()
    typist.press("y")
    assert at.page.panel.isVisible() and rows_of(at, screened)["E2b"].decision is None
    typist.press("Ctrl+Enter")
    assert at.page.panel.isVisible() and rows_of(at, screened)["E2b"].decision is None
    typist.type("Dialysis elsewhere.")
    typist.press("Ctrl+Enter")
    decision = rows_of(at, screened)["E2b"].decision
    assert decision is not None and decision.answer == "present"


def test_the_checklist_is_signed_once_after_every_leaf_was_shown(clear, opened):
    at, typist = opened(clear), Typist()
    shown_at_once = set(at.page.list.shown)
    assert 0 < len(shown_at_once) < len(at.page.list.rows)
    decide_all(at, typist, clear)
    at.page.list.shown.clear()
    at.page.list.go_to("I1")
    at.settle()
    typist.press("Ctrl+Enter")
    assert at.said[-1].endswith("PgDn shows on.") and not typist.sees("Password")
    at.page.list.go_to("I1")
    for _ in range(len(at.page.list.rows)):
        typist.press("PageDown")
        at.settle()
    typist.press("Ctrl+Enter")
    assert typist.sees("This subject is eligible.")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    signed = checklist.checklist(at.desk, clear[1]).signed
    assert signed is not None and (signed.verdict, signed.signed_by) == ("eligible", "Wu Min")
    assert typist.sees("Eligible: signed by Wu Min")


def test_the_coordinator_types_the_decisions_of_a_signed_paper_and_signs_that_they_stand_there(clear, opened):
    at, typist = opened(clear, "chen.lan", roles.COORDINATOR), Typist()
    typist.press("Enter")
    assert at.said[-1].startswith("An investigator decides.")
    typist.press("t")
    typist.fill("Wu Min", "2026-11-23", "Binder 2, SLE-001")
    typist.press("Ctrl+Enter")
    at.settle()
    assert typist.sees("From the paper of Wu Min, 2026-11-23")
    decide_all(at, typist, clear)
    at.page.list.go_to("I1")
    for _ in range(len(at.page.list.rows)):
        typist.press("PageDown")
        at.settle()
    typist.press("Ctrl+Enter")
    assert typist.sees(
        "I have typed each decision as it stands on the signed paper: the subject is eligible."
    )
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    signed = checklist.checklist(at.desk, clear[1]).signed
    assert signed is not None and (signed.verdict, signed.signed_by) == ("eligible", "Chen Lan")
    assert signed.ink is not None and signed.ink.signer == "Wu Min"
    assert typist.sees("Eligible: signed by Wu Min on paper of 2026-11-23, typed by Chen Lan")
    assert rows_of(at, clear)["I1"].decision.ink == signed.ink
    typist.press("n")
    assert rows_of(at, clear)["I1"].decision.answer == "met"


def test_a_subject_who_is_not_eligible_is_signed_as_a_screen_failure(clear, opened):
    at, typist = opened(clear), Typist()
    decide_all(at, typist, clear)
    at.page.list.go_to("I3b")
    typist.press("Enter", "2")
    typist.type("Cannot come.")
    typist.press("Ctrl+Enter")
    at.page.list.go_to("I1")
    for _ in range(len(at.page.list.rows)):
        typist.press("PageDown")
        at.settle()
    typist.press("Ctrl+Enter")
    assert typist.sees("This subject is not eligible.")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    assert subjects.subject_row(at.desk, clear[1]).state == "failed"


def test_p_leads_to_the_print_of_the_form(screened, opened):
    at, typist = opened(screened), Typist()
    typist.press("p")
    assert at.went[-1] == Go("reports", subject_id=screened[1], tab="eligibility_form")


def test_filters_show_undecided_leaves_and_unclear_texts(screened, opened):
    at, typist = opened(screened), Typist()
    at.window.layout().insertWidget(0, at.page.filters)
    at.settle()
    typist.press("Shift+Tab")
    while not at.page.filters.hasFocus():
        typist.press("Shift+Tab")
    typist.press("Right", "Right")
    visible = [code for code, row in at.page.list.rows.items() if row.isVisible()]
    assert visible == ["I2", "E1b"]


def test_the_monitor_reads_and_has_no_answer_to_give(screened, opened):
    at, typist = opened(screened, "he.jian", roles.MONITOR), Typist()
    assert not any(row.buttons or row.decide.isVisible() for row in at.page.list.rows.values())
    typist.press("y")
    assert rows_of(at, screened)["I1"].precheck is None


def test_the_page_speaks_chinese_with_the_focus_where_it_was(screened, opened):
    at, typist = opened(screened, "chen.lan", roles.COORDINATOR, leaf="E1a", language="zh_CN"), Typist()
    typist.press("n")
    given = rows_of(at, screened)["E1a"].precheck
    assert given is not None and given.answer == "absent"
    at.page.retranslate()
    assert at.page.list.current is not None and at.page.list.current.hasFocus()


def test_a_signed_checklist_goes_void_with_a_reason_when_a_decision_is_changed(clear, opened):
    at, typist = opened(clear), Typist()
    decide_all(at, typist, clear)
    shown = checklist.checklist(at.desk, clear[1]).codes
    signing = eligibility.signing_for("eligible", "en", PASSWORD)
    eligibility.sign_eligibility(at.desk, clear[0].folder, clear[1], shown, signing)
    at.settle()
    at.page.list.go_to("I3b")
    typist.press("Enter", "2")
    typist.type("Moved away.")
    typist.press("Ctrl+Enter")
    at.settle()
    assert checklist.checklist(at.desk, clear[1]).signed is None
    assert typist.sees("The signature before is void: I3b: Moved away.")


def test_who_is_not_delegated_is_led_to_the_delegation_log_instead_of_the_password(clear, opened):
    pi = clear[0].sit("wu.min", roles.PI)
    for line in delegations.delegation_log(pi):
        if (line.name, line.task) == ("Zhao Jing", roles.ELIGIBILITY):
            delegations.end_delegation(pi, line.id, pi.today() - timedelta(days=1))
    desk = clear[0].sit("zhao.jing", roles.INVESTIGATOR)
    judge_leaves(desk, clear[1])
    at, typist = opened(clear, "zhao.jing", roles.INVESTIGATOR), Typist()
    typist.press("Ctrl+Enter")
    assert typist.sees("Deciding eligibility is not delegated to Zhao Jing today.")
    typist.press("Enter")
    assert at.went[-1] == Go("study", tab="delegation")
