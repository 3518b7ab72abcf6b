"""The Audit page speaks in words, and the principal investigator can take a text out there."""

from __future__ import annotations

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study, clock, made_study, study
from whole_window import Open, opened

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import redaction, subjects, visits
from sle_desk.ui.desk_page import Go

__all__ = ["clock", "made_study", "opened", "study"]
TYPED = "invented aunt 钱无名"


def noted(made: Study) -> None:
    """Type a name into a note, and be refused something."""
    desk = made.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    visits.record_not_done(desk, row.id, "W2", "other", f"{TYPED} said that she is ill")


def test_actions_records_and_columns_are_words_in_both_languages(study: Study, opened: Open) -> None:
    noted(study)
    window, typist = opened(study, "wu.min")
    window.state.go(Go("audit"))
    typist.wait_for("Visit recorded")
    assert typist.sees("Visit 1") and typist.sees("why missing") is False
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("记录访视")
    assert not typist.sees("visit.record")


def test_what_an_event_says_stands_in_words_and_a_refusal_says_why(study: Study, opened: Open) -> None:
    noted(study)
    monitor = study.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        visits.record_not_done(monitor, 1, "W4", "refused")
    window, typist = opened(study, "wu.min")
    window.state.go(Go("audit"))
    typist.wait_for("The role Monitor may not do this")
    window.state.choose_language(Language("zh_CN"))
    typist.wait_for("角色 监查员 无权进行此操作")
    assert not typist.sees("role.may_not") and not typist.sees('{"')


def test_a_text_is_taken_out_by_keys(study: Study, opened: Open) -> None:
    noted(study)
    window, typist = opened(study, "wu.min")
    window.state.go(Go("audit"))
    typist.wait_for("take a text out")
    typist.press("Ctrl+D")
    typist.wait_for("Take a text out for good")
    typist.fill(TYPED, "a name was typed into a note")
    typist.press("Ctrl+Enter")
    typist.wait_for("It cannot be brought back")
    assert typist.sees(f"SLE-001, Visit 1, Reason not done: other: {TYPED} said that she is ill")
    typist.fill(PASSWORD)
    typist.wait_for("Older backups still hold it")
    assert not typist.sees("So may these files")
    assert redaction.held(window.state.desk, TYPED).is_empty


def test_the_writing_that_was_found_is_shown_and_the_files_that_still_hold_it_are_named(
    study: Study, opened: Open
) -> None:
    noted(study)
    name = f"{study.folder.study.name}.20261123T080000-ab.pre-restore"
    (study.folder.path / name).write_bytes(b"as it was")
    window, typist = opened(study, "wu.min")
    window.state.go(Go("audit"))
    typist.wait_for("take a text out")
    typist.press("Ctrl+D")
    typist.wait_for("Take a text out for good")
    typist.fill(TYPED.upper(), "a name was typed into a note")
    typist.press("Ctrl+Enter")
    typist.wait_for(f"written as “{TYPED}”")
    typist.fill(PASSWORD)
    typist.wait_for(f"So may these files in the study folder: {name}.")
    assert redaction.held(window.state.desk, TYPED).is_empty


def test_others_have_no_such_key(study: Study, opened: Open) -> None:
    noted(study)
    window, typist = opened(study, "chen.lan")
    window.state.go(Go("audit"))
    typist.wait_for("Visit recorded")
    assert not typist.sees("take a text out")
