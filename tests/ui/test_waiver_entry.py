"""On the checklist: a waiver by keys, what a subject was judged under, values marked as close or too old."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from desk_window import DeskWindow
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import PASSWORD, made_study
from trial_fixtures import decide, judge_leaves, made_trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import checklist, eligibility, labs
from sle_desk.services.lab_judgement import TypedResult, as_new
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.eligibility_page import EligibilityPage

__all__ = ["kept_screened", "made_study", "made_trial", "screened", "screened_trial"]


@pytest.fixture
def clear(screened_trial, screened):
    """A study with everything decided and the number of a woman who was screened."""
    return screened_trial, screened


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the checklist for a person."""
    windows = []

    def open_checklist(where, login="wu.min", role=roles.PI):
        go = Go("eligibility", subject_id=where[1])
        windows.append(DeskWindow(qtbot, where[0], login, role, EligibilityPage, go))
        return windows[-1]

    yield open_checklist
    for each in windows:
        each.close()


def not_eligible(at, where):
    """Decide every leaf, one against the subject, and sign that at the desk of the page."""
    for row in checklist.checklist(at.desk, where[1]).to_decide:
        suggested = row.judged.suggestion
        answer = suggested or ("met" if "met" in row.judged.leaf.answers else "absent")
        if row.code == "I3b":
            answer, suggested = "not_met", None
        eligibility.decide(at.desk, where[1], row.code, answer, "" if suggested else "Asked.")
    codes = checklist.checklist(at.desk, where[1]).codes
    signing = eligibility.signing_for("not_eligible", "en", PASSWORD)
    eligibility.sign_eligibility(at.desk, where[0].folder, where[1], codes, signing)
    at.page.reload()
    at.page.list.focus_current()
    at.settle()


def waive(at, typist, paper=False):
    """Press V, say why, and sign; from a paper with what stands on it."""
    typist.press("v")
    typist.type("Stable on a higher dose.")
    typist.press("Ctrl+Enter")
    if paper:
        typist.fill("Wu Min", "2026-11-23", "Binder 2, waiver 1")
        typist.press("Ctrl+Enter")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()


def test_the_pi_waives_by_keys_and_the_page_says_not_eligible_waived_by_whom(clear, opened):
    at, typist = opened(clear), Typist()
    typist.press("v")
    assert at.said[-1] == "Only a signed verdict “not eligible” can be waived."
    not_eligible(at, clear)
    waive(at, typist)
    sheet = checklist.checklist(at.desk, 1)
    assert sheet.waiver is not None and sheet.waiver.reason == "Stable on a higher dose."
    assert typist.sees("Not eligible: signed by Wu Min")
    assert typist.sees("Not eligible; I 3b waived by Wu Min at 2026-11-23")
    assert at.said[-1] == "The waiver for SLE-001 is signed and recorded as a major deviation."
    typist.press("v")
    assert at.said[-1].startswith("The waiver stands")


def test_the_coordinator_types_the_waiver_that_the_pi_signed_and_nobody_else_has_the_key(clear, opened):
    at = opened(clear)
    not_eligible(at, clear)
    at.close()
    at, typist = opened(clear, "chen.lan", roles.COORDINATOR), Typist()
    waive(at, typist, paper=True)
    assert checklist.checklist(at.desk, 1).waiver.ink.reference == "Binder 2, waiver 1"
    assert typist.sees("waived by Wu Min on paper of 2026-11-23, typed by Chen Lan")
    at.close()
    at, typist = opened(clear, "zhao.jing", roles.INVESTIGATOR), Typist()
    typist.press("v")
    assert at.page.waiver_entry.isHidden() and not at.said


def test_the_page_says_under_which_package_and_decisions_a_subject_was_judged(clear, opened):
    at, typist = opened(clear), Typist()
    judge_leaves(at.desk, 1)
    codes = checklist.checklist(at.desk, 1).codes
    signing = eligibility.signing_for("eligible", "en", PASSWORD)
    eligibility.sign_eligibility(at.desk, clear[0].folder, 1, codes, signing)
    at.page.reload()
    version = at.desk.protocol.version
    assert typist.sees(
        f"Judged under: Protocol package version {version}; decisions by their number: D01 (1), "
    )
    # What is decided later is not what this subject was judged under.
    decide(clear[0], at.desk, "D02", "haemoglobin_only")
    at.page.reload()
    assert typist.sees("D02 (2), ")


def test_a_value_at_its_limit_and_one_too_old_are_marked_by_a_word_and_an_icon(clear, opened):
    study, subject_id = clear
    desk = study.sit("chen.lan", roles.COORDINATOR)
    sample = next(each for each in labs.samples(desk, subject_id) if "HGB" in each.results)
    close = (TypedResult("HGB", "92", "", Decimal(92), "g/L"),)
    labs.save_results(desk, replace(as_new(sample), drawn_at=desk.now()), close)
    at = opened(clear)
    row = at.page.list.rows["E1a"]
    assert row.flags.word == "Borderline" and row.flags.isVisibleTo(row)
    assert at.page.list.rows["E2c"].flags.isHidden()
    at.close()
    study.clock.advance(timedelta(days=9))
    at = opened(clear)
    assert at.page.list.rows["E1a"].flags.word == "Borderline · Too old"
    assert "Borderline" in at.page.list.rows["E1a"].accessibleDescription()


def test_what_was_typed_and_left_by_esc_stands_there_again(clear, opened):
    at, typist = opened(clear), Typist()
    not_eligible(at, clear)
    typist.press("v")
    typist.type("Stable on a higher dose.")
    typist.press("Esc")
    typist.press("v")
    typist.press("Ctrl+Enter")
    typist.type(PASSWORD)
    typist.press("Enter")
    at.settle()
    assert checklist.checklist(at.desk, 1).waiver.reason == "Stable on a higher dose."
