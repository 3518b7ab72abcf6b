"""By keys: what was told of an arm outside, and why an allocation was in error, put right and signed anew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from allocated_outside import mark, record, told
from allocations_corrected import correct, facts_of, outside_row
from desk_window import DeskWindow
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, clock, made_study, study
from trial_fixtures import made_ready, made_trial, open_as, ready, trial
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import allocation_corrections, signatures
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_which import AskWhich
from sle_desk.ui.dialogs.correct_record import CorrectRecord
from sle_desk.ui.dialogs.sign import SignDialog
from sle_desk.ui.pages.subject_page import SubjectPage

__all__ = ["clock", "made_ready", "made_study", "made_trial", "ready", "study", "trial"]

# The registration, the consent, the allocation told outside, why it was in error.
OUTSIDE, ERROR = "3", "4"
COORDINATOR, INVESTIGATOR = ("chen.lan", roles.COORDINATOR), ("zhao.jing", roles.INVESTIGATOR)
NURSE, PI = ("lin.yue", roles.NURSE), ("wu.min", roles.PI)


@pytest.fixture
def opened(qtbot, ready):
    """Return a function that opens the page of the subject for a person."""
    record(ready, told(ready.sit(*COORDINATOR)))
    windows = []

    def open_for(person, language="en"):
        go = Go("subject", subject_id=1)
        windows.append(DeskWindow(qtbot, ready, *person, SubjectPage, go, language))
        return windows[-1]

    yield open_for
    for window in windows:
        window.close()


def front(kind):
    """Return the dialog in front, once it is of that kind."""
    Typist().wait(lambda: isinstance(QApplication.activeModalWidget(), kind))
    return QApplication.activeModalWidget()


def retype(field, text):
    view = front(CorrectRecord).view
    view.go_to(field)
    view.field(field).select_all()
    Typist().type(text)
    Typist().press("Enter")


def decide(*keys):
    front(CorrectRecord).column.go_to("reason")
    Typist().press(*(keys or ("1",)), "Ctrl+Enter")


def sign(password=PASSWORD):
    front(SignDialog)
    Typist().type(password)
    Typist().press("Enter")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("person", [COORDINATOR, INVESTIGATOR, PI])
def test_the_facts_of_an_arm_told_outside_are_put_right_and_signed(opened, ready, person, language):
    window = opened(person, language)
    desk, day = window.desk, facts_of(window.desk).told_at.date()
    Typist().press("F2")
    offered = {"en": f"Allocation told outside of {day}", "zh_CN": f"{day} 系统外告知的分配"}
    assert Typist().sees(offered[language])
    Typist().press(OUTSIDE)
    # How it was told: a digit picks, and the focus is in it.
    front(CorrectRecord)
    Typist().press("1")
    retype("told_by", "Sun Tongli")
    retype("day", (day - timedelta(days=1)).isoformat())
    retype("reason", "The power was cut.")
    decide()
    front(SignDialog)
    seen = Typist().seen()
    assert "Sun Tongli" in seen and "The power was cut." in seen
    sign()
    Typist().wait(lambda: QApplication.activeModalWidget() is None)
    found = outside_row(desk)
    assert found.outside is not None
    assert (found.outside.way, found.outside.told_by) == ("paper", "Sun Tongli")
    assert found.outside.reason == "The power was cut."
    assert found.allocated_at.date() == day - timedelta(days=1)
    signed = signatures.signatures_of(desk, "allocation_slot", found.row)[-1]
    assert (signed.valid, signed.meaning) == (True, allocation_corrections.OUTSIDE)
    assert signed.statement == Language(language).text(allocation_corrections.STATEMENT)
    window.settle()
    # Said on the page, and told in its history by the words of the act.
    assert Typist().sees("Sun Tongli")
    Typist().press("0")
    acts = {"en": "Facts of an allocation made outside corrected", "zh_CN": "更正系统外分配情况"}
    Typist().wait_for(acts[language])


def test_esc_at_the_signature_leads_back_to_what_was_typed(opened, ready):
    window = opened(PI)
    Typist().press("F2", OUTSIDE)
    retype("told_by", "Sun Tongli")
    decide()
    front(SignDialog)
    Typist().press("Esc")
    dialog = front(CorrectRecord)
    assert dialog.view.field("told_by").typed() == "Sun Tongli"
    assert facts_of(window.desk).told_by == "Sun Tong"
    Typist().press("Ctrl+Enter")
    sign("another lantern 9")
    assert facts_of(window.desk).told_by == "Sun Tong"
    # Over the same dialog it is signed after all.
    Typist().press("Esc", "Ctrl+Enter")
    sign()
    Typist().wait(lambda: QApplication.activeModalWidget() is None)
    assert facts_of(window.desk).told_by == "Sun Tongli"


def test_what_cannot_be_is_said_below_its_field_and_kept(opened, ready):
    window = opened(PI)
    Typist().press("F2", OUTSIDE)
    ahead = window.desk.now() + timedelta(minutes=30)
    retype("time", f"{ahead:%H:%M}")
    decide()
    dialog = front(CorrectRecord)
    box = dialog.view.field("time")
    assert f"{ahead:%H:%M}" in box.strip.sentence()
    assert box.typed() == f"{ahead:%H:%M}"
    assert dialog.view.code_in_focus() == "time"
    retype("time", "00:05")
    assert not box.strip.sentence()
    retype("told_by", "x" * 121)
    decide()
    dialog = front(CorrectRecord)
    assert "121" in dialog.view.field("told_by").strip.sentence()
    # A day ahead is refused where it is typed.
    tomorrow = window.desk.today() + timedelta(days=1)
    retype("day", tomorrow.isoformat())
    assert dialog.view.field("day").strip.sentence()
    assert facts_of(window.desk).told_by == "Sun Tong"


def test_a_record_that_another_changed_meanwhile_is_told_and_kept_as_it_is(opened, ready):
    window = opened(PI)
    Typist().press("F2", OUTSIDE)
    retype("told_by", "Sun Tongli")
    correct(ready, window.desk, replace(facts_of(window.desk), told_by="Sun Tongyi"))
    decide()
    assert front(CorrectRecord).strip.sentence()
    assert facts_of(window.desk).told_by == "Sun Tongyi"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_pi_puts_right_why_an_allocation_was_in_error(opened, ready, language):
    mark(ready)
    window = opened(PI, language)
    Typist().press("F2")
    assert Typist().sees({"en": "Allocation marked as made in error", "zh_CN": "标记为错误的分配"}[language])
    Typist().press(ERROR)
    retype("reason", "Her consent was withdrawn.")
    decide()
    front(SignDialog)
    assert Typist().sees("Her consent was withdrawn.")
    sign()
    Typist().wait(lambda: QApplication.activeModalWidget() is None)
    row = outside_row(window.desk)
    assert row.error is not None and row.error.reason == "Her consent was withdrawn."
    signed = signatures.signatures_of(window.desk, "allocation", row.id)
    assert [each.valid for each in signed] == [False, True]


@pytest.mark.parametrize(("person", "count"), [(COORDINATOR, 1), (INVESTIGATOR, 1), (NURSE, 0), (PI, 2)])
def test_only_who_may_is_offered_them(opened, ready, person, count):
    mark(ready)
    opened(person)
    Typist().press("F2")
    front(AskWhich)
    shown = [Typist().sees(words) for words in ("Allocation told outside of", "marked as made in error")]
    assert sum(shown) == count


def test_an_allocation_opened_here_offers_neither(qtbot, ready):
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    window = DeskWindow(qtbot, ready, *PI, SubjectPage, Go("subject", subject_id=1))
    Typist().press("F2")
    assert not Typist().sees("Allocation ")
    window.close()
