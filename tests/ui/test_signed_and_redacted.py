"""Beside a signature stands that a text was taken out of what was signed: form, checklist, clarification."""

from datetime import timedelta

from desk_window import DeskWindow
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import PASSWORD, clock, made_study, study
from trial_fixtures import decide, judge_leaves, made_trial, register, score, sign_judged
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import eligibility, form_records, redaction, visits
from sle_desk.services.form_signing import SIGN_TRANSCRIBED, sign_transcribed, signing_for
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.eligibility_page import EligibilityPage
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.study_clarifications import StudyClarifications

__all__ = ["clock", "kept_screened", "made_study", "made_trial", "screened", "screened_trial", "study"]
TOLD = "After it was signed, a text was taken out of it on 2026-11-24 by Wu Min (audit number "


def take_out(where, text):
    where.clock.advance(timedelta(days=1))
    signing = Signing("redaction", "I have a text taken out.", "en", PASSWORD)
    redaction.redact(where.sit("wu.min", roles.PI), where.folder, text, "typed by accident", signing)


def test_a_form_says_it(study, qtbot):
    subject = register(study)
    desk = study.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject, "V0", desk.today()).id
    record = score(desk, subject, visit, "pga")
    desk = study.sit("lin.yue", roles.NURSE)
    ink = Ink("Zhao Jing", desk.today(), "Binder of aunt Qian")
    seen = form_records.form_row(desk, record).version
    sign_transcribed(desk, study.folder, record, seen, signing_for(SIGN_TRANSCRIBED, "en", PASSWORD), ink)
    go = Go("form", subject_id=subject, visit_id=visit, form="pga")
    for login, role, after in (("lin.yue", roles.NURSE, False), ("lin.yue", roles.NURSE, True)):
        if after:
            take_out(study, "aunt Qian")
        at = DeskWindow(qtbot, study, login, role, FormPage, go)
        assert Typist().sees("Signed by Zhao Jing") and Typist().sees(TOLD) == after
        at.close()


def test_a_checklist_says_it(screened_trial, screened, qtbot):
    desk = screened_trial.sit("wu.min", roles.PI)
    judge_leaves(desk, screened)
    eligibility.decide(desk, screened, "I3b", "met", "Not so, says aunt Qian.")
    sign_judged(screened_trial, desk, screened)
    take_out(screened_trial, "aunt Qian")
    go = Go("eligibility", subject_id=screened)
    at = DeskWindow(qtbot, screened_trial, "wu.min", roles.PI, EligibilityPage, go)
    assert Typist().sees("Eligible: signed by Wu Min") and Typist().sees("by Wu Min (audit number ")
    at.close()


def test_a_clarification_says_it(study, qtbot):
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "D02", "restored")
    take_out(study, "first subject")
    go = Go("study", panel="D02")
    at = DeskWindow(qtbot, study, "wu.min", roles.PI, StudyClarifications, go)
    Typist().press("Enter")
    at.settle()
    assert Typist().sees("Settled before the [redacted].") and Typist().sees(TOLD)
    at.close()
