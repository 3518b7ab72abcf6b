"""What the window wires together: the sealed list, randomising from the subject, a backup opened to read."""

from __future__ import annotations

from pathlib import Path

from holding import held
from people_invented import someone
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import decide_everything, list_of, made_ready, made_trial, ready
from typist import Typist
from whole_window import Open, opened

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import allocation, backup, backup_file, studies, subjects
from sle_desk.services.desk import Desk
from sle_desk.ui.desk_page import Go
from sle_desk.ui.main_window import AHEAD, MainWindow
from sle_desk.ui.pages.rehearsal_form import OpenBackup
from sle_desk.ui.pages.study_list import ListTabPage
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.state import State

__all__ = ["clock", "made_ready", "made_study", "made_trial", "opened", "ready", "study"]


def list_tab(window: MainWindow) -> ListTabPage:
    """Return the tab of the allocation list."""
    window.state.go(Go("study", tab="list"))
    page = window.findChild(StudyPage)
    assert page is not None
    tab = page.tab("list")
    assert isinstance(tab, ListTabPage)
    return tab


def test_the_statistician_seals_a_list_and_no_arm_is_seen(study: Study, tmp_path: Path, opened: Open) -> None:
    decide_everything(study)
    path = tmp_path / "list.csv"
    path.write_text(list_of())
    window, typist = opened(study, "sun.tong")
    list_tab(window).ask = lambda parent, title: path
    typist.press("Ctrl+N")
    typist.wait_for("List R1 sealed: 30 rows.")
    assert not any(arm in typist.seen() for arm in ("BELIL2", "BEL + IL-2", "IL2"))
    window.close()
    found = allocation.commitment(study.sit("wu.min", roles.PI))
    assert found is not None
    assert (found.code, found.size, found.opened, found.holds) == ("R1", 30, 0, True)


def test_a_list_that_nobody_used_is_replaced_by_a_file_under_another_name_with_the_reason(
    study: Study, tmp_path: Path, opened: Open
) -> None:
    decide_everything(study)
    path = tmp_path / "list.csv"
    path.write_text(list_of())
    window, typist = opened(study, "sun.tong")
    list_tab(window).ask = lambda parent, title: path
    typist.press("Ctrl+N")
    typist.wait_for("List R1 sealed: 30 rows.")

    def answer() -> None:
        typist.wait_for("List R1 stays as it was sealed, and is not used.")
        typist.fill("R1", "the sponsor sent another file")
        typist.press("Ctrl+Enter")
        # What is refused is said where it is put right, and what was typed stays.
        typist.wait_for("There is already a list R1.")
        typist.press("Shift+Tab", "End", "Backspace")
        typist.type("2")
        typist.press("Ctrl+Enter")

    typist.in_dialog(answer)
    typist.press("Ctrl+N")
    typist.wait_for("List R2 sealed: 30 rows.")
    window.close()
    found = allocation.commitment(study.sit("wu.min", roles.PI))
    assert found is not None
    assert (found.code, found.opened, found.holds) == ("R2", 0, True)


def test_a_list_with_a_gap_is_refused_with_its_rows_and_nothing_is_stored(
    study: Study, tmp_path: Path, opened: Open
) -> None:
    decide_everything(study)
    path = tmp_path / "list.csv"
    path.write_text(list_of().replace("\n7,", "\n77,"))
    window, typist = opened(study, "sun.tong")
    list_tab(window).ask = lambda parent, title: path
    typist.press("Ctrl+N")
    typist.wait_for("was not taken over")
    window.close()
    assert allocation.commitment(study.sit("wu.min", roles.PI)) is None


def test_r_on_the_subject_page_asks_for_the_allocation(ready: Study, opened: Open) -> None:
    window, typist = opened(ready, "wu.min")
    window.state.go(Go("subject", subject_id=1))
    typist.wait_for("Visits and forms")
    typist.press("r")
    typist.wait_for("Randomise SLE-001")
    assert not any(arm in typist.seen() for arm in ("BELIL2", "BEL + IL-2"))
    typist.press("Esc")


def test_a_backup_is_opened_to_read_and_closes_without_a_trace(ready: Study, opened: Open) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    made = backup.make_backup(desk, ready.folder)
    ready.leave()
    window, typist = opened(ready, "chen.lan")
    window.state.backup_requested.emit(OpenBackup(made.path, "chen.lan", PASSWORD))
    typist.wait_for("BACKUP, read only")
    window.state.go(Go("subjects"))
    typist.wait_for("SLE-001")
    typist.press("Ctrl+N")
    window.close()
    assert [row.code for row in subjects.subjects(ready.sit("chen.lan", roles.COORDINATOR))] == ["SLE-001"]


def to_backups(window: MainWindow, typist: Typist) -> None:
    """Go to the list of backups by keys."""
    page = window.findChild(StudyPage)
    assert page is not None
    for _ in range(20):
        if page.tabs.code() == "backup":
            return
        typist.press("Ctrl+PageDown")
    raise AssertionError("no tab of backups")


def test_the_administrator_restores_a_backup_by_keys_and_both_sides_know(study: Study, opened: Open) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    older = backup.make_backup(desk, study.folder)
    subjects.register_subject(desk, someone())
    live = desk.head().number
    window, typist = opened(study, "xu.feng")
    to_backups(window, typist)
    typist.press("r")
    typist.fill(PASSWORD)
    typist.wait_for("It holds: every page, seal, reference, link and value agrees.")
    typist.press("Ctrl+Shift+R")
    typist.wait_for(f"this backup at {older.number}")
    typist.press("Ctrl+Enter")
    assert typist.sees("Pick a reason")  # nothing is done without one
    typist.press("3", "Ctrl+Enter")
    typist.wait_for(f"Restored: the study ends at audit number {older.number} of the backup.")
    window.close()
    kept = backup_file.backups(study.folder.backups)[0]
    assert kept.number > live, "the study that went is kept as a backup of its own"
    with backup.opened_read_only(kept.path, "chen.lan", PASSWORD, study.clock) as before:
        assert len(subjects.subjects(before)) == 1
        assert "study.restore" in actions(before)
    now = study.sit("chen.lan", roles.COORDINATOR)
    assert subjects.subjects(now) == () and "study.restore" in actions(now)
    assert verified(study)


def actions(desk: Desk) -> set[str]:
    """Return every action in the audit."""
    rows = desk.cursor_check(lambda cursor: cursor.execute("SELECT DISTINCT action FROM audit").fetchall())
    return {row[0] for row in rows}


def verified(made: Study) -> bool:
    """Tell whether the opening checks hold on what lies there now."""
    made.leave()
    unlocked = studies.unlock(made.folder.path, "chen.lan", PASSWORD, made.clock)
    try:
        return studies.opening_checks(unlocked, lambda step, share: None).holds
    finally:
        studies.leave(unlocked)


def test_the_count_beside_the_title_is_right_from_the_first_show_on(study: Study, opened: Open) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    _, typist = opened(study, "chen.lan")
    typist.press("Ctrl+2")
    assert typist.sees("1 registered")


def test_a_study_that_is_held_by_another_program_names_no_backup_to_restore(
    study: Study, opened: Open
) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    key, made = desk.database.data_key, backup.make_backup(desk, study.folder)
    study.leave()
    with held(study.folder.study, key, "BEGIN EXCLUSIVE"):
        _, typist = opened(study, "chen.lan", "Another program holds the study file")
        assert made.path.name not in typist.seen()


def test_what_a_job_found_is_told_to_nobody_once_the_window_closed(study: Study, opened: Open) -> None:
    window, _ = opened(study, "chen.lan")
    told: list[object] = []
    window.state.jobs.start(lambda report: "drawn", told.append, told.append)
    window.close()
    QApplication.processEvents()
    assert told == [] and not window.state.jobs.running


def test_a_window_that_closed_loads_nothing_ahead(study: Study) -> None:
    window = MainWindow(State(study.clock, Language("en")), study.folder.path)
    loaded: list[bool] = []
    window.loaded.connect(lambda: loaded.append(True))
    window.show()
    window.close()
    QTest.qWait(5 * AHEAD)
    assert not loaded and not window.state.jobs.running
    window.deleteLater()
