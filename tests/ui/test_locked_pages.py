"""A locked database: no page offers what would be refused, no line to type into, no key, no button."""

from __future__ import annotations

import pytest
from locking import lock, unlock
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_ready, made_trial
from whole_window import Open, opened

from sle_desk.services import drafts, form_records, lock_items, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.ui.buttons import Button
from sle_desk.ui.desk_page import Go
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.page_list import PAGES, may_open
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.shell import Shell

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "opened"]
WHY = "The database has been locked since"
# What goes on: reading, printing, exports, backups, accounts, and the lock itself.
GO_ON = {
    *("Kits and stock", "New print", "Check", "Choose …", "Write the export", "Earlier rows", "Differences"),
    *("Print the log", "Load a word list", "My password…", "Another day…", "Back up now", "Rehearse…"),
    *("Unlock the database…", "Reveal the list…", "Print the log…"),
}
# To correct, to mark as entered in error, and to begin something new.
ENTERING = {"F2", "Shift+F2", "Ctrl+Shift+X", "G", "Ctrl+Return"}


def unsaved(desk: Desk) -> tuple[int, int, str]:
    """Return a subject, one of its visits and a form that is not saved there."""
    subject = subjects.subjects(desk)[0].id
    for visit in visits.visits(desk, subject):
        for code in desk.protocol.visit(visit.code).forms:
            if visit.on_day and form_records.saved_form(desk, visit.id, code) is None:
                return subject, visit.id, code
    raise AssertionError("every form is saved")


def places(desk: Desk) -> list[Go]:
    """Return every page, and on those of a subject something saved and something that is not."""
    subject, visit, form = unsaved(desk)
    saved = next(
        code
        for each in visits.visits(desk, subject)
        for code in desk.protocol.visit(each.code).forms
        if each.id == visit and form_records.saved_form(desk, visit, code) is not None
    )
    found = [Go(page.code) for page in PAGES if not page.below and may_open(desk.actor.role, page.code)]
    found += [Go("study", tab=code) for code, _, _ in StudyPage.entries]
    found += [Go("stock", tab=tab) for tab in ("kits", "lots", "movements", "excursions", "subjects")]
    found += [Go("register"), Go("consent", subject_id=subject), Go("eligibility", subject_id=subject)]
    found += [Go(page, subject_id=subject) for page in ("subject", "doses", "infusion", "diary")]
    found += [Go("form", subject_id=subject, visit_id=visit, form=code) for code in (form, saved)]
    return [
        *found,
        *(Go("labs", subject_id=subject, visit_id=visit, panel=code) for code in ("CBC", "URINE")),
    ]


@pytest.mark.parametrize("login", ["chen.lan", "zhao.jing"])
def test_no_page_offers_what_a_locked_database_refuses_and_each_says_why_once(
    arms: Study, opened: Open, login: str
) -> None:
    lock(arms)
    arms.leave()
    window, typist = opened(arms, login)
    shell, desk = window.findChild(Shell), window.state.desk
    assert shell is not None
    offered: dict[Go, object] = {}
    for where in places(desk):
        window.state.go(where)
        typist.wait(lambda: not window.state.jobs.running)
        page = shell.current_page()
        assert page is not None
        boxes = {
            box.asked.code for box in page.findChildren(FieldBox) if box.isVisible() and not box.read_only
        }
        buttons = {each.words for each in page.findChildren(Button) if each.isVisible() and each.isEnabled()}
        keys = {hint.keys for hint in shell._focus_keys.hints()} & ENTERING
        if where.page == "eligibility":
            # What is missing is listed by it, too.
            keys -= {"Ctrl+Return"}
        wrong = (boxes - {"search"}, buttons - GO_ON, keys)
        if any(wrong):
            offered[where] = wrong
        assert [typist.seen().count(WHY)] == [1], where
    assert offered == {}
    window.state.go(Go("today"))
    before = desk.head().number
    typist.press("Ctrl+N")
    assert shell.current_code() == "today" and desk.head().number == before
    window.close()


def test_what_was_typed_before_the_lock_waits_for_the_unlocking(arms: Study, opened: Open) -> None:
    window, typist = opened(arms, "wu.min")
    shell, desk = window.findChild(Shell), window.state.desk
    assert shell is not None
    subject, visit, code = unsaved(desk)
    there = Go("form", subject_id=subject, visit_id=visit, form=code)

    def typed() -> set[str]:
        page = shell.current_page()
        assert page is not None
        return {box.text() for box in page.findChildren(FieldBox) if box.text()}

    window.state.go(there)
    empty = typed()
    typist.press("1", "Enter")
    typist.wait(lambda: bool(drafts.places_with_drafts(desk)))
    begun = typed()
    assert begun != empty
    window.state.go(Go("study", tab="lock"))
    was = shell.current_page()
    assert any(item.code == lock_items.DRAFTS for item in lock_items.open_items(desk))
    lock(arms, desk)
    typist.wait(lambda: shell.current_page() not in (None, was))
    typist.wait_for(WHY)
    window.state.go(there)
    assert typed() == set()
    typist.press("2", "Enter")
    window.state.go(Go("today"))
    assert drafts.places_with_drafts(desk) == (drafts.form_place(visit, code).name,)
    was = shell.current_page()
    unlock(arms, desk)
    typist.wait(lambda: shell.current_page() not in (None, was))
    assert WHY not in typist.seen()
    window.state.go(there)
    assert typed() == begun
    window.close()
