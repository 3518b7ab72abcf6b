"""Roles that see no clinical values, at the pages that their acts need: exports and kits, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from at_the_desk import Person, people
from dose_fixtures import dispense, inject
from logged import event
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial, vitals

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import exporting
from sle_desk.exports.printing import print_visit_summary
from sle_desk.services import (
    deviation_records,
    dispensing,
    dispositions,
    export_log,
    kit_lists,
    subjects,
    visits,
)
from sle_desk.services import people as accounts
from sle_desk.ui.page_list import PAGES, may_open
from sle_desk.ui.tabbed_page import TabbedPage
from sle_desk.ui.table import TableView

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people"]
BOTH, BEL, IL2 = 1, 2, 3
DRUG_LOGIN, STATISTICIAN_LOGIN = "he.jian", "sun.tong"
LANGUAGES = ("en", "zh_CN")
SAID = {
    "en": {
        "kits": "Kits", "exports": "Exports", "recorded": "Kit recorded: lot 202611-B7.",
        "not": "SLE-002 takes no drug that is handed out in kits.",
        "same": "Read back and compared: 0 differ",
        "stopped": "Stopped from",
    },
    "zh_CN": {
        "kits": "药盒", "exports": "导出", "recorded": "202611-B7",
        "not": "SLE-002没有需要以药盒发放的药物。", "same": "已回读核对", "stopped": "起停用",
    },
}  # fmt: skip
# What was entered and is nobody's to read here; no such sequence stands anywhere else.
CANARIES = ("Kanarienfieber", "canary of a deviation", "57.93", "Zeisignote")


@pytest.fixture
def trial(arms: Study) -> Study:
    """Three subjects in three arms with values that are known again; the monitor is the drug manager now."""
    admin = arms.sit("xu.feng", roles.ADMINISTRATOR)
    person = next(each.id for each in accounts.people(admin) if each.login == DRUG_LOGIN)
    accounts.set_roles(admin, person, (roles.DRUG_MANAGER,))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    first = visits.record_visit(desk, BOTH, "UNS", desk.today(), reason="fever")
    vitals(desk, BOTH, first.id, Decimal("57.93"))
    event(desk, BOTH, "Kanarienfieber")
    deviation_records.record(desk, BOTH, "canary of a deviation", desk.today())
    dispense(desk, BOTH)
    inject(desk, BOTH, site="other", site_note="Zeisignote")
    print_visit_summary(desk, first.id, Language("en"))
    return arms


def identities(study: Study) -> list[str]:
    """Return every name and identity number, as the ward reads them."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    known = [subjects.identity_of(desk, row.id) for row in subjects.subjects(desk)]
    return [text for who in known for text in (who.name, who.identity_number, who.birth_date.isoformat())]


@pytest.fixture
def seated(trial: Study, people: list[Person]) -> Iterator[object]:
    """Return a function that lets a person sit down."""

    def sit(login: str, language: str) -> Person:
        person = Person(trial, login, language)
        people.append(person)
        return person

    yield sit


def into_search(person: Person, code: str) -> None:
    """Find a subject by number with Ctrl+K."""
    person.press("Ctrl+K")
    person.type(code)
    person.press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statistician_exports_by_keys_what_its_role_may_write(seated, trial, tmp_path, language) -> None:
    person = seated(STATISTICIAN_LOGIN, language)
    person.to_page("exports")
    person.page.export.ask_folder = lambda parent, title, start: tmp_path
    assert person.sees(SAID[language]["exports"])
    # What holds the arm is not offered.
    assert [code for code, _ in person.page.export._presets.items()] == ["sponsor"]
    person.press("Enter")
    person.until(lambda: list(tmp_path.glob("*.xlsx")) and person.sees(SAID[language]["same"]))
    assert [(row.preset, row.number) for row in export_log.exports(person.desk)] == [("sponsor", 1)]
    (path,) = tmp_path.glob("*.xlsx")
    texts = [
        str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row if cell
    ]
    assert any("57.93" in text for text in texts)
    assert not any("202607-A3" in text for text in texts), "lots tell the arm"


def test_a_preset_with_arms_is_refused_to_the_statistician_at_the_door(trial: Study, tmp_path: Path) -> None:
    desk = trial.sit(STATISTICIAN_LOGIN, roles.STATISTICIAN)
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        exporting.write_export(desk, tmp_path, "site", Language("en"))
    assert list(tmp_path.glob("*.xlsx")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drug_manager_hands_a_kit_out_by_keys(seated, trial, language) -> None:
    person = seated(DRUG_LOGIN, language)
    person.to_page("kits")
    person.until_table()
    assert person.sees(SAID[language]["kits"])
    assert not person.sees("SLE-002"), "its arm injects nothing"
    person.to_row(lambda row: row.subject == "SLE-003")
    person.press("K")
    person.until_dialog()
    person.told(":K-77", ":202611-B7", ":2027-05-01", ":1", ":30", ":t")
    person.press("Ctrl+Enter")
    person.wait_for(SAID[language]["recorded"])
    (kit,) = dispensing.kits(person.desk, IL2)
    assert (kit.lot, kit.kit, kit.count, kit.on_day) == ("202611-B7", "K-77", 30, person.desk.today())
    assert "202611-B7" in person.row_words(lambda row: row.subject == "SLE-003")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kit_that_lacks_something_stays_typed_and_changes_nothing(seated, trial, language) -> None:
    person = seated(DRUG_LOGIN, language)
    person.to_page("kits")
    person.to_row(lambda row: row.subject == "SLE-003")
    person.press("Enter")
    person.until_dialog()
    person.told(":K-77")
    person.press("Ctrl+Enter")
    assert QApplication.activeModalWidget() is not None and person.sees("K-77")
    person.press("Esc")
    assert dispensing.kits(person.desk, IL2) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_is_found_by_number_and_one_without_kits_is_told(seated, trial, language) -> None:
    person = seated(DRUG_LOGIN, language)
    into_search(person, "003")
    person.until_page("kits")
    assert person.page.tab("kits").table.current_row().subject == "SLE-003"
    into_search(person, "002")
    person.wait_for(SAID[language]["not"])
    into_search(person, "001")
    person.wait(lambda: not person.sees(SAID[language]["not"]))
    assert person.page.tab("kits").table.current_row().subject == "SLE-001"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drug_that_was_stopped_is_shown_with_its_day_and_not_with_its_reason(
    seated, trial, language
) -> None:
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, BOTH, "drug_stop", "IL2", desk.today(), "adverse_event")
    person = seated(DRUG_LOGIN, language)
    person.to_page("kits")
    words = person.row_words(lambda row: row.subject == "SLE-001")
    assert SAID[language]["stopped"] in words and person.desk.today().isoformat() in words
    assert SAID[language]["stopped"] not in person.row_words(lambda row: row.subject == "SLE-003")


@pytest.mark.parametrize("login", [STATISTICIAN_LOGIN, "xu.feng"])
def test_who_has_no_page_for_a_subject_finds_none(seated, trial, login) -> None:
    person = seated(login, "en")
    before = type(person.page)
    into_search(person, "003")
    assert type(person.page) is before and not person.sees("SLE-003")


def test_each_role_has_the_parts_its_acts_need_and_the_pages_of_values_only_where_it_sees_them() -> None:
    for role in roles.ROLES:
        has = {page.code for page in PAGES if may_open(role, page.code)}
        sees = role in roles.SEES_VALUES
        assert ("kits" in has) == (not sees and roles.may(role, "dispensing.record")), role
        assert ("exports" in has) == (not sees and roles.may(role, "export.write")), role
        assert ("reports" in has, "doses" in has) == (sees, sees), role


@pytest.mark.parametrize("role", [roles.ADMINISTRATOR, roles.STATISTICIAN])
def test_who_takes_which_drug_is_told_to_no_role_without_values_that_hands_none_out(trial, role) -> None:
    desk = trial.sit({roles.ADMINISTRATOR: "xu.feng", roles.STATISTICIAN: STATISTICIAN_LOGIN}[role], role)
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        kit_lists.kit_lines(desk)


def shown_anywhere(person: Person) -> str:
    """Return every text in the window: labels, cells, and what a screen reader or a pointer is told."""
    texts = [person.seen()]
    for top in QApplication.topLevelWidgets():
        for widget in [top, *top.findChildren(QWidget)] if top.isVisible() else ():
            texts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    data = (
        Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )  # fmt: skip
    for table in person.window.findChildren(TableView):
        model = table.model()
        cells = (
            model.index(row, column)
            for row in range(model.rowCount())
            for column in range(model.columnCount())
        )
        texts += [str(cell.data(role) or "") for cell in cells for role in data]
    return "\n".join(texts)


def opened_row(person: Person) -> str:
    """Open the row that is chosen, where a table has the focus, and return what that shows."""
    if not isinstance(QApplication.focusWidget(), TableView):
        return ""
    person.press("Enter")
    text = shown_anywhere(person)
    if QApplication.activeModalWidget() is not None:
        person.press("Esc")
    return text


def walked(person: Person) -> dict[str, str]:
    """Go by keys to every page of the role and through the tabs of each; return what each showed."""
    seen: dict[str, str] = {}
    for code in [entry.code for entry in person.shell._entries]:
        person.to_page(code)
        person.until(lambda: True)
        if isinstance(person.page, TabbedPage):
            for _ in person.page.entries:
                tab = f"{code}.{person.page.tabs.code()}"
                seen[tab] = shown_anywhere(person)
                person.press("Ctrl+PageDown")
                person.until(lambda: True)
        else:
            seen[code] = shown_anywhere(person) + opened_row(person)
            if code == "audit":
                for _ in range(25):
                    person.press("Down")
                    seen[code] += opened_row(person)
    return seen


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
@pytest.mark.parametrize("login", [STATISTICIAN_LOGIN, DRUG_LOGIN, "xu.feng"])
def test_no_page_of_such_a_role_shows_a_name_or_a_clinical_value(seated, trial, login, language) -> None:
    names = identities(trial)
    person = seated(login, language)
    seen = walked(person)
    wanted = {
        STATISTICIAN_LOGIN: {"exports"},
        DRUG_LOGIN: {"kits.kits", "kits.lots", "audit"},
        "xu.feng": {"audit"},
    }[login]
    assert set(seen) >= {*wanted, "study.access", "study.backup"}
    for page, text in seen.items():
        assert text.strip(), page
        for canary in (*names, *CANARIES):
            assert canary not in text, (page, canary)
    if login == DRUG_LOGIN:
        assert "SLE-003" in seen["kits.kits"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_finds_what_it_looks_for_where_it_is_shown(seated, trial, language) -> None:
    names = identities(trial)
    person = seated("chen.lan", language)
    person.to_page("subjects")
    assert names[0] in shown_anywhere(person)
    person.to_page("event_list")
    person.wait(lambda: CANARIES[0] in shown_anywhere(person))
