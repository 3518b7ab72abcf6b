"""While the database is locked no page offers what would be refused: no line to type into, no key, no button."""

from __future__ import annotations

import pytest
from locking import lock, unlock
from PySide6.QtWidgets import QApplication, QAbstractButton
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_ready, made_trial
from whole_window import Open, opened

from sle_desk.services import subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.ui.desk_page import Go
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.keybar import hints_from
from sle_desk.ui.buttons import Button
from sle_desk.ui.page_list import PAGES
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.shell import Shell

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "opened"]


def places(desk: Desk) -> list[Go]:
    subject = subjects.subjects(desk)[0].id
    visit = next(row for row in visits.visits(desk, subject) if row.on_day)
    found = [Go(page.code) for page in PAGES if not page.below]
    found += [Go("study", tab=code) for code, _, _ in StudyPage.entries]
    found += [Go("register"), Go("consent", subject_id=subject), Go("eligibility", subject_id=subject)]
    found += [Go(page, subject_id=subject) for page in ("subject", "doses", "infusion", "diary")]
    found += [
        Go("form", subject_id=subject, visit_id=visit.id, form=code) for code in ("vitals", "pga", "sledai")
    ]
    found += [Go("labs", subject_id=subject, visit_id=visit.id, panel=code) for code in ("CBC", "URINE")]
    return found


def test_x(arms: Study, opened: Open) -> None:
    lock(arms)
    arms.leave()
    window, typist = opened(arms, "chen.lan")
    shell = window.findChild(Shell)
    for where in places(window.state.desk):
        try:
            window.state.go(where)
        except Exception as e:
            print("FAILED", where, repr(e))
            continue
        typist.wait(lambda: not window.state.jobs.running)
        page = shell.current_page()
        boxes = [
            box.asked.code for box in page.findChildren(FieldBox) if box.isVisible() and not box.read_only
        ]
        buttons = [b.words for b in page.findChildren(Button) if b.isVisible() and b.isEnabled()]
        print(
            where.page,
            where.tab,
            where.form,
            "| BOX",
            boxes,
            "| BTN",
            buttons,
            "| KEYS",
            [
                (h.keys, h.words)
                for h in shell._focus_keys.hints()
                if not h.keys.startswith("Ctrl+") or len(h.keys) > 6 or not h.keys[-1].isdigit()
            ][:14],
        )
    assert 0
