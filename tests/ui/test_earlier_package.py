"""A study with an earlier protocol package has no entries: every page opens, the workbook is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from at_the_desk import Person
from earlier_package import earlier_files
from people_invented import someone
from PySide6.QtWidgets import QApplication
from study_fixtures import START, Study, make_study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.study_export import export_workbook
from sle_desk.services import overview, package, subjects, visits
from sle_desk.services.snapshots import snapshot
from sle_desk.ui.page_list import PAGES, may_open
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.subject_tabs import TABS


@pytest.fixture
def earlier(tmp_path, monkeypatch) -> Iterator[Study]:
    """A study with one subject that keeps the earlier package."""
    files = earlier_files()
    monkeypatch.setattr(package, "installed_files", lambda *_: files)
    made = make_study(tmp_path / "study", SteppingClock(START))
    desk = made.sit("chen.lan", roles.COORDINATOR)
    row = subjects.register_subject(desk, someone())
    visits.record_visit(desk, row.id, "V0", desk.today())
    monkeypatch.undo()
    yield made
    made.leave()


def test_it_has_no_entries_and_its_workbook_is_written(earlier: Study, tmp_path) -> None:
    desk = earlier.sit("zhao.jing", roles.INVESTIGATOR)
    assert not [form for form in desk.protocol.forms if form.log]
    assert overview.today(desk).groups
    for preset in ("site", "sponsor"):
        with snapshot(desk) as copy:
            written = export_workbook(copy, tmp_path / f"{preset}.xlsx", preset, Language("en"), "E-1")
        assert "ADVERSE_EVENT" not in [name for name, _ in written.sheets]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_page_and_tab_opens(earlier: Study, qapp: QApplication, language: str) -> None:
    person = Person(earlier, "zhao.jing", language)
    try:
        for page in PAGES:
            if not page.below and may_open(roles.INVESTIGATOR, page.code):
                person.to_page(page.code)
        for place in range(1, len(StudyPage.entries) + 1):
            person.window.state.go(person_go("study", tab=StudyPage.entries[place - 1][0]))
        person.to_subject("SLE-001")
        for place, (code, _) in enumerate(TABS, 1):
            if code != "doses":
                person.press(str(place % 10))
                person.until(lambda code=code: person.page.tabs.code() == code)
                person.press("a")
    finally:
        person.close()


def person_go(page: str, **where: str):
    from sle_desk.ui.desk_page import Go

    return Go(page, **where)
